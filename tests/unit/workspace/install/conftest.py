"""A project, a folder for downloads, and programs on PATH that are never started."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.product import write_files

Write = Callable[[dict[str, str]], Path]
PROGRAMS = ("npm", "pnpm", "yarn", "uv", "poetry", "python3", "go", "cargo", "dotnet")


@pytest.fixture
def downloads(tmp_path: Path) -> Path:
    return tmp_path / "downloads"


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "programs"
    folder.mkdir()
    for name in PROGRAMS:
        (folder / name).touch(mode=0o755)
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    for name in ("CARGO_HOME", "GOMODCACHE", "GOPATH"):
        monkeypatch.setenv(name, str(tmp_path / "home" / name))
    return folder


@pytest.fixture
def write(tmp_path: Path) -> Write:
    root = tmp_path / "project"

    def files(named: dict[str, str]) -> Path:
        write_files(root, named)
        return root

    return files
