"""An installer with the real executor behind it; nothing is fetched from beyond this machine."""

from collections.abc import Callable
from pathlib import Path

import pytest

from backend_developer.contract import Settings
from backend_developer.workspace.commands import Executor
from backend_developer.workspace.install import Installer, InstallFailure

Install = Callable[[Path], "Trial"]


class Trial:
    """One installer on one project, and what it told."""

    def __init__(self, root: Path, state_dir: Path) -> None:
        self.state_dir = state_dir
        self.told: list[str] = []
        settings = Settings(state_dir=state_dir, install_timeout_s=110)
        commands = Executor(root, state_dir / "logs", settings, state_dir / "cache")
        self._installer = Installer(root, commands, settings)
        self._attempt = 0

    async def run(self) -> InstallFailure | None:
        """Ask as the gates of the next attempt do."""
        self._attempt += 1
        return await self._installer.ensure(self._attempt, self.told.append)

    @property
    def installs(self) -> int:
        """How many were begun."""
        return sum(text.startswith("installing") for text in self.told)


@pytest.fixture
def trial(tmp_path: Path) -> Install:
    return lambda root: Trial(root, tmp_path / "state")
