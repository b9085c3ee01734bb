"""ripgrep where the machine has it, else a stand-in that understands the flags that we give it."""

import os
import shutil
import sys
from pathlib import Path

import pytest

from backend_developer.workspace.search import Search
from backend_developer.workspace.workspace import Workspace

STAND_IN = """#!{python}
import sys
flags, paths = sys.argv[1:sys.argv.index("--")], sys.argv[sys.argv.index("--") + 1:]
assert {{"--fixed-strings", "--files-with-matches", "--null", "--no-ignore", "--hidden"}} <= set(flags)
needles = [flags[i + 1].encode() for i, flag in enumerate(flags) if flag == "-e"]
found = [path for path in paths if any(needle in open(path, "rb").read() for needle in needles)]
sys.stdout.write("".join(path + "\\0" for path in found))
sys.exit(0 if found else 1)
"""
BROKEN = "#!/bin/sh\necho main.py\nexit 2\n"
PATTERNS = ["def get_\\w+", "create_user|class\\s+User", "no_such_thing", "x"]


@pytest.fixture
def many(root: Path) -> Path:
    # Long enough that the paths do not fit into one command line of ours.
    folder = root / ("deep" * 40)
    folder.mkdir()
    for number in range(600):
        words = ["def get_it():", "create_user()", "class  User:", "nothing here"][number % 4]
        (folder / f"f{number:03}.py").write_text(f"# x\n{words}\n")
    return root


async def answers(workspace: Workspace, search: Search) -> list[object]:
    return [await search.grep(pattern, limit=1000) for pattern in PATTERNS]


@pytest.mark.parametrize("script", [STAND_IN.format(python=sys.executable), BROKEN])
async def test_the_answers_are_the_same_with_ripgrep_and_without(
    workspace: Workspace, many: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    plain = await answers(workspace, Search(workspace.guard, workspace.tree))
    if shutil.which("rg") is None or script == BROKEN:
        (tmp_path / "bin").mkdir()
        (tmp_path / "bin/rg").write_text(script)
        (tmp_path / "bin/rg").chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    logs = len(list((tmp_path / "logs").glob("*"))) if (tmp_path / "logs").exists() else 0
    helped = await answers(workspace, Search(workspace.guard, workspace.tree, workspace.commands))
    assert helped == plain
    assert len(list((tmp_path / "logs").glob("*"))) > logs
