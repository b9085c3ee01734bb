"""The pool of connections that a process's runs share."""

import asyncio
import logging
import select
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from psycopg import AsyncConnection, OperationalError
from psycopg.rows import DictRow
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from backend_developer.workspace.postgres.connect import CONNECT_S, OPTIONS, connect, describe, no_database

logger = logging.getLogger(__name__)

SCHEMA = "backend_developer"
"""Schema of all our tables, langgraph's included: the user's database may hold another `checkpoints`."""

Result = TypeVar("Result")
Pool = AsyncConnectionPool[AsyncConnection[DictRow]]

_WAIT_S = 30.0
"""Limit for a free, living connection: longer than an embedded server takes to come back after a crash."""
_PAUSES_S = (0.05, 0.2, 1.0)
_TRUST_S = 20.0
"""How long a silent connection is believed; routers forget idle ones within minutes."""


async def open_pool(dsn: str, *, max_size: int = 8) -> Pool:
    """An open pool; the caller closes it. Raises `NoDatabase`."""
    first = await connect(dsn, name="backend-developer check")
    await first.close()
    pool: Pool = AsyncConnectionPool(
        dsn,
        kwargs={**OPTIONS, "application_name": "backend-developer"},
        min_size=1,
        max_size=max_size,
        timeout=_WAIT_S,
        configure=_configure,
        check=Check(),
        name="backend-developer",
        open=False,
    )
    try:
        await pool.open(wait=True, timeout=2 * CONNECT_S)
    except PoolTimeout as error:
        await pool.close()
        raise no_database(dsn, error) from error
    logger.info("pool open where=%s max_size=%s", describe(dsn), max_size)
    return pool


class Check:
    """Whether a connection is alive, asked each time one is taken, so that a run survives one that was killed.

    A server that ends a connection makes its socket readable; looking at that takes microseconds. A question to the
    server, which psycopg's own check asks each time, took 0.3 ms of each of a step's three statements (measured on
    psycopg 3.3). It is asked when the socket has something to say or was silent for long.
    """

    def __init__(self) -> None:
        self._asked: WeakKeyDictionary[AsyncConnection[Any], float] = WeakKeyDictionary()

    async def __call__(self, connection: AsyncConnection[Any]) -> None:
        """Raise `psycopg.OperationalError` where it is not."""
        now = time.monotonic()
        fresh = now - self._asked.get(connection, 0.0) < _TRUST_S
        if not fresh or has_something_to_say(connection):
            await AsyncConnectionPool.check_connection(connection)
        self._asked[connection] = now


def has_something_to_say(connection: AsyncConnection[Any]) -> bool:
    """Whether its socket is readable while nothing was asked: the server closed it, or sent a notice."""
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))


async def again_if_cut(statement: Callable[[], Awaitable[Result]]) -> Result:
    """Run it once more, and again, where its connection broke; for statements that may be carried out twice.

    A server that is killed takes its connections down one after the other, so the next one may break too.
    """
    for pause_s in _PAUSES_S:
        try:
            return await statement()
        except PoolTimeout:
            raise
        except OperationalError as error:
            logger.warning("the connection broke, trying again error=%s", type(error).__name__)
            await asyncio.sleep(pause_s)
    return await statement()


async def _configure(connection: AsyncConnection[Any]) -> None:
    await connection.execute(f"SET search_path = {SCHEMA}")
