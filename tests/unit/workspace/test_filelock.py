import asyncio
import os
from pathlib import Path

import pytest

from backend_developer.workspace.filelock import FileLock, is_held


def test_one_excludes_another_in_the_same_process(tmp_path: Path) -> None:
    one, two = FileLock(tmp_path / "x.lock"), FileLock(tmp_path / "x.lock")
    assert one.try_acquire()
    assert one.held
    assert not two.try_acquire()
    one.release()
    assert not one.held
    assert two.try_acquire()
    two.release()


def test_shared_ones_exclude_only_an_exclusive_one(tmp_path: Path) -> None:
    readers = [FileLock(tmp_path / "x.lock", shared=True) for _ in range(2)]
    assert all(reader.try_acquire() for reader in readers)
    writer = FileLock(tmp_path / "x.lock")
    assert not writer.try_acquire()
    for reader in readers:
        reader.release()
    assert writer.try_acquire()
    writer.release()


def test_looking_does_not_hold_and_does_not_create(tmp_path: Path) -> None:
    path = tmp_path / "x.lock"
    assert not is_held(path)
    assert not path.exists()
    lock = FileLock(path)
    assert lock.try_acquire()
    assert is_held(path)
    lock.release()
    assert not is_held(path)


async def test_waiting_ends_with_the_lock_or_with_the_limit(tmp_path: Path) -> None:
    one, two = FileLock(tmp_path / "x.lock"), FileLock(tmp_path / "x.lock")
    assert one.try_acquire()
    assert not await two.acquire(0.05)
    waiting = asyncio.create_task(two.acquire(5))
    await asyncio.sleep(0.05)
    one.release()
    assert await waiting
    two.release()


def test_what_the_holder_writes_replaces_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "x.lock"
    path.write_text("a long line of an earlier holder")
    lock = FileLock(path)
    lock.write("nobody")
    assert path.read_text().startswith("a long line")
    assert lock.try_acquire()
    lock.write("me")
    assert path.read_text() == "me"
    lock.release()


def test_a_started_program_does_not_inherit_it(tmp_path: Path) -> None:
    lock = FileLock(tmp_path / "x.lock")
    assert lock.try_acquire()
    assert lock._file is not None
    assert not os.get_inheritable(lock._file)
    lock.release()


def test_a_file_that_cannot_be_opened_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        FileLock(tmp_path / "missing" / "x.lock").try_acquire()
