"""Access tokens: issued and verified."""

import base64
import binascii
import hashlib
import hmac
import json
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from app.errors import Unauthorized

logger = logging.getLogger(__name__)

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
