import os
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from backend_developer.workspace.guard import Guard
from backend_developer.workspace.journal import Blobs
from backend_developer.workspace.snapshot import Settled, Snapshot
from backend_developer.workspace.tree import Tree

FILES = {
    "app/main.py": "x = 1\n",
    "app/users.py": "y = 1\n",
    "tests/test_main.py": "def test(): pass\n",
    ".env": "KEY=1\n",
    ".gitignore": ".env\nlogs/\n",
    ".git/HEAD": "ref: refs/heads/main\n",
    ".git/config": "[core]\n",
    ".git/objects/ab/cdef": "object",
    "logs/a.log": "a\n",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    (root / ".git/refs/tags").mkdir(parents=True)
    return root


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(tmp_path / "state/blobs")


@pytest.fixture
def opened(root: Path, tmp_path: Path, blobs: Blobs) -> Callable[[], Snapshot]:
    def new() -> Snapshot:
        guard = Guard(root)
        tree = Tree(root, guarded=lambda path: guard.refusal(path) is not None, encloses=guard.encloses)
        return Snapshot(guard, tree, blobs, tmp_path / "state/ws")

    return new


@pytest.fixture
def watch(opened: Callable[[], Snapshot], root: Path) -> Callable[[Callable[[Path], object]], Settled]:
    snapshot = opened()

    def settle(command: Callable[[Path], object]) -> Settled:
        before = snapshot.begin("run", "call")
        command(root)
        settled = snapshot.settle(before)
        snapshot.end()
        return settled

    return settle


Watch = Callable[[Callable[[Path], object]], Settled]


def content(root: Path) -> dict[str, str | None]:
    paths = [path for path in root.rglob("*") if not path.is_dir() or path.is_symlink()]
    return {str(path.relative_to(root)): None if path.is_symlink() else path.read_text() for path in sorted(paths)}


def test_takes_over_what_is_allowed(watch: Watch, blobs: Blobs) -> None:
    def command(root: Path) -> None:
        (root / "app/main.py").write_text("x = 2\n")
        (root / "app/users.py").unlink()
        (root / "new/deep").mkdir(parents=True)
        (root / "new/deep/a.py").write_text("a\n")
        (root / "logs/b.log").write_text("b\n")
        (root / "__pycache__").mkdir()
        (root / "__pycache__/x.pyc").write_text("")

    settled = watch(command)
    assert [change.path for change in settled.adopted] == ["app/main.py", "app/users.py", "new/deep/a.py"]
    assert settled.folders == ["new", "new/deep"]
    assert settled.undone == []
    main, users, new = settled.adopted
    assert main.before
    assert main.after
    assert (blobs.get(main.before.digest), blobs.get(main.after.digest)) == (b"x = 1\n", b"x = 2\n")
    assert users.after is None
    assert new.before is None


def test_nothing_changed(watch: Watch) -> None:
    settled = watch(lambda root: (root / "app/main.py").read_text())
    assert (settled.adopted, settled.folders, settled.undone) == ([], [], [])


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (lambda root: (root / "tests/test_main.py").write_text("cheat"), ["tests/test_main.py"]),
        (lambda root: (root / "tests/test_main.py").unlink(), ["tests/test_main.py"]),
        (lambda root: (root / "tests/test_new.py").write_text("new"), ["tests/test_new.py"]),
        (lambda root: (root / "tests/sub").mkdir(), ["tests/sub"]),
        (lambda root: (root / "tests").rename(root / "app/tests"), ["app/tests/test_main.py", "tests/test_main.py"]),
        (lambda root: (root / ".env").write_text("KEY=2\n"), [".env"]),
        (lambda root: (root / "copy.txt").write_bytes((root / ".env").read_bytes()), ["copy.txt"]),
        (lambda root: (root / ".env").rename(root / "moved"), [".env", "moved"]),
        (lambda root: (root / ".git/config").write_text("[alias]\n"), [".git/config"]),
        (lambda root: (root / ".git/HEAD").unlink(), [".git/HEAD"]),
        (lambda root: (root / ".git/index").write_text("i"), [".git/index"]),
        (lambda root: (root / ".git/objects/ab/cdef").unlink(), [".git/objects/ab/cdef"]),
        (lambda root: (root / ".git/objects/ab/new").write_text("n"), [".git/objects/ab/new"]),
        (lambda root: (root / ".git/refs/tags").rmdir(), [".git/refs/tags"]),
        (lambda root: (root / "link").symlink_to("/etc"), ["link"]),
        (lambda root: (root / "backend-developer.toml").write_text(""), ["backend-developer.toml"]),
        (lambda root: (root / "tests/test_main.py").chmod(0o777), ["tests/test_main.py"]),
    ],
)
def test_takes_back_what_is_not(watch: Watch, root: Path, command: Callable[[Path], object], told: list[str]) -> None:
    before, modes = content(root), {path: path.stat().st_mode for path in root.rglob("*")}
    settled = watch(command)
    assert content(root) == before
    assert {path: path.stat().st_mode for path in root.rglob("*")} == modes
    assert [item.path for item in settled.undone] == told
    assert all(item.restored and item.refusal for item in settled.undone)
    assert settled.adopted == []


