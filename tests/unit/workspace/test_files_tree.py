import subprocess
from pathlib import Path

import pytest

from backend_developer.workspace.guard import Guard
from backend_developer.workspace.tree import Tree

FILES = """
app/main.py app/data.log app/keep.log logs/a.txt build/out.js sub/.gitignore sub/x.tmp sub/keep.tmp sub/deep/y.tmp
.env .hidden/h.py tests/test_x.py README.md .gitignore
node_modules/m/index.js app/__pycache__/main.pyc .coverage env1/pyvenv.cfg env1/lib.py cache/CACHEDIR.TAG cache/c.bin
crate/Cargo.toml crate/target/x.o net/a.csproj net/obj/x.dll net/bin/x.dll bin/tool.sh
"""
OURS = ["node_modules/", "__pycache__", ".coverage", "env1/", "cache/", "target/", "obj/", "net/bin/"]


def make(root: Path) -> None:
    for name in FILES.split():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("x\n")
    (root / ".gitignore").write_text("*.log\n!keep.log\n/logs/\nbuild/\n.env\n!\n")
    (root / "sub/.gitignore").write_text("*.tmp\n!keep.tmp\n")


def tree_of(root: Path) -> Tree:
    guard = Guard(root)
    return Tree(guard.root, guarded=lambda path: guard.refusal(path) is not None, encloses=guard.encloses)


def watched(tree: Tree, *, refresh: bool = True) -> set[str]:
    return {path for path, entry in tree.watched(refresh=refresh) if entry.is_file(follow_symlinks=False)}


def test_lists_what_git_would_but_for_by_products(tmp_path: Path) -> None:
    make(tmp_path)
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    told = subprocess.run(
        ["git", "ls-files", "--others", "--exclude-standard"], cwd=tmp_path, check=True, capture_output=True, text=True
    ).stdout.split()
    expected = [path for path in told if not any(mark in path for mark in OURS)]
    assert tree_of(tmp_path).files() == sorted(expected)


def test_lists_an_ignored_folder_that_is_named(tmp_path: Path) -> None:
    make(tmp_path)
    tree = tree_of(tmp_path)
    assert tree.files("logs") == ["logs/a.txt"]
    assert tree.files("sub") == ["sub/.gitignore", "sub/keep.tmp"]
    assert tree.files("sub/deep") == []
    assert tree.files("none") == []


def test_watches_guarded_files_that_git_ignores(tmp_path: Path) -> None:
    make(tmp_path)
    (tmp_path / ".gitignore").write_text("tests/\n.env\n.ai/\nlogs/\n")
    (tmp_path / ".ai/generated-code").mkdir(parents=True)
    (tmp_path / ".ai/generated-code/x.py").touch()
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git/config").touch()
    found = watched(tree_of(tmp_path))
    assert {"tests/test_x.py", ".env", ".ai/generated-code/x.py", ".git/config", "app/main.py"} <= found
    assert not [path for path in found if path.startswith(("logs/", "node_modules/", "cache/"))]


@pytest.mark.parametrize("hide", ["app/.gitignore", ".gitignore"])
def test_a_new_gitignore_hides_nothing_until_the_next_look(tmp_path: Path, hide: str) -> None:
    make(tmp_path)
    tree = tree_of(tmp_path)
    before = watched(tree)
    (tmp_path / hide).write_text("*\n")
    assert watched(tree, refresh=False) - {hide} == before - {hide}
    assert "app/main.py" not in watched(tree)


def test_follows_no_links(tmp_path: Path) -> None:
    (tmp_path / "project").mkdir()
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/x").touch()
    (tmp_path / "project/link").symlink_to(tmp_path / "outside")
    assert tree_of(tmp_path / "project").files() == []
    assert [path for path, _ in tree_of(tmp_path / "project").watched()] == ["link"]
