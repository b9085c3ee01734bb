"""What a new process makes of a run whose process was killed.

A write that never returns stands for the kill: the store raises in the place where the process would have died.
"""

import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from backend_developer.workspace.files import temporary_of
from backend_developer.workspace.journal import Blobs, Journal, MemoryStore
from backend_developer.workspace.journal.records import Batch

Open = Callable[..., Awaitable[Journal]]


class Killed(BaseException):
    pass


class DyingStore(MemoryStore):
    """Dies after it has stored an intent, or before it notes that the write is done."""

    dies_at = ""

    async def record(self, run: str, batch: Batch) -> None:
        await super().record(run, batch)
        if self.dies_at == "intent":
            raise Killed

    async def close(self, run: str, call_id: str) -> None:
        if self.dies_at == "close":
            raise Killed
        await super().close(run, call_id)


@pytest.fixture
def store() -> DyingStore:
    return DyingStore()


async def killed_in_a_write(store: DyingStore, root: Path, tmp_path: Path, dies_at: str) -> None:
    journal = await Journal.open(store, blobs=Blobs(tmp_path / "here"), root=root, run="run")
    await journal.write("app/main.py", b"x = 2\n", call_id="1", answer="first")
    store.dies_at = dies_at
    with pytest.raises(Killed):
        await journal.write("app/main.py", b"x = 3\n", call_id="2", answer="second")
    store.dies_at = ""


@pytest.mark.parametrize(("dies_at", "redone"), [("intent", ["app/main.py"]), ("close", [])])
async def test_finishes_a_half_done_write(
    store: DyingStore, root: Path, tmp_path: Path, open_journal: Open, dies_at: str, redone: list[str]
) -> None:
    await killed_in_a_write(store, root, tmp_path, dies_at)
    journal = await open_journal()
    assert await journal.recall("2") is None
    recovered = await journal.recover()
    assert (recovered.redone, recovered.kept) == (redone, [])
    assert (root / "app/main.py").read_bytes() == b"x = 3\n"
    known = await journal.recall("2")
    assert known
    assert known.answer == "second"
    assert (await journal.undo()).restored == ["app/main.py"]
    assert (root / "app/main.py").read_bytes() == b"x = 1\n"


async def test_leaves_an_edit_that_a_person_made_meanwhile(
    store: DyingStore, root: Path, tmp_path: Path, open_journal: Open
) -> None:
    await killed_in_a_write(store, root, tmp_path, "intent")
    (root / "app/main.py").write_bytes(b"mine\n")
    journal = await open_journal()
    recovered = await journal.recover()
    assert recovered.redone == []
    assert [path for path, _ in recovered.kept] == ["app/main.py"]
    assert (root / "app/main.py").read_bytes() == b"mine\n"
    known = await journal.recall("2")
    assert known
    assert not known.ok
    assert "someone else changed the file" in known.answer
    assert [path for path, _ in (await journal.undo()).kept] == ["app/main.py"]


@pytest.mark.parametrize("dies_at", ["intent", "close"])
async def test_undoes_a_half_done_write_without_a_resume(
    store: DyingStore, root: Path, tmp_path: Path, open_journal: Open, dies_at: str
) -> None:
    await killed_in_a_write(store, root, tmp_path, dies_at)
    assert (await (await open_journal()).undo()).restored == ["app/main.py"]
    assert (root / "app/main.py").read_bytes() == b"x = 1\n"


async def test_sweeps_what_was_made_ready_and_never_moved(
    store: DyingStore, root: Path, tmp_path: Path, open_journal: Open
) -> None:
    await killed_in_a_write(store, root, tmp_path, "intent")
    temporary_of(root / "app/main.py").write_bytes(b"x =")
    await (await open_journal()).recover()
    assert [path.name for path in (root / "app").iterdir()] == ["main.py"]


async def test_brings_the_edits_to_another_machine(root: Path, tmp_path: Path, open_journal: Open) -> None:
    fresh = tmp_path / "elsewhere"
    shutil.copytree(root, fresh)
    (fresh / "gone.py").write_bytes(b"old\n")
    (root / "gone.py").write_bytes(b"old\n")
    here = await open_journal()
    await here.write("app/main.py", b"x = 2\n", call_id="1")
    await here.write("new/a.py", b"a\n", call_id="2")
    await here.write("gone.py", None, call_id="3")
    there = await open_journal(tree=fresh, machine="there")
    recovered = await there.recover()
    assert recovered.redone == ["app/main.py", "gone.py", "new/a.py"]
    assert (fresh / "app/main.py").read_bytes() == b"x = 2\n"
    assert (fresh / "new/a.py").read_bytes() == b"a\n"
    assert await there.files_changed() == ["app/main.py", "gone.py", "new/a.py"]
    assert await there.before(["app/main.py"]) == [b"x = 1\n"]
    assert (await there.undo()).restored == ["app/main.py", "gone.py", "new/a.py"]
    assert sorted(path.name for path in fresh.iterdir()) == ["app", "gone.py"]


async def test_names_a_file_that_is_another_on_the_other_machine(
    root: Path, tmp_path: Path, open_journal: Open
) -> None:
    fresh = tmp_path / "elsewhere"
    shutil.copytree(root, fresh)
    (fresh / "app/main.py").write_bytes(b"another commit\n")
    await (await open_journal()).write("app/main.py", b"x = 2\n", call_id="1")
    recovered = await (await open_journal(tree=fresh, machine="there")).recover()
    assert [path for path, _ in recovered.kept] == ["app/main.py"]
    assert (fresh / "app/main.py").read_bytes() == b"another commit\n"


async def test_recovering_twice_does_nothing_more(root: Path, open_journal: Open) -> None:
    journal = await open_journal()
    await journal.write("app/main.py", b"x = 2\n", call_id="1")
    for _ in range(2):
        recovered = await journal.recover()
        assert (recovered.redone, recovered.kept) == ([], [])


async def test_a_resume_after_an_undo_brings_nothing_back(root: Path, open_journal: Open) -> None:
    journal = await open_journal()
    await journal.write("app/main.py", b"x = 2\n", call_id="1")
    await journal.undo()
    recovered = await (await open_journal()).recover()
    assert (recovered.redone, recovered.kept) == ([], [])
    assert (root / "app/main.py").read_bytes() == b"x = 1\n"
