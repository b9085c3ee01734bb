"""Users in PostgreSQL."""

import logging

from psycopg import errors
from psycopg.rows import DictRow

from app.errors import Conflict
from app.repository import Repository

logger = logging.getLogger(__name__)


class UserRepository(Repository):
    """Rows of the table `users`."""

    table = "users"
    columns = ("id", "email", "name", "created_at")

    def create(self, email: str, name: str) -> DictRow:
        """Insert a user. Raises `Conflict` where the e-mail address is taken."""
        try:
            with self.connection.transaction():
                row = self.insert({"email": email, "name": name})
        except errors.UniqueViolation:
            logger.warning("email is taken")
            raise Conflict("email: a user with this address exists already") from None
        logger.info("id=%s", row["id"])
        return row
