"""A command that moves the user's branch, HEAD or stash is taken back as a whole: its files belong to that state."""

from collections.abc import Callable
from pathlib import Path

import pytest

from backend_developer.workspace.guard import Guard
from backend_developer.workspace.journal import Blobs
from backend_developer.workspace.snapshot import Settled, Snapshot
from backend_developer.workspace.tree import Tree

HEADS = [".git/HEAD", ".git/ORIG_HEAD", ".git/packed-refs", ".git/refs/heads/main", ".git/refs/stash"]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    for name in (*HEADS, ".git/index", ".git/refs/remotes/origin/main", "app/main.py", "notes.txt"):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{name} before")
    return root


def settled(root: Path, command: Callable[[], object]) -> Settled:
    guard = Guard(root)
    tree = Tree(root, guarded=lambda path: guard.refusal(path) is not None, encloses=guard.encloses)
    state = root.parent / "state"
    snapshot = Snapshot(guard, tree, Blobs(state / "blobs"), state / "ws")
    before = snapshot.begin("run", "call")
    command()
    return snapshot.settle(before)


@pytest.mark.parametrize("head", HEADS)
def test_what_came_with_it_is_taken_back(root: Path, head: str) -> None:
    def command() -> None:
        (root / head).write_text("moved")
        (root / "app/main.py").write_text("of another branch")
        (root / "notes.txt").unlink()
        (root / "new").mkdir()
        (root / "new/file.py").write_text("x = 1")

    found = settled(root, command)
    assert (found.adopted, found.folders) == ([], [])
    assert {item.path for item in found.undone} == {head, "app/main.py", "new/file.py", "notes.txt"}
    assert all(item.restored and item.refusal and item.refusal.rule == "git" for item in found.undone)
    assert (root / "app/main.py").read_text() == "app/main.py before"
    assert (root / "notes.txt").read_text() == "notes.txt before"
    assert not (root / "new").exists()


@pytest.mark.parametrize("name", [".git/index", ".git/refs/remotes/origin/main"])
def test_other_changes_of_git_leave_the_files_alone(root: Path, name: str) -> None:
    def command() -> None:
        (root / name).write_text("changed")
        (root / "app/main.py").write_text("made by the command")

    found = settled(root, command)
    assert [change.path for change in found.adopted] == ["app/main.py"]
    assert [item.path for item in found.undone] == [name]
