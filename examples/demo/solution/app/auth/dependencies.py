"""What the routes depend on: the shared state, and who sent the request."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Header, Request

from app.auth.permissions import is_allowed
from app.auth.rate_limit import RateLimiter
from app.auth.sessions import SessionStore
from app.auth.tokens import Claims, TokenSigner
from app.errors import Forbidden, Unauthorized

logger = logging.getLogger(__name__)


@dataclass
class AuthState:
    """What the routes share, kept for the life of the application."""

    token_secret: str
    signer: TokenSigner = field(init=False)
    sessions: SessionStore = field(default_factory=SessionStore)
    limiter: RateLimiter = field(default_factory=RateLimiter)

    def __post_init__(self) -> None:
        self.signer = TokenSigner(self.token_secret)


def get_auth(request: Request) -> AuthState:
    """The application's shared state."""
    state: AuthState = request.app.state.auth
    return state


Auth = Annotated[AuthState, Depends(get_auth)]


def current_client(auth: Auth, authorization: Annotated[str, Header()] = "") -> Claims:
    """Who sent the request, by its `Authorization: Bearer` header. Raises `Unauthorized`."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token:
        logger.info("no bearer token")
        raise Unauthorized("send the header `Authorization: Bearer <token>`")
    claims = auth.signer.verify(token.strip())
    auth.sessions.touch(claims.session_id)
    logger.info("client_id=%d role=%s", claims.client_id, claims.role)
    return claims


CurrentClient = Annotated[Claims, Depends(current_client)]


def require_permission(permission: str) -> Callable[[Claims], Claims]:
    """A dependency that lets only those through whose role has the permission."""

    def check(client: CurrentClient) -> Claims:
        if not is_allowed(client.role, permission):
            logger.warning("client_id=%d lacks %s", client.client_id, permission)
            raise Forbidden(f"the permission {permission} is needed")
        return client

    return check
