"""Connections to PostgreSQL, and what is said when there is none."""

import logging
from typing import Any

from psycopg import AsyncConnection, Error, OperationalError
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import DictRow, dict_row

from backend_developer.contract import NoDatabase
from backend_developer.contract.settings import ENV_PREFIX

logger = logging.getLogger(__name__)

CONNECT_S = 5
"""Limit of one attempt to connect, in whole seconds, as libpq takes it."""

SCRATCH_SETTING = f"{ENV_PREFIX}SCRATCH_DATABASE_URL"
"""What names a server for the databases of projects under test."""
WAY_OUT = "Start it or mend DATABASE_URL; without DATABASE_URL an embedded server starts by itself."

OPTIONS: dict[str, Any] = {
    "autocommit": True,
    "prepare_threshold": 0,
    "row_factory": dict_row,
    "connect_timeout": CONNECT_S,
    # A server that vanished without a word is noticed in half a minute, on TCP.
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 4,
    "tcp_user_timeout": 30_000,
}
"""What langgraph's saver needs of a connection, and bounded waits."""


async def connect(dsn: str, *, name: str, way_out: str = WAY_OUT) -> AsyncConnection[DictRow]:
    """One connection; `name` is what `pg_stat_activity` shows. Raises `NoDatabase`, with the `way_out`."""
    try:
        return await AsyncConnection.connect(dsn, application_name=name, **OPTIONS)
    except (Error, OSError) as error:
        raise no_database(dsn, error, way_out) from error


async def answers(dsn: str) -> bool:
    """Whether a server is there and lets us in."""
    try:
        connection = await AsyncConnection.connect(dsn, **OPTIONS)
    except (OperationalError, OSError):
        return False
    await connection.close()
    return True


def no_database(dsn: str, error: BaseException, way_out: str = WAY_OUT) -> NoDatabase:
    """The error for a server that cannot be reached, without the password."""
    logger.error("no database where=%s error=%s", describe(dsn), type(error).__name__)
    reason = " ".join(str(error).split()) or type(error).__name__
    return NoDatabase(
        f"PostgreSQL at {describe(dsn)} cannot be used: {reason.rstrip('.')}.",
        way_out,
        source="postgres",
    )


def describe(dsn: str) -> str:
    """Host, port and database of a DSN, for people; never the password."""
    try:
        parts = conninfo_to_dict(dsn)
    except Error:
        return "an address that cannot be read"
    host = parts.get("host") or parts.get("hostaddr") or "the local socket"
    return f"{host}:{parts.get('port') or 5432}/{parts.get('dbname') or ''}"
