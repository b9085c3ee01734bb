import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from backend_developer.contract import CallFailed, Settings
from backend_developer.contract.ports import Outcome, Service
from backend_developer.nodes.write.tools import Toolbox, workspace_tools
from backend_developer.workspace.journal import MemoryStore
from backend_developer.workspace.workspace import Workspace


class Scripted:
    """Commands that do to the tree what the test says, and end as it says."""

    def __init__(self) -> None:
        self.deed: Callable[[], object] = bool
        self.exit_code: int | None = 0
        self.output = "done\n"
        self.killed = 0
        self.limits: list[float | None] = []

    async def run(
        self,
        argv: str | Sequence[str],
        *,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        timeout_s: float | None = None,
        writable: Sequence[Path] = (),
    ) -> Outcome:
        self.limits.append(timeout_s)
        await asyncio.to_thread(self.deed)
        ended = self.exit_code is not None
        return Outcome(str(argv), self.exit_code, not ended, 0.1, self.output, Path("log"), self.killed)

    async def serve(
        self,
        argv: str | Sequence[str],
        *,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        writable: Sequence[Path] = (),
    ) -> Service:
        raise CallFailed("there are no services here")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    for name, text in {
        "app/main.py": "import os\n\n\ndef main():\n    return os.name\n",
        "app/windows.py": "a = 1\r\nb = 2\r\n",
        "tests/test_main.py": "def test_main(): pass\n",
        ".env": "KEY=1\n",
        "README.md": "# Shop\n",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(text.encode())
    return root


@pytest.fixture
def commands() -> Scripted:
    return Scripted()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(state_dir=tmp_path / "state", output_chars=1000)


@pytest.fixture
async def workspace(root: Path, commands: Scripted, settings: Settings) -> Workspace:
    return await Workspace.open(root, store=MemoryStore(), state_dir=settings.state_dir, run="run", commands=commands)


@pytest.fixture
def toolbox(workspace: Workspace, settings: Settings) -> Toolbox:
    return Toolbox(
        workspace_tools(workspace, settings, max_lines=10), workspace.journal, output_chars=settings.output_chars
    )
