import os
import signal
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
from psycopg import AsyncConnection, OperationalError
from psycopg.rows import DictRow

from backend_developer.contract import NoDatabase
from backend_developer.workspace.postgres import Pool, open_pool
from backend_developer.workspace.postgres.connect import connect
from backend_developer.workspace.postgres.embedded import EmbeddedServer
from backend_developer.workspace.postgres.pool import again_if_cut, has_something_to_say
from tests.support.postgres import fresh_database


@pytest.fixture
async def dsn(state_dir: Path) -> AsyncIterator[str]:
    async with fresh_database(state_dir) as dsn:
        yield dsn


@pytest.fixture
async def pool(dsn: str) -> AsyncIterator[Pool]:
    async with await open_pool(dsn) as pool:
        yield pool


async def pid_of(connection: AsyncConnection[DictRow]) -> int:
    row = await (await connection.execute("SELECT pg_backend_pid() AS pid")).fetchone()
    assert row is not None
    return int(row["pid"])


async def schemas(pool: Pool) -> list[DictRow]:
    async with pool.connection() as connection:
        rows = await connection.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'backend%'")
        return await rows.fetchall()


async def test_killed_connections_are_replaced_unseen(dsn: str, pool: Pool) -> None:
    async with pool.connection() as one, pool.connection() as two:
        killed = {await pid_of(one), await pid_of(two)}
    admin = await connect(dsn, name="test")
    # The second argument: how many milliseconds to wait until it has ended.
    await admin.execute("SELECT pg_terminate_backend(pid, 20000) FROM unnest(%s::int[]) AS pid", (list(killed),))
    await admin.close()
    async with pool.connection() as one, pool.connection() as two:
        assert not killed & {await pid_of(one), await pid_of(two)}


async def test_a_living_connection_has_nothing_to_say_and_a_closed_one_has(dsn: str) -> None:
    connection, admin = await connect(dsn, name="test"), await connect(dsn, name="test")
    assert not has_something_to_say(connection)
    await admin.execute("SELECT pg_terminate_backend(%s, 20000)", (await pid_of(connection),))
    assert has_something_to_say(connection)
    with pytest.raises(OperationalError):
        await connection.execute("SELECT 1")
    await connection.close()
    await admin.close()


async def test_the_pool_outlives_a_server_that_is_killed(stopped: Path) -> None:
    # What was committed is there afterwards: that holds for runs, not for scratch databases.
    server = EmbeddedServer(stopped / "pg", durable=True, linger_s=0.2)
    async with await open_pool(await server.ensure()) as pool:
        async with pool.connection() as connection:
            await connection.execute("CREATE SCHEMA backend_developer")
        os.kill(int((stopped / "pg/data/postmaster.pid").read_text().splitlines()[0]), signal.SIGKILL)
        assert await again_if_cut(partial(schemas, pool)) == [{"nspname": "backend_developer"}]
    await server.leave(wait_s=20)


async def test_our_schema_is_the_only_one_in_sight(pool: Pool) -> None:
    async with pool.connection() as connection:
        row = await (await connection.execute("SHOW search_path")).fetchone()
    assert row == {"search_path": "backend_developer"}


async def test_a_database_that_is_not_there_is_an_error_at_once(dsn: str) -> None:
    with pytest.raises(NoDatabase, match="does not exist"):
        await open_pool(dsn.replace("scratch_test", "missing"))
