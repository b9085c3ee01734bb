"""Teams in PostgreSQL."""

import logging

from psycopg import errors
from psycopg.rows import DictRow

from app.errors import Conflict
from app.repository import Repository

logger = logging.getLogger(__name__)


class TeamRepository(Repository):
    """Rows of the table `teams`."""

    table = "teams"
    columns = ("id", "name", "created_at")

    def create(self, name: str) -> DictRow:
        """Insert a team. Raises `Conflict` where the name is taken."""
        try:
            with self.connection.transaction():
                row = self.insert({"name": name})
        except errors.UniqueViolation:
            logger.warning("name is taken")
            raise Conflict("name: a team with this name exists already") from None
        logger.info("id=%s", row["id"])
        return row
