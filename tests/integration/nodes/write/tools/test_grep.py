"""The search over more files than `RIPGREP_FROM`, with the real ripgrep, with a broken one, and without."""

import os
import sysconfig
from pathlib import Path

import pytest

from backend_developer.workspace.search import Search
from backend_developer.workspace.workspace import Workspace

BROKEN = "#!/bin/sh\necho main.py\nexit 2\n"
PATTERNS = ["def get_\\w+", "create_user|class\\s+User", "(?i)CLASS", "no_such_thing", "x"]


@pytest.fixture
def many(root: Path) -> Path:
    # Long enough that the paths do not fit into one command line of ours.
    folder = root / ("deep" * 40)
    folder.mkdir()
    for number in range(600):
        words = ["def get_it():", "create_user()", "class  User:", "nothing here"][number % 4]
        (folder / f"f{number:03}.py").write_text(f"# x\n{words}\n")
    return root


@pytest.fixture(params=["real", "broken"])
def ripgrep(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The folder of an `rg`."""
    if request.param == "real":
        folder = Path(sysconfig.get_path("scripts"))
        assert (folder / "rg").is_file(), "ripgrep is one of the development tools: pip install -e .[dev]"
        return folder
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/rg").write_text(BROKEN)
    (tmp_path / "bin/rg").chmod(0o755)
    return tmp_path / "bin"


async def answers(search: Search) -> list[object]:
    return [await search.grep(pattern, limit=1000) for pattern in PATTERNS]


@pytest.mark.usefixtures("many")
async def test_the_answers_are_the_same_with_ripgrep_and_without(
    workspace: Workspace, ripgrep: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = await answers(Search(workspace.guard, workspace.tree))
    monkeypatch.setenv("PATH", f"{ripgrep}{os.pathsep}{os.environ['PATH']}")
    logs = len(list((tmp_path / "logs").glob("*"))) if (tmp_path / "logs").exists() else 0
    helped = await answers(Search(workspace.guard, workspace.tree, workspace.commands))
    assert helped == plain
    assert len(list((tmp_path / "logs").glob("*"))) > logs
