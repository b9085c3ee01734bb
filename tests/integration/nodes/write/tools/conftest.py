import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend_developer.contract import Settings
from backend_developer.nodes.write.tools import Toolbox, workspace_tools
from backend_developer.workspace.commands import Executor
from backend_developer.workspace.journal import MemoryStore
from backend_developer.workspace.workspace import Workspace


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(state_dir=tmp_path / "state", command_timeout_s=20)


@pytest.fixture
async def root(tmp_path: Path) -> Path:
    """A project with a commit, a change that is staged, one that is not, a stash and an untracked file."""
    root = tmp_path / "project"
    (root / "tests").mkdir(parents=True)
    (root / ".gitignore").write_text(".env\n__pycache__/\n")
    (root / "main.py").write_text("x = 1\n")
    (root / "tests/test_main.py").write_text("def test(): pass\n")
    (root / ".env").write_text("KEY=1\n")
    git = "git -c user.name=u -c user.email=u@example.invalid"
    process = await asyncio.create_subprocess_shell(
        f"git init -q -b main && git add . && {git} commit -qm one && echo 'x = 2' > main.py && {git} stash -q && "
        "echo 'x = 3' > main.py && git add main.py && echo 'x = 4' > main.py && echo new > untracked.txt",
        cwd=root,
    )
    assert await process.wait() == 0
    return root


@pytest.fixture
async def workspace(root: Path, tmp_path: Path, settings: Settings) -> Workspace:
    executor = Executor(root, tmp_path / "logs", settings)
    return await Workspace.open(root, store=MemoryStore(), state_dir=settings.state_dir, run="run", commands=executor)


@pytest.fixture
def toolbox(workspace: Workspace, settings: Settings) -> Toolbox:
    return Toolbox(workspace_tools(workspace, settings), workspace.journal, output_chars=settings.output_chars)


@pytest.fixture(autouse=True)
def _outside_is_untouched(tmp_path: Path) -> Iterator[None]:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/theirs.txt").write_text("theirs")
    yield
    assert [(path.name, path.read_text()) for path in (tmp_path / "outside").iterdir()] == [("theirs.txt", "theirs")]
