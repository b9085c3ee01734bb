"""Clients: who may log in."""

import logging

from psycopg.rows import DictRow

from app.auth.hashing import hash_secret, verify_secret
from app.errors import Unauthorized
from app.repository import Repository

logger = logging.getLogger(__name__)


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
