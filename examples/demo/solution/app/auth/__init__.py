"""Who is asking, and what they may do. What other modules use is named here."""

from app.auth.clients import ClientRepository
from app.auth.dependencies import Auth, AuthState, CurrentClient, current_client, get_auth, require_permission
from app.auth.hashing import hash_secret, needs_rehash, verify_secret
from app.auth.permissions import ROLE_PERMISSIONS, is_allowed, permissions_of
from app.auth.rate_limit import LOGIN_ATTEMPTS, LOGIN_WINDOW_SECONDS, RateLimiter
from app.auth.router import TokenRequest, router
from app.auth.sessions import SESSION_SECONDS, Session, SessionStore
from app.auth.tokens import TOKEN_SECONDS, Claims, TokenSigner

__all__ = [
    "LOGIN_ATTEMPTS",
    "LOGIN_WINDOW_SECONDS",
    "ROLE_PERMISSIONS",
    "SESSION_SECONDS",
    "TOKEN_SECONDS",
    "Auth",
    "AuthState",
    "Claims",
    "ClientRepository",
    "CurrentClient",
    "RateLimiter",
    "Session",
    "SessionStore",
    "TokenRequest",
    "TokenSigner",
    "current_client",
    "get_auth",
    "hash_secret",
    "is_allowed",
    "needs_rehash",
    "permissions_of",
    "require_permission",
    "router",
    "verify_secret",
]
