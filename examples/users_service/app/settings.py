"""What the environment sets."""

import logging
import os
import secrets
from dataclasses import dataclass

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Settings:
    """The service's settings."""

    database_url: str
    token_secret: str
    log_level: str = "INFO"


def load_settings() -> Settings:
    """Read the settings; a missing DATABASE_URL is an error, a missing TOKEN_SECRET a warning."""
    database_url = os.environ.get("DATABASE_URL")
    if not database_url:
        raise RuntimeError("DATABASE_URL is not set: name the PostgreSQL database to use")
    token_secret = os.environ.get("TOKEN_SECRET")
    if not token_secret:
        logger.warning("TOKEN_SECRET is not set: tokens end with this process")
        token_secret = secrets.token_hex(32)
    return Settings(database_url, token_secret, os.environ.get("LOG_LEVEL", "INFO").upper())
