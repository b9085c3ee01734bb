"""The index reads changes in the background: what it has read is not read again, and what goes wrong stops nobody."""

import asyncio
import logging
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from backend_developer.contract import WorkspaceUnusable
from backend_developer.workspace.index import CodeIndex, refresh
from backend_developer.workspace.index.sources import Source, take_apart
from backend_developer.workspace.index.store import Store, store_path
from tests.unit.workspace.index.conftest import Write

LONG_S = 10.0
FILES = 80
"""More than are compared before a transaction is opened."""


class Readings:
    """Which files were taken apart, and by which thread; each takes `each_s`."""

    def __init__(self) -> None:
        self.each_s = 0.0
        self.paths: list[str] = []
        self.threads: set[str] = set()

    def __call__(self, path: str, raw: bytes) -> Source:
        self.paths.append(path)
        self.threads.add(threading.current_thread().name)
        time.sleep(self.each_s)
        return take_apart(path, raw)

    async def begun(self) -> None:
        """Returns when a file is being read."""
        await until(lambda: bool(self.paths))


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Readings:
    readings = Readings()
    monkeypatch.setattr(refresh, "take_apart", readings)
    return readings


async def until(true: Callable[[], bool]) -> None:
    """Wait for a condition; the test's own limit ends it."""
    end = time.monotonic() + LONG_S
    while not true():
        assert time.monotonic() < end
        await asyncio.sleep(0.005)


def at_work() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "index"]


async def freshened(index: CodeIndex) -> None:
    index.freshen()
    await until(lambda: not at_work())


def files(text: str = "def zebra_{}(): ...\n") -> dict[str, str | bytes]:
    return {f"m{number}.py": text.format(number) for number in range(FILES)}


async def zebras(index: CodeIndex) -> int:
    return len(await index.similar("zebra", limit=500))


async def test_what_was_read_ahead_is_not_read_at_the_question(index: CodeIndex, write: Write, read: Readings) -> None:
    await index.long_files()
    write(files())
    await freshened(index)
    assert sorted(read.paths) == sorted(files())
    assert read.threads == {"index"}
    before = await index.ask(Store.generation)
    assert await zebras(index) == FILES
    assert (len(read.paths), await index.ask(Store.generation)) == (FILES, before)


async def test_files_that_were_just_written_are_settled_when_they_are_read(
    index: CodeIndex, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    await index.long_files()
    write(files())
    await freshened(index)
    hashed: list[bytes] = []
    monkeypatch.setattr(refresh, "digest", hashed.append)
    await index.long_files()
    assert hashed == []


async def test_what_changes_afterwards_is_read_at_the_question(
    index: CodeIndex, write: Write, root: Path, read: Readings
) -> None:
    write(files())
    await freshened(index)
    write({"m0.py": "def horse(): ...\n"})
    (root / "m1.py").unlink()
    assert [hit.path for hit in await index.similar("horse")] == ["m0.py"]
    assert await zebras(index) == FILES - 2
    assert len(read.paths) == FILES + 1


async def test_a_question_meanwhile_waits_for_the_rest_of_the_same_work(
    index: CodeIndex, write: Write, read: Readings
) -> None:
    write(files())
    read.each_s = 0.005
    index.freshen()
    await read.begun()
    assert await zebras(index) == FILES
    assert sorted(read.paths) == sorted(files())


async def test_the_event_loop_goes_on_meanwhile(index: CodeIndex, write: Write) -> None:
    body = "".join(
        f"def zebra_{number}(a, b):\n    return [a + {number} for a in b if a]\n\n\n" for number in range(40)
    )
    write(files(f"{body}M = {{}}\n"))
    longest, beats, began = 0.0, 0, time.perf_counter()
    index.freshen()
    while at_work():
        before = time.perf_counter()
        await asyncio.sleep(0.005)
        longest, beats = max(longest, time.perf_counter() - before), beats + 1
    whole = time.perf_counter() - began
    assert beats > whole / 0.05
    assert longest < whole / 2


async def test_close_gives_up_what_is_being_read(index: CodeIndex, write: Write, read: Readings) -> None:
    await index.long_files()
    write(files())
    read.each_s = 0.05
    index.freshen()
    await read.begun()
    began = time.perf_counter()
    index.close()
    assert time.perf_counter() - began < FILES * read.each_s / 4
    assert not at_work()
    read.each_s = 0
    assert await zebras(index) == FILES


async def test_a_cancelled_question_gives_up_too(index: CodeIndex, write: Write, read: Readings) -> None:
    write(files())
    read.each_s = 0.05
    question = asyncio.create_task(zebras(index))
    await read.begun()
    question.cancel()
    with pytest.raises(asyncio.CancelledError):
        await question
    began = time.perf_counter()
    index.close()
    assert time.perf_counter() - began < FILES * read.each_s / 4
    read.each_s = 0
    assert await zebras(index) == FILES


async def test_who_asks_with_a_limit_finds_the_project_read_in_the_end(
    index: CodeIndex, write: Write, read: Readings
) -> None:
    write(files())
    read.each_s = 0.02
    for _ in range(3):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(zebras(index), FILES * read.each_s / 5)
    for _ in range(20):
        with suppress(TimeoutError):
            assert await asyncio.wait_for(zebras(index), FILES * read.each_s / 3) == FILES
            return
    raise AssertionError("it is never read")


async def test_a_fault_is_logged_and_said_by_the_question(
    index: CodeIndex, root: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shutil.rmtree(root)
    await freshened(index)
    assert [record.levelno for record in caplog.records if "left to the next question" in record.message] == [
        logging.WARNING
    ]
    with pytest.raises(WorkspaceUnusable):
        await index.long_files()


async def test_after_a_fault_the_index_is_what_it_was(
    index: CodeIndex, write: Write, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(path: str, raw: bytes) -> Source:
        raise RuntimeError(f"a fault in {path}")

    await index.long_files()
    write(files())
    with monkeypatch.context() as patch:
        patch.setattr(refresh, "take_apart", broken)
        await freshened(index)
    assert "left to the next question" in caplog.text
    assert await zebras(index) == FILES


async def test_another_process_that_writes_is_not_waited_for(
    index: CodeIndex, write: Write, root: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    await index.long_files()
    write(files())
    path = store_path(tmp_path / "state", root)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    await freshened(index)
    assert "locked" in caplog.text
    other.execute("ROLLBACK")
    other.close()
    assert await zebras(index) == FILES
    assert "in memory" not in caplog.text
