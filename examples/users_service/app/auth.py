"""Who is asking, and what they may do.

Secrets, access tokens, sessions, rate limits, permissions, and the routes under /auth.
"""

import base64
import binascii
import hashlib
import hmac
import json
import logging
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Request
from psycopg.rows import DictRow
from pydantic import BaseModel

from app.db import Database
from app.errors import Forbidden, TooManyRequests, Unauthorized
from app.repository import Repository

logger = logging.getLogger(__name__)


# --- secrets -----------------------------------------------------------------------------------------

SCRYPT_N = 2**14
SCRYPT_R = 8
SCRYPT_P = 1
SALT_BYTES = 16
KEY_BYTES = 32


def hash_secret(secret: str) -> str:
    """A salted scrypt hash, as `scrypt$n$r$p$salt$key` with hexadecimal salt and key."""
    salt = secrets.token_bytes(SALT_BYTES)
    key = _derive(secret, salt, SCRYPT_N, SCRYPT_R, SCRYPT_P)
    logger.debug("n=%d r=%d p=%d", SCRYPT_N, SCRYPT_R, SCRYPT_P)
    return f"scrypt${SCRYPT_N}${SCRYPT_R}${SCRYPT_P}${salt.hex()}${key.hex()}"


def verify_secret(secret: str, stored: str) -> bool:
    """Whether the secret is the one that was hashed; takes the same time either way."""
    try:
        _, n, r, p, salt, key = stored.split("$")
        candidate = _derive(secret, bytes.fromhex(salt), int(n), int(r), int(p))
        expected = bytes.fromhex(key)
    except ValueError:
        logger.error("the stored hash cannot be read")
        return False
    matches = hmac.compare_digest(candidate, expected)
    logger.debug("matches=%s", matches)
    return matches


def needs_rehash(stored: str) -> bool:
    """Whether the hash was made with other costs than today's."""
    parts = stored.split("$")
    current = ["scrypt", str(SCRYPT_N), str(SCRYPT_R), str(SCRYPT_P)]
    outdated = parts[:4] != current
    logger.debug("outdated=%s", outdated)
    return outdated


