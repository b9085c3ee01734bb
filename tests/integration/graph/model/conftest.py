from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest

from backend_developer.contract import load_settings
from backend_developer.graph.model import OpenModel, open_model
from tests.support.model_server import ModelServer

Opener = Callable[..., Awaitable[OpenModel]]


@pytest.fixture(autouse=True)
def _no_model_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "BACKEND_DEVELOPER_API_KEY", "BACKEND_DEVELOPER_BASE_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    async with ModelServer() as running:
        yield running


@pytest.fixture
async def opened(server: ModelServer) -> AsyncIterator[Opener]:
    """Opens models on the scripted server, and closes them after the test."""
    async with AsyncExitStack() as stack:

        async def open_here(**overrides: Any) -> OpenModel:
            given = {"base_url": server.base_url, "model": "openai:scripted", "model_timeout_s": 10.0, **overrides}
            model = await open_model(load_settings(**given))
            stack.push_async_callback(model.aclose)
            return model

        yield open_here
