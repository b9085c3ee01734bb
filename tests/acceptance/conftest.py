"""One embedded PostgreSQL a test process; a fresh project and scripted model a test."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from backend_developer.contract import load_settings
from backend_developer.workspace.postgres import ensure_server
from tests.support.model_server import ModelServer
from tests.support.postgres import state_folder
from tests.support.product import Product, write_shop
from tests.support.started import Starter, open_starter


@pytest.fixture(scope="session")
def shared_state() -> Iterator[Path]:
    """The state folder of all runs of this process; its PostgreSQL is kept warm by being used from here."""
    with state_folder() as folder:
        asyncio.run(ensure_server(load_settings(state_dir=folder)))
        yield folder


@pytest.fixture(scope="session")
def starter() -> Iterator[Starter]:
    with open_starter() as one:
        yield one


@pytest.fixture
def product(starter: Starter, shared_state: Path, tmp_path: Path) -> Product:
    return Product(starter, shared_state, write_shop(tmp_path / "shop"))


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    async with ModelServer() as one:
        yield one
