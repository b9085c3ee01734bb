import os
from pathlib import Path

import pytest

from backend_developer.workspace.index.background import GivenUp
from backend_developer.workspace.index.walk import UNSETTLED, Folder, Stamp, Tree, look
from tests.unit.workspace.index.conftest import Write

PY = frozenset({".py"})
LONG_AGO = 1_600_000_000


def never() -> bool:
    return False


def seen(root: Path, known: Tree | None = None) -> list[str]:
    return sorted(look(root, known or Tree(), PY, never).files)


def test_only_the_projects_own_sources_are_seen(root: Path, write: Write) -> None:
    write(
        {
            "app/main.py": "",
            "readme.md": "",
            "node_modules/x/a.py": "",
            ".venv/lib/b.py": "",
            "myenv/pyvenv.cfg": "",
            "myenv/c.py": "",
            "build/lib/d.py": "",
            "src/build/__init__.py": "",
            "pkg.egg-info/e.py": "",
        }
    )
    assert seen(root) == ["app/main.py", "src/build/__init__.py"]


def test_git_ignore_rules_are_heeded_at_every_level(root: Path, write: Write) -> None:
    write(
        {
            ".gitignore": "generated/\n*.tmp.py\n",
            "a.tmp.py": "",
            "generated/b.py": "",
            "app/.gitignore": "!keep.tmp.py\nsecret.py\n",
            "app/keep.tmp.py": "",
            "app/secret.py": "",
            "secret.py": "",
            ".git/info/exclude": "local.py\n",
            "local.py": "",
        }
    )
    assert seen(root) == [".gitignore", "app/.gitignore", "app/keep.tmp.py", "secret.py"]


def test_a_changed_rule_counts_for_folders_that_have_not_moved(root: Path, write: Write) -> None:
    write({".gitignore": "other.py\n", "app/main.py": "", "app/old.py": ""})
    known = look(root, Tree(), PY, never)
    write({".gitignore": "old.py\n"})
    assert seen(root, known) == [".gitignore", "app/main.py"]


def test_links_are_not_followed(root: Path, write: Write, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "a.py").touch()
    write({"main.py": ""})
    (root / "out").symlink_to(outside)
    (root / "loop").symlink_to(root)
    (root / "b.py").symlink_to(outside / "a.py")
    assert seen(root) == ["main.py"]


def settled(tree: Tree, root: Path) -> Tree:
    """The tree as a look after a while would have it."""

    def changed(path: str) -> int:
        status = (root / path).lstat()
        return status.st_ctime_ns + status.st_mtime_ns

    folders = {path: Folder(changed(path), one.folders, one.files) for path, one in tree.folders.items()}
    return Tree(folders, {path: Stamp(changed(path), stamp.size) for path, stamp in tree.files.items()})


def test_nothing_is_listed_again_where_nothing_moved(root: Path, write: Write) -> None:
    write({"app/main.py": "x = 1"})
    known = settled(look(root, Tree(), PY, never), root)
    assert look(root, known, PY, never) is known


def test_what_is_new_gone_and_edited_shows(root: Path, write: Write) -> None:
    write({"app/main.py": "x = 1", "app/old.py": "", "lib/kept.py": ""})
    known = settled(look(root, Tree(), PY, never), root)
    (root / "app/old.py").unlink()
    write({"app/deep/new.py": "", "app/main.py": "x = 22"})
    now = look(root, known, PY, never)
    assert sorted(now.files) == ["app/deep/new.py", "app/main.py", "lib/kept.py"]
    assert now.files["app/main.py"] != known.files["app/main.py"]
    assert now.files["lib/kept.py"] == known.files["lib/kept.py"]


def test_an_edit_of_the_same_size_that_restores_the_time_shows(root: Path, write: Write) -> None:
    write({"main.py": "x = 1"})
    os.utime(root / "main.py", (LONG_AGO, LONG_AGO))
    known = settled(look(root, Tree(), PY, never), root)
    write({"main.py": "x = 2"})
    os.utime(root / "main.py", (LONG_AGO, LONG_AGO))
    assert look(root, known, PY, never).files["main.py"] != known.files["main.py"]


def test_what_has_only_just_changed_is_not_believed(root: Path, write: Write) -> None:
    write({"main.py": "x = 1"})
    assert look(root, Tree(), PY, never).files["main.py"].changed == UNSETTLED


def test_a_missing_root_is_an_error(root: Path) -> None:
    with pytest.raises(FileNotFoundError):
        look(root / "none", Tree(), PY, never)


def test_a_look_that_nobody_waits_for_any_more_is_given_up(root: Path, write: Write) -> None:
    write({f"folder_{number}/a.py": "" for number in range(5)})
    answers = iter([False, False, True])
    with pytest.raises(GivenUp):
        look(root, Tree(), PY, lambda: next(answers))
    assert next(answers, None) is None
