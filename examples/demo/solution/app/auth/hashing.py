"""Secrets: hashed to be kept, and verified."""

import hashlib
import hmac
import logging
import secrets

logger = logging.getLogger(__name__)

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
