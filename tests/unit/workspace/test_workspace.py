import asyncio
import os
import stat
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from backend_developer.contract import CallFailed, WorkspaceUnusable
from backend_developer.contract.ports import Outcome, Service
from backend_developer.workspace.journal import MemoryStore
from backend_developer.workspace.snapshot import Settled
from backend_developer.workspace.workspace import Workspace


class Scripted:
    """Commands whose only effect is what the test does to the tree."""

    def __init__(self, deed: Callable[[], object]) -> None:
        self.deed = deed
        self.ran = 0

    async def run(
        self,
        argv: str | Sequence[str],
        *,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        timeout_s: float | None = None,
        writable: Sequence[Path] = (),
    ) -> Outcome:
        self.ran += 1
        await asyncio.to_thread(self.deed)
        return Outcome(str(argv), 0, False, 0.1, "done\n", Path("log"))

    async def serve(
        self,
        argv: str | Sequence[str],
        *,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        writable: Sequence[Path] = (),
    ) -> Service:
        raise CallFailed("there are no services here")


def tell(outcome: Outcome, settled: Settled) -> tuple[str, bool]:
    return f"{outcome.output}{len(settled.adopted)} {len(settled.undone)}", outcome.ok


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    (root / "tests").mkdir(parents=True)
    (root / "main.py").write_text("x = 1\n")
    (root / "tests/test_main.py").write_text("t\n")
    return root


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


async def opened(root: Path, store: MemoryStore, deed: Callable[[], object] = bool, *, run: str = "run") -> Workspace:
    state = root.parent / "state"
    return await Workspace.open(root, store=store, state_dir=state, run=run, commands=Scripted(deed))


async def test_a_command_becomes_edits_but_for_what_is_refused(root: Path, store: MemoryStore) -> None:
    def deed() -> None:
        (root / "main.py").write_text("x = 2\n")
        (root / "tests/test_main.py").write_text("cheat\n")

    workspace = await opened(root, store, deed)
    call = await workspace.command("x", call_id="1", timeout_s=5, tell=tell)
    assert (call.answer, call.ok) == ("done\n1 1", True)
    assert await workspace.journal.files_changed() == ["main.py"]
    assert workspace.journal.ended("1")
    assert (root / "tests/test_main.py").read_text() == "t\n"
    assert (await workspace.undo()).restored == ["main.py"]
    assert (root / "main.py").read_text() == "x = 1\n"


async def test_an_interrupted_command_is_taken_back_and_can_run_again(root: Path, store: MemoryStore) -> None:
    def dies() -> None:
        (root / "main.py").write_text("half\n")
        raise asyncio.CancelledError

    workspace = await opened(root, store, dies)
    with pytest.raises(asyncio.CancelledError):
        await workspace.command("x", call_id="1", timeout_s=5, tell=tell)
    resumed = await opened(root, store, lambda: (root / "main.py").write_text("x = 2\n"))
    recovery = await resumed.recover()
    assert [item.path for item in recovery.undone] == ["main.py"]
    assert (root / "main.py").read_text() == "x = 1\n"
    await resumed.command("x", call_id="1", timeout_s=5, tell=tell)
    assert await resumed.journal.files_changed() == ["main.py"]
    assert (await resumed.recover()).undone == []


async def test_a_command_that_had_ended_is_not_taken_back(root: Path, store: MemoryStore) -> None:
    workspace = await opened(root, store, lambda: (root / "main.py").write_text("x = 2\n"))
    await workspace.command("x", call_id="1", timeout_s=5, tell=tell)
    # As if the process had been killed before it could note that the command is over.
    workspace.snapshot.begin("run", "1")
    for run in ("run", "another task"):
        assert (await (await opened(root, store, run=run)).recover()).undone == []
    assert (root / "main.py").read_text() == "x = 2\n"


async def test_an_undo_first_takes_back_an_interrupted_command(root: Path, store: MemoryStore) -> None:
    workspace = await opened(root, store)
    await workspace.journal.write("main.py", b"x = 2\n", call_id="1")
    workspace.snapshot.begin("run", "2")
    (root / "main.py").write_text("half\n")
    assert (await (await opened(root, store)).undo()).restored == ["main.py"]
    assert (root / "main.py").read_text() == "x = 1\n"


async def test_a_command_that_cannot_start_changes_nothing(root: Path, store: MemoryStore) -> None:
    def fails() -> None:
        raise CallFailed("no bash here")

    workspace = await opened(root, store, fails)
    with pytest.raises(CallFailed):
        await workspace.command("x", call_id="1", timeout_s=5, tell=tell)
    assert workspace.snapshot.interrupted() is None
    assert not workspace.journal.ended("1")


async def test_the_state_folder_must_lie_outside(root: Path, store: MemoryStore) -> None:
    with pytest.raises(WorkspaceUnusable, match="BACKEND_DEVELOPER_STATE_DIR"):
        await Workspace.open(root, store=store, state_dir=root / ".state", run="r", commands=Scripted(bool))


def test_a_usable_workspace_without_git(root: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(root)
    assert Workspace.check_usable(tmp_path / "link") == root


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("none", "does not exist"),
        ("file", "is not a folder"),
        ("empty", "is empty"),
        ("bare", "is empty"),
        ("/", "root"),
    ],
)
def test_says_what_is_wrong_with_a_workspace(tmp_path: Path, name: str, why: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "empty").mkdir()
    (tmp_path / "bare/.git").mkdir(parents=True)
    with pytest.raises(WorkspaceUnusable, match=why) as fault:
        Workspace.check_usable(tmp_path / name)
    assert fault.value.way_out


@contextmanager
def enterable(folder: Path) -> Iterator[None]:
    """Inside a gate the folder for temporary files is closed to other users."""
    mode = stat.S_IMODE(folder.stat().st_mode)
    if mode & 0o001:
        yield
        return
    folder.chmod(mode | 0o011)
    yield
    folder.chmod(mode)


@pytest.fixture
def unprivileged() -> Iterator[Path]:
    """A folder that anyone can reach, seen with the rights of nobody."""
    with tempfile.TemporaryDirectory() as name, enterable(Path(name).parent):
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "file").touch()
        if os.geteuid() != 0:
            folder.chmod(0o555)
            yield folder
            folder.chmod(0o755)
            return
        os.seteuid(65534)
        try:
            yield folder
        finally:
            os.seteuid(0)


def test_a_read_only_workspace(unprivileged: Path) -> None:
    with pytest.raises(WorkspaceUnusable, match="is read-only"):
        Workspace.check_usable(unprivileged)


def test_a_workspace_that_cannot_be_read(unprivileged: Path) -> None:
    if os.geteuid() == 65534:
        os.seteuid(0)
        unprivileged.chmod(0o711)
        os.seteuid(65534)
    else:
        unprivileged.chmod(0o311)
    with pytest.raises(WorkspaceUnusable, match="cannot be read"):
        Workspace.check_usable(unprivileged)
