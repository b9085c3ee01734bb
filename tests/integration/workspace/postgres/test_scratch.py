import asyncio
import time
from pathlib import Path

import psycopg
import pytest

from backend_developer.contract import NoDatabase, load_settings
from backend_developer.workspace.postgres import ensure_scratch_server, scratch_database
from backend_developer.workspace.postgres.connect import connect
from tests.support.postgres import start_client

HOLDER = """
import asyncio, sys
from backend_developer.workspace.postgres import scratch_database
async def hold():
    async with scratch_database(sys.argv[1], "left") as url:
        print(url, flush=True)
        await asyncio.sleep(600)
asyncio.run(hold())
"""


@pytest.fixture
async def server(state_dir: Path) -> str:
    return await ensure_scratch_server(load_settings(state_dir=state_dir))


async def databases(server: str, like: str) -> list[str]:
    connection = await connect(server, name="test")
    rows = await connection.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", (like,))
    names = [row["datname"] for row in await rows.fetchall()]
    await connection.close()
    return names


async def test_it_is_empty_quick_and_gone_afterwards_even_with_someone_in_it(server: str) -> None:
    began = time.monotonic()
    async with scratch_database(server, "Мой проект / API") as url:
        assert time.monotonic() - began < 2.0
        inside = await psycopg.AsyncConnection.connect(url)
        tables = await (await inside.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")).fetchone()
        assert tables == (0,)
        await inside.execute("CREATE TABLE users (id int)")
        await inside.commit()
        assert await databases(server, "scratch_api_%")
    assert not await databases(server, "scratch_api_%")
    await inside.close()


async def test_two_at_once_do_not_meet(server: str) -> None:
    async with scratch_database(server, "pair") as one, scratch_database(server, "pair") as two:
        assert one != two
        assert len(await databases(server, "scratch_pair_%")) == 2
    assert not await databases(server, "scratch_pair_%")


async def test_it_is_dropped_when_its_user_fails_or_is_cancelled(server: str) -> None:
    with pytest.raises(ZeroDivisionError):
        async with scratch_database(server, "failing"):
            raise ZeroDivisionError
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3), scratch_database(server, "failing"):
            await asyncio.sleep(60)
    assert not await databases(server, "scratch_failing_%")


async def test_what_a_killed_process_left_is_swept_and_what_a_living_one_holds_is_not(server: str) -> None:
    process, _ = await start_client(HOLDER, server)
    async with scratch_database(server, "other"):
        assert await databases(server, "scratch_left_%")
    process.kill()
    await process.wait()
    process._transport.close()  # type: ignore[attr-defined]  # asyncio has no public way
    for _ in range(100):
        async with scratch_database(server, "other"):
            if not await databases(server, "scratch_left_%"):
                return
    pytest.fail("the database of a killed process is still there")


async def test_a_database_of_somebody_else_is_left_alone_whatever_its_name(server: str) -> None:
    name = "scratch_notes_0123abcd"
    connection = await connect(server, name="test")
    await connection.execute(f"CREATE DATABASE {name}")
    async with scratch_database(server, "other"):
        pass
    assert await databases(server, name) == [name]
    await connection.execute(f"DROP DATABASE {name}")
    await connection.close()


async def test_a_server_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(NoDatabase):
        async with scratch_database(f"postgresql://postgres@/postgres?host={tmp_path}", "x"):
            pass
