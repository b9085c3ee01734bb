import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend_developer.workspace.postgres.embedded import EmbeddedServer
from tests.support.postgres import session_state_dir, state_folder

state_dir = pytest.fixture(scope="session")(session_state_dir)


@pytest.fixture
def own_state_dir() -> Iterator[Path]:
    """A state folder for this test alone, with nothing in it."""
    with state_folder() as folder:
        yield folder


@pytest.fixture(scope="session")
def made() -> Iterator[Path]:
    """A cluster that was made and stopped; making one takes half a second."""
    with state_folder() as folder:
        server = EmbeddedServer(folder / "pg", durable=False, linger_s=0.0)
        asyncio.run(server.ensure())
        assert asyncio.run(server.leave(wait_s=20))
        yield folder / "pg"


@pytest.fixture
def stopped(own_state_dir: Path, made: Path) -> Path:
    """A state folder for this test alone, with a stopped cluster in it."""
    # `cp` keeps whose the files are.
    asyncio.run(_copy(made, own_state_dir / "pg"))
    return own_state_dir


async def _copy(source: Path, target: Path) -> None:
    process = await asyncio.create_subprocess_exec("cp", "-a", str(source), str(target))
    assert await process.wait() == 0
    shutil.rmtree(target / "run")
