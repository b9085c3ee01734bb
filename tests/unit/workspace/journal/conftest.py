from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from backend_developer.workspace.journal import Blobs, Journal, MemoryStore

Open = Callable[..., Awaitable[Journal]]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    (root / "app").mkdir(parents=True)
    (root / "app/main.py").write_bytes(b"x = 1\n")
    return root


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def open_journal(store: MemoryStore, root: Path, tmp_path: Path) -> Open:
    """Opens the run's journal as a new process does; by default on the same machine and tree."""

    async def opened(run: str = "run", *, tree: Path = root, machine: str = "here") -> Journal:
        return await Journal.open(store, blobs=Blobs(tmp_path / machine), root=tree, run=run)

    return opened


@pytest.fixture
async def journal(open_journal: Open) -> Journal:
    return await open_journal()
