import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from backend_developer.contract import NoDatabase, WorkspaceBusy, WorkspaceUnusable
from backend_developer.graph import lock as lock_module
from backend_developer.graph.lock import workspace_lock
from backend_developer.workspace.postgres.connect import connect
from tests.support.postgres import fresh_database, start_client

HOLDER = """
import asyncio, sys
from pathlib import Path
from backend_developer.graph.lock import workspace_lock
async def hold():
    async with workspace_lock(sys.argv[1], Path(sys.argv[2]), "feat-held", Path(sys.argv[3])):
        print("held", flush=True)
        await asyncio.sleep(600)
asyncio.run(hold())
"""


@pytest.fixture
async def dsn(state_dir: Path) -> AsyncIterator[str]:
    async with fresh_database(state_dir) as dsn:
        yield dsn


async def cut(dsn: str) -> None:
    connection = await connect(dsn, name="test")
    await connection.execute(
        "SELECT pg_terminate_backend(pid, 20000) FROM pg_stat_activity "
        "WHERE application_name = 'backend-developer lock' AND datname = current_database()"
    )
    await connection.close()


@pytest.mark.parametrize("together", [True, False], ids=["one machine", "two machines"])
async def test_the_second_is_told_who_is_there_and_comes_in_when_that_one_is_killed(
    dsn: str, tmp_path: Path, together: bool
) -> None:
    theirs = tmp_path / "locks"
    ours = theirs if together else tmp_path / "locks of another machine"
    process, line = await start_client(HOLDER, dsn, str(tmp_path), str(theirs))
    assert line == "held"
    with pytest.raises(WorkspaceBusy) as caught:
        await enter(dsn, tmp_path, ours)
    assert str(tmp_path) in caught.value.message
    assert f"`feat-held` (process {process.pid} on {socket.gethostname()}, since 20" in caught.value.message
    assert f"stop process {process.pid}" in caught.value.way_out
    process.kill()
    await process.wait()
    process._transport.close()  # type: ignore[attr-defined]  # asyncio has no public way
    await in_within(dsn, tmp_path, ours, limit_s=20)


async def enter(dsn: str, workspace: Path, locks: Path) -> None:
    async with workspace_lock(dsn, workspace, "feat-late", locks) as hold:
        hold.check()


async def in_within(dsn: str, workspace: Path, locks: Path, *, limit_s: float) -> None:
    async with asyncio.timeout(limit_s):
        while True:
            try:
                return await enter(dsn, workspace, locks)
            except WorkspaceBusy:
                await asyncio.sleep(0.05)


async def test_runs_on_different_databases_exclude_each_other_on_one_machine(state_dir: Path, tmp_path: Path) -> None:
    locks = tmp_path / "locks"
    async with (
        fresh_database(state_dir) as one,
        fresh_database(state_dir) as two,
        workspace_lock(one, tmp_path, "feat-one", locks),
    ):
        with pytest.raises(WorkspaceBusy, match="feat-one"):
            await enter(two, tmp_path, locks)


async def test_a_link_to_the_workspace_is_the_workspace_and_another_folder_is_not(dsn: str, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    (tmp_path / "link").symlink_to("one")
    locks = tmp_path / "locks"
    async with workspace_lock(dsn, tmp_path / "one", "a", locks):
        await enter(dsn, tmp_path / "two", locks)
        with pytest.raises(WorkspaceBusy):
            await enter(dsn, tmp_path / "link", locks)


async def test_a_cut_connection_is_replaced_and_the_lock_taken_again(dsn: str, tmp_path: Path) -> None:
    async with workspace_lock(dsn, tmp_path, "feat-one", tmp_path / "locks") as hold:
        await cut(dsn)
        async with asyncio.timeout(20):
            while not await is_locked(dsn):
                await asyncio.sleep(0.05)
        hold.check()
        with pytest.raises(WorkspaceBusy, match="feat-one"):
            await enter(dsn, tmp_path, tmp_path / "locks of another machine")


async def is_locked(dsn: str) -> bool:
    """Seen without taking it: a look that takes it could be faster than the one that takes it again."""
    connection = await connect(dsn, name="test")
    rows = await connection.execute(
        "SELECT 1 FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database "
        "WHERE locktype = 'advisory' AND granted AND datname = current_database()"
    )
    found = await rows.fetchone()
    await connection.close()
    return found is not None


async def test_where_another_was_faster_the_hold_says_so(
    dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_their_way = asyncio.Event()
    taken = lock_module.DatabaseLock._retake

    async def late(lock: lock_module.DatabaseLock) -> None:
        await in_their_way.wait()
        await taken(lock)

    monkeypatch.setattr(lock_module.DatabaseLock, "_retake", late)
    async with workspace_lock(dsn, tmp_path, "feat-one", tmp_path / "locks") as hold:
        await cut(dsn)
        async with workspace_lock(dsn, tmp_path, "feat-fast", tmp_path / "other locks"):
            in_their_way.set()
            async with asyncio.timeout(20):
                while not hold._keeper.done():
                    await asyncio.sleep(0.05)
            with pytest.raises(WorkspaceBusy, match="feat-fast"):
                hold.check()


async def test_a_lock_folder_that_cannot_be_made_is_told(dsn: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(WorkspaceUnusable, match="Not a directory"):
        await enter(dsn, tmp_path, tmp_path / "file" / "locks")


async def test_without_a_database_nothing_stays_locked(dsn: str, tmp_path: Path) -> None:
    with pytest.raises(NoDatabase):
        await enter(f"postgresql:///x?host={tmp_path}", tmp_path, tmp_path / "locks")
    await enter(dsn, tmp_path, tmp_path / "locks")
