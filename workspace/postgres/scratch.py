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

from backend_developer.workspace.postgres.connect import connect, no_database

logger = logging.getLogger(__name__)

PREFIX = "scratch_"
_HINT_CHARS = 40


@asynccontextmanager
async def scratch_database(dsn: str, name_hint: str) -> AsyncIterator[str]:
    """URL of a fresh, empty database on the server of `dsn` (see `ensure_scratch_server`); dropped at the end.

    Each is guarded by an advisory lock that its maker's connection holds, which the server gives back when the maker
    dies. What killed processes left is found by that and dropped on the way in. Raises `NoDatabase`.
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
    except Error as error:
        raise no_database(dsn, error) from error


async def _sweep(connection: AsyncConnection[DictRow]) -> None:
    rows = await connection.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", (PREFIX,))
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
