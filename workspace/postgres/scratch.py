"""Databases for projects under test: made for one use, gone after it."""

import asyncio
import hashlib
import logging
import re
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import quote, urlsplit, urlunsplit

from psycopg import AsyncConnection, Error, sql
from psycopg.rows import DictRow

from backend_developer.contract import NoDatabase
from backend_developer.workspace.postgres.connect import SCRATCH_SETTING, connect, describe, no_database

logger = logging.getLogger(__name__)

PREFIX = "scratch_"
_HINT_CHARS = 40
_OLDEST = 130_000
"""The first that can drop a database with somebody in it."""
_WAY_OUT = f"Start it or mend {SCRATCH_SETTING}; without it an embedded server starts by itself."


async def check_scratch_server(url: str) -> None:
    """Whether databases can be made and dropped on a server that the user named. Raises `NoDatabase`."""
    connection = await connect(url, name="backend-developer check", way_out=_WAY_OUT)
    try:
        rows = await connection.execute(
            "SELECT rolsuper OR rolcreatedb AS may FROM pg_roles WHERE rolname = current_user"
        )
        row = await rows.fetchone()
        version = connection.info.server_version
    except Error as error:
        raise no_database(url, error, _WAY_OUT) from error
    finally:
        await connection.close()
    if not (row and row["may"]) or version < _OLDEST:
        lack = "its user may create no databases" if version >= _OLDEST else "it is older than PostgreSQL 13"
        raise NoDatabase(
            f"PostgreSQL at {describe(url)} is no place for projects under test: {lack}.", _WAY_OUT, source="postgres"
        )


@asynccontextmanager
async def scratch_database(dsn: str, name_hint: str) -> AsyncIterator[str]:
    """URL of a fresh, empty database on the server of `dsn` (see `ensure_scratch_server`); dropped at the end.

    Each is guarded by an advisory lock that its maker's connection holds, which the server gives back when the maker
    dies. What killed processes left is found by that and dropped on the way in; a database is known for ours by its
    comment, since the server may be one that others use. Raises `NoDatabase`.
    """
    began = time.monotonic()
    name = _name(name_hint)
    connection = await connect(dsn, name=f"backend-developer {name}"[:63])
    try:
        await _create(connection, name, dsn)
        logger.info("scratch database name=%s took_s=%.3f", name, time.monotonic() - began)
        yield _url(dsn, name)
    finally:
        await asyncio.shield(_drop_and_close(connection, name))


async def _create(connection: AsyncConnection[DictRow], name: str, dsn: str) -> None:
    try:
        await connection.execute("SELECT pg_advisory_lock(%s)", (_key(name),))
        await _sweep(connection)
        # Nobody can be connected to template0, which would make the copy fail.
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name))
        await connection.execute(statement)
        mark = sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(name), sql.Literal(_mark(connection)))
        await connection.execute(mark)
    except Error as error:
        raise no_database(dsn, error) from error


def _mark(connection: AsyncConnection[DictRow]) -> str:
    """Advisory locks are of one database, so that only its own users can tell whether one of theirs is held."""
    return f"scratch database of backend-developer, guarded in {connection.info.dbname}"


async def _sweep(connection: AsyncConnection[DictRow]) -> None:
    rows = await connection.execute(
        "SELECT datname FROM pg_database WHERE starts_with(datname, %s) AND shobj_description(oid, 'pg_database') = %s",
        (PREFIX, _mark(connection)),
    )
    for row in await rows.fetchall():
        await _drop_if_left(connection, row["datname"])


async def _drop_if_left(connection: AsyncConnection[DictRow], name: str) -> None:
    key = _key(name)
    answer = await (await connection.execute("SELECT pg_try_advisory_lock(%s) AS free", (key,))).fetchone()
    if answer and answer["free"]:
        logger.info("dropping what a killed process left name=%s", name)
        await _drop(connection, name)
        await connection.execute("SELECT pg_advisory_unlock(%s)", (key,))


async def _drop(connection: AsyncConnection[DictRow], name: str) -> None:
    statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    await connection.execute(statement)


async def _drop_and_close(connection: AsyncConnection[DictRow], name: str) -> None:
    try:
        await _drop(connection, name)
    except Error as error:
        # The next one sweeps it.
        logger.warning("scratch database not dropped name=%s error=%s", name, type(error).__name__)
    finally:
        await connection.close()


def _name(hint: str) -> str:
    slug = re.sub(r"[^a-z0-9]+", "_", hint.lower()).strip("_")[:_HINT_CHARS]
    return f"{PREFIX}{slug or 'db'}_{secrets.token_hex(4)}"


def _key(name: str) -> int:
    digest = hashlib.sha256(f"backend-developer scratch {name}".encode()).digest()
    return int.from_bytes(digest[:8], signed=True)


def _url(dsn: str, name: str) -> str:
    return urlunsplit(urlsplit(dsn)._replace(path=f"/{quote(name)}"))