def _derive(secret: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    return hashlib.scrypt(secret.encode(), salt=salt, n=n, r=r, p=p, dklen=KEY_BYTES)


# --- tokens ------------------------------------------------------------------------------------------

TOKEN_SECONDS = 3600


@dataclass(frozen=True)
class Claims:
    """What a token says of its bearer."""

    client_id: int
    role: str
    session_id: str
    expires_at: int


class TokenSigner:
    """Issues and checks tokens: `<claims>.<signature>`, both base64 without padding."""

    def __init__(self, secret: str, clock: Callable[[], float] = time.time) -> None:
        self._key = hashlib.sha256(secret.encode()).digest()
        self._clock = clock

    def issue(self, client_id: int, role: str, session_id: str, seconds: int = TOKEN_SECONDS) -> str:
        """A token that ends after `seconds`."""
        claims = Claims(client_id, role, session_id, int(self._clock()) + seconds)
        payload = _encode(json.dumps(claims.__dict__, sort_keys=True).encode())
        logger.info("client_id=%d role=%s seconds=%d", client_id, role, seconds)
        return f"{payload}.{self._sign(payload)}"

    def verify(self, token: str) -> Claims:
        """The claims of a token. Raises `Unauthorized` where it is forged, broken or has ended."""
        payload, _, signature = token.partition(".")
        if not hmac.compare_digest(signature.encode(), self._sign(payload).encode()):
            logger.warning("the signature does not fit")
            raise Unauthorized("the access token is not valid")
        claims = self._read(payload)
        if claims.expires_at <= self._clock():
            logger.info("client_id=%d expired", claims.client_id)
            raise Unauthorized("the access token has ended: ask for a new one")
        return claims

    def _read(self, payload: str) -> Claims:
        try:
            claims = Claims(**json.loads(_decode(payload)))
        except (binascii.Error, TypeError, ValueError):
            logger.warning("the claims cannot be read")
            raise Unauthorized("the access token is not valid") from None
        return claims

    def _sign(self, payload: str) -> str:
        return _encode(hmac.new(self._key, payload.encode(), hashlib.sha256).digest())


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


# --- sessions ----------------------------------------------------------------------------------------

SESSION_SECONDS = 8 * 3600


@dataclass
class Session:
    """One login of a client."""

    session_id: str
    client_id: int
    created_at: float
    last_seen_at: float


class SessionStore:
    """The sessions of this process; safe to use from several threads."""

    def __init__(self, seconds: float = SESSION_SECONDS, clock: Callable[[], float] = time.time) -> None:
        self._seconds = seconds
        self._clock = clock
        self._sessions: dict[str, Session] = {}
        self._lock = threading.Lock()

    def create(self, client_id: int) -> Session:
        """Begin a session."""
        now = self._clock()
        session = Session(secrets.token_urlsafe(16), client_id, now, now)
        with self._lock:
            self._sessions[session.session_id] = session
        logger.info("client_id=%d", client_id)
        return session

    def touch(self, session_id: str) -> Session:
        """The session, marked as used now. Raises `Unauthorized` where it has ended."""
        now = self._clock()
        with self._lock:
            session = self._sessions.get(session_id)
            if session is None or now - session.last_seen_at > self._seconds:
                self._sessions.pop(session_id, None)
                logger.info("the session is unknown or has ended")
                raise Unauthorized("the session has ended: log in again")
            session.last_seen_at = now
        return session

    def end(self, session_id: str) -> bool:
        """End a session; says whether there was one."""
        with self._lock:
            ended = self._sessions.pop(session_id, None) is not None
        logger.info("ended=%s", ended)
        return ended

    def sweep(self) -> int:
        """Forget the sessions that nobody has used for too long; gives their number."""
        oldest = self._clock() - self._seconds
        with self._lock:
            stale = [key for key, session in self._sessions.items() if session.last_seen_at < oldest]
            for key in stale:
                del self._sessions[key]
        logger.info("swept=%d", len(stale))
        return len(stale)


# --- rate limits -------------------------------------------------------------------------------------

LOGIN_ATTEMPTS = 5
LOGIN_WINDOW_SECONDS = 60.0


class RateLimiter:
    """At most so many events a key within a sliding window."""

    def __init__(
        self,
        limit: int = LOGIN_ATTEMPTS,
        window: float = LOGIN_WINDOW_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limit = limit
        self._window = window
        self._clock = clock
        self._events: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    def hit(self, key: str) -> None:
        """Count an event. Raises `TooManyRequests` where the limit is reached."""
        now = self._clock()
        with self._lock:
            events = self._events.setdefault(key, deque())
            while events and now - events[0] >= self._window:
                events.popleft()
            if len(events) >= self._limit:
                wait = self._window - (now - events[0])
                logger.warning("limit=%d reached, wait=%.0f", self._limit, wait)
                raise TooManyRequests(f"too many attempts: wait {wait:.0f} s")
            events.append(now)

    def reset(self, key: str) -> None:
        """Forget a key's events, as after a success."""
        with self._lock:
            forgotten = len(self._events.pop(key, ()))
        logger.debug("forgotten=%d", forgotten)


# --- permissions -------------------------------------------------------------------------------------

ROLE_PERMISSIONS: dict[str, frozenset[str]] = {
    "reader": frozenset({"teams:read"}),
    "editor": frozenset({"teams:read", "teams:write"}),
    "admin": frozenset({"teams:read", "teams:write", "teams:delete", "clients:manage"}),
}


def permissions_of(role: str) -> frozenset[str]:
    """What a role may do; nothing where the role is not known."""
    permissions = ROLE_PERMISSIONS.get(role)
    if permissions is None:
        logger.warning("unknown role %s", role)
        return frozenset()
    return permissions


def is_allowed(role: str, permission: str) -> bool:
    """Whether a role has a permission; `<area>:*` asks for any of an area."""
    permissions = permissions_of(role)
    area, _, action = permission.partition(":")
    allowed = permission in permissions
    if action == "*":
        allowed = any(owned.startswith(f"{area}:") for owned in permissions)
    logger.debug("role=%s permission=%s allowed=%s", role, permission, allowed)
    return allowed


# --- clients -----------------------------------------------------------------------------------------


class ClientRepository(Repository):
    """Rows of the table `api_clients`."""

    table = "api_clients"
    columns = ("id", "name", "secret_hash", "role", "created_at")

    def create(self, name: str, secret: str, role: str = "reader") -> DictRow:
        """Insert a client; the secret itself is not kept."""
        row = self.insert({"name": name, "secret_hash": hash_secret(secret), "role": role})
        logger.info("id=%s role=%s", row["id"], role)
        return row

    def authenticate(self, name: str, secret: str) -> DictRow:
        """The client with this name and secret. Raises `Unauthorized` where there is none."""
        row = self.find_by("name", name)
        if row is None or not verify_secret(secret, row["secret_hash"]):
            logger.warning("refused")
            raise Unauthorized("the name or the secret is wrong")
        logger.info("id=%s", row["id"])
        return row


# --- requests ----------------------------------------------------------------------------------------


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


class TokenRequest(BaseModel):
    """A client's name and secret."""

    name: str
    secret: str


router = APIRouter(prefix="/auth", tags=["auth"])


@router.post("/token")
def create_token(body: TokenRequest, database: Database, auth: Auth) -> dict[str, Any]:
    """Log a client in; five attempts a minute for each name."""
    auth.limiter.hit(body.name)
    client = ClientRepository(database).authenticate(body.name, body.secret)
    auth.limiter.reset(body.name)
    auth.sessions.sweep()
    session = auth.sessions.create(client["id"])
    token = auth.signer.issue(client["id"], client["role"], session.session_id)
    logger.info("client_id=%s", client["id"])
    return {"access_token": token, "token_type": "bearer", "expires_in": TOKEN_SECONDS}


@router.get("/me")
def show_me(client: CurrentClient) -> dict[str, Any]:
    """Who the token belongs to, and what they may do."""
    permissions = sorted(permissions_of(client.role))
    logger.info("client_id=%d permissions=%d", client.client_id, len(permissions))
    return {"client_id": client.client_id, "role": client.role, "permissions": permissions}


@router.post("/logout", status_code=204)
def log_out(client: CurrentClient, auth: Auth) -> None:
    """End the session that the token belongs to."""
    ended = auth.sessions.end(client.session_id)
    logger.info("client_id=%d ended=%s", client.client_id, ended)
