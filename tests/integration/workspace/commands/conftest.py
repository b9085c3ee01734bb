from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from backend_developer.contract import Settings
from backend_developer.workspace.commands import Executor

Living = Callable[[], list[str]]


@pytest.fixture
def living(tmp_path: Path) -> Living:
    """Who works in a folder of this test: commands do so until they end."""

    def look() -> list[str]:
        found = []
        for process in psutil.process_iter():
            try:
                if process.status() != psutil.STATUS_ZOMBIE and Path(process.cwd()).is_relative_to(tmp_path):
                    found.append(" ".join(process.cmdline()))
            except (psutil.Error, OSError):
                continue
        return found

    return look


@pytest.fixture
def executor(tmp_path: Path, living: Living, monkeypatch: pytest.MonkeyPatch) -> Iterator[Executor]:
    """In `project`, logging to `logs`; afterwards nothing may be left of it, alive or in its temporary folder."""
    project, temporary = tmp_path / "project", tmp_path / "t"
    project.mkdir()
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    yield Executor(project, tmp_path / "logs", Settings(state_dir=tmp_path / "state"))
    assert living() == []
    assert list(temporary.iterdir()) == []
