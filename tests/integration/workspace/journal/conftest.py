import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from backend_developer.workspace.postgres import Pool, open_pool
from tests.support.postgres import fresh_database


@pytest.fixture
async def dsn(state_dir: Path) -> AsyncIterator[str]:
    """An empty database on a real server."""
    async with fresh_database(state_dir) as dsn:
        yield dsn


@pytest.fixture
async def pool(dsn: str) -> AsyncIterator[Pool]:
    pool = await open_pool(dsn)
    yield pool
    await pool.close()


@pytest.fixture
def run() -> str:
    """The name of a run that no other test has."""
    return f"run-{uuid.uuid4().hex}"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    (root / "app").mkdir(parents=True)
    (root / "app/main.py").write_bytes(b"x = 1\n")
    return root