def test_takes_back_a_test_that_became_a_folder(watch: Watch, root: Path) -> None:
    def command(root: Path) -> None:
        (root / "tests/test_main.py").unlink()
        (root / "tests/test_main.py").mkdir()
        (root / "tests/test_main.py/x").write_text("x")

    before = content(root)
    watch(command)
    assert content(root) == before


def test_keeps_the_bytes_that_it_takes_back(watch: Watch) -> None:
    settled = watch(lambda root: (root / "tests/test_main.py").write_text("a person's hour of work"))
    kept = settled.undone[0].kept
    assert kept
    assert kept.read_text() == "a person's hour of work"


def test_an_ignore_rule_of_the_command_hides_nothing(watch: Watch, root: Path) -> None:
    def command(root: Path) -> None:
        (root / ".gitignore").write_text("*\n")
        (root / "app/main.py").write_text("x = 3\n")
        (root / "app/CACHEDIR.TAG").write_text("")
        (root / "tests/test_main.py").write_text("cheat")
        (root / "tests/test_more.py").write_text("cheat")

    settled = watch(command)
    assert {change.path for change in settled.adopted} >= {".gitignore", "app/main.py"}
    assert {item.path for item in settled.undone} == {"tests/test_main.py", "tests/test_more.py"}
    assert (root / "tests/test_main.py").read_text() == FILES["tests/test_main.py"]


def test_an_old_time_hides_no_change(watch: Watch) -> None:
    def command(root: Path) -> None:
        old = (root / "app/main.py").stat()
        (root / "app/main.py").write_text("x = 7\n")
        os.utime(root / "app/main.py", ns=(old.st_atime_ns, old.st_mtime_ns))

    assert [change.path for change in watch(command).adopted] == ["app/main.py"]


def rewrite(root: Path, text: str) -> None:
    (root / "app/main.py").write_text(text)


def test_finds_a_change_right_after_the_one_before(watch: Watch) -> None:
    for number in range(20):
        settled = watch(partial(rewrite, text=f"x = {number % 2 + 2}\n"))
        assert [change.path for change in settled.adopted] == ["app/main.py"]


def test_restores_the_time_of_a_file(watch: Watch, root: Path) -> None:
    old = (root / ".git/HEAD").stat().st_mtime_ns
    watch(lambda root: (root / ".git/HEAD").write_text("x"))
    assert (root / ".git/HEAD").stat().st_mtime_ns == old


def test_an_interrupted_command_is_put_back(opened: Callable[[], Snapshot], root: Path) -> None:
    before = content(root)
    opened().begin("run", "call-7")
    (root / "app/main.py").write_text("half")
    (root / "tests/test_main.py").unlink()
    (root / "made").mkdir()
    (root / "made/x").write_text("x")
    resumed = opened()
    assert resumed.interrupted() == ("run", "call-7")
    undone = resumed.put_back()
    assert content(root) == before
    assert not (root / "made").exists()
    assert [item.path for item in undone] == ["app/main.py", "made/x", "tests/test_main.py"]
    assert resumed.interrupted() is None


def test_a_second_interrupted_command_is_put_back_to_what_the_first_made(
    opened: Callable[[], Snapshot], root: Path
) -> None:
    snapshot = opened()
    before = snapshot.begin("run", "1")
    (root / "app/main.py").write_text("first")
    snapshot.settle(before)
    snapshot.end()
    snapshot.begin("run", "2")
    (root / "app/main.py").write_text("second")
    opened().put_back()
    assert (root / "app/main.py").read_text() == "first"


def test_a_persons_edit_after_the_interruption_stays(
    opened: Callable[[], Snapshot], root: Path, tmp_path: Path
) -> None:
    opened().begin("run", "call")
    long_ago = time.time() - 60
    os.utime(tmp_path / "state/ws/running.json", (long_ago, long_ago))
    (root / "app/main.py").write_text("mine")
    (root / "tests/test_main.py").unlink()
    undone = {item.path: item.restored for item in opened().put_back()}
    assert undone == {"app/main.py": False, "tests/test_main.py": True}
    assert (root / "app/main.py").read_text() == "mine"


def test_another_tree_in_the_same_place_is_left_alone(opened: Callable[[], Snapshot], root: Path) -> None:
    opened().begin("run", "call")
    root.rename(root.with_name("old"))
    root.mkdir()
    (root / "x").touch()
    assert opened().interrupted() is None


def test_a_beat_moves_the_end_of_the_command(opened: Callable[[], Snapshot], root: Path, tmp_path: Path) -> None:
    snapshot = opened()
    snapshot.begin("run", "call")
    long_ago = time.time() - 60
    os.utime(tmp_path / "state/ws/running.json", (long_ago, long_ago))
    snapshot.beat()
    (root / "app/main.py").write_text("half")
    assert [item.restored for item in opened().put_back()] == [True]


def test_a_second_look_reads_no_file_again(
    opened: Callable[[], Snapshot], root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in root.rglob("*"):
        os.utime(path, (1, 1))
    time.sleep(0.05)
    opened().begin("run", "1")
    read: list[Path] = []
    real = Path.read_bytes

    def noted(path: Path) -> bytes:
        read.append(path)
        return real(path)

    monkeypatch.setattr(Path, "read_bytes", noted)
    opened().begin("run", "2")
    assert [path for path in read if path.is_relative_to(root)] == []
