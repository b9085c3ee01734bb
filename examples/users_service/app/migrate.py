"""Plain SQL migrations: each file of `migrations/` is applied once, in the order of the names."""

import logging
from pathlib import Path

from psycopg import Connection
from psycopg.rows import DictRow

logger = logging.getLogger(__name__)

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"
LOCK = 7_031_984
"""Key of the advisory lock that keeps two processes from migrating at once."""


def migrate(connection: Connection[DictRow], folder: Path = MIGRATIONS) -> list[str]:
    """Apply what is not applied yet; returns the names of the files that were."""
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
        connection.execute(
            "CREATE TABLE IF NOT EXISTS schema_migrations ("
            " name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())"
        )
        done = {row["name"] for row in connection.execute("SELECT name FROM schema_migrations")}
        new = [path for path in sorted(folder.glob("*.sql")) if path.name not in done]
        for path in new:
            logger.info("applying %s", path.name)
            connection.execute(path.read_bytes())
            connection.execute("INSERT INTO schema_migrations (name) VALUES (%s)", (path.name,))
    logger.info("applied=%d known=%d", len(new), len(done))
    return [path.name for path in new]
