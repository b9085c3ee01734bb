import asyncio
from pathlib import Path

from backend_developer.workspace.filelock import FileLock, is_held


async def test_a_shared_lock_that_was_asked_for_twice_at_once_is_given_back_whole(tmp_path: Path) -> None:
    lock = FileLock(tmp_path / "lock", shared=True)
    assert all(await asyncio.gather(*(lock.acquire(5) for _ in range(8))))
    lock.release()
    assert FileLock(tmp_path / "lock").try_acquire()
    assert not lock.held


async def test_who_holds_it_is_seen_from_outside(tmp_path: Path) -> None:
    lock = FileLock(tmp_path / "lock")
    assert lock.try_acquire()
    assert is_held(tmp_path / "lock")
    lock.release()
    assert not is_held(tmp_path / "lock")
