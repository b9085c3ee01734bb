import asyncio
from pathlib import Path

import pytest
from psycopg import AsyncConnection

from backend_developer.contract import NoDatabase, Settings, load_settings
from backend_developer.workspace.postgres import ScratchDatabases, ensure_scratch_server


@pytest.fixture
def settings(state_dir: Path) -> Settings:
    return load_settings(state_dir=state_dir)


async def names(settings: Settings, hint: str) -> set[str]:
    """Databases that were made for this test."""
    async with await AsyncConnection.connect(await ensure_scratch_server(settings)) as connection:
        pattern = f"scratch_{hint}_%"
        rows = await connection.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", (pattern,))
        return {name for (name,) in await rows.fetchall()}


async def fill(url: str) -> None:
    async with await AsyncConnection.connect(url) as connection:
        await connection.execute("CREATE TABLE mine (id int)")


async def made(settings: Settings, hint: str, count: int) -> set[str]:
    """The databases, once there are so many."""
    while len(found := await names(settings, hint)) != count:
        await asyncio.sleep(0.02)
    return found


async def test_the_next_one_is_made_while_one_is_used_and_each_is_empty(settings: Settings) -> None:
    scratch = ScratchDatabases(settings, "next")
    async with scratch.fresh() as one:
        await fill(one)
        ready = await asyncio.wait_for(made(settings, "next", 2), 20)
    async with scratch.fresh() as two:
        await fill(two)
        assert any(f"/{name}?" in two for name in ready)
        async with scratch.fresh() as three:
            await fill(three)
    await scratch.aclose()
    assert len({one, two, three}) == 3
    assert await names(settings, "next") == set()


async def test_a_spare_that_is_gone_is_made_anew(settings: Settings) -> None:
    scratch = ScratchDatabases(settings, "gone")
    async with scratch.fresh() as one:
        ready = await asyncio.wait_for(made(settings, "gone", 2), 20)
    (spare,) = (name for name in ready if f"/{name}?" not in one)
    server = await ensure_scratch_server(settings)
    async with await AsyncConnection.connect(server, autocommit=True) as connection:
        await connection.execute(f"DROP DATABASE {spare} WITH (FORCE)")
    async with scratch.fresh() as two:
        await fill(two)
        assert spare not in two
    await scratch.aclose()
    assert await names(settings, "gone") == set()


async def test_one_that_was_used_is_dropped_though_its_user_fails(settings: Settings) -> None:
    scratch = ScratchDatabases(settings, "failing")
    with pytest.raises(RuntimeError):
        async with scratch.fresh():
            raise RuntimeError("the service did not start")
    await scratch.aclose()
    assert await names(settings, "failing") == set()


async def test_without_a_server_each_user_is_told(tmp_path: Path) -> None:
    (tmp_path / "scratch").write_text("no folder")
    scratch = ScratchDatabases(load_settings(state_dir=tmp_path), "none")
    for _ in range(2):
        with pytest.raises(NoDatabase):
            async with scratch.fresh():
                pass
    await scratch.aclose()


async def test_what_is_being_made_at_the_end_is_dropped_too(settings: Settings) -> None:
    scratch = ScratchDatabases(settings, "ending")
    async with scratch.fresh():
        pass
    await scratch.aclose()
    assert await names(settings, "ending") == set()
