"""Whether the service and its database are there."""

import logging
from typing import Any

from fastapi import APIRouter

from app.db import Database

logger = logging.getLogger(__name__)

router = APIRouter(tags=["health"])


@router.get("/health")
def health(database: Database) -> dict[str, str]:
    """Ask the database for an answer."""
    database.execute("SELECT 1")
    logger.debug("database answers")
    return {"status": "ok"}
