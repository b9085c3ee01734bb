"""A provider that langchain has a class of its own for; Azure, since its package is the one that is always there."""

from contextlib import AsyncExitStack

import pytest
from langchain_core.messages import HumanMessage

from backend_developer.contract import ModelRefused, NoModel
from backend_developer.graph.model import OpenModel
from tests.integration.graph.model.conftest import Opener
from tests.support.model_server import ModelServer, call, fail, say

READ = {"type": "function", "function": {"name": "read", "parameters": {"type": "object", "properties": {}}}}


async def open_azure(opened: Opener) -> tuple[OpenModel, AsyncExitStack]:
    """The model, and what closes langchain's client, which is cached for the life of the process."""
    model = await opened(model="azure_openai:scripted", base_url=None)
    stack = AsyncExitStack()
    stack.push_async_callback(model._chat.root_async_client.close)  # type: ignore[attr-defined]  # see above
    return model, stack


@pytest.fixture
def azure(server: ModelServer, monkeypatch: pytest.MonkeyPatch) -> ModelServer:
    monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", server.base_url.removesuffix("/v1"))
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", "azure-0123456789")
    monkeypatch.setenv("OPENAI_API_VERSION", "2025-04-01-preview")
    return server


async def test_it_answers_through_the_same_port(azure: ModelServer, opened: Opener) -> None:
    azure.play({"": [[fail(503, retry_after=0.01), say("hello")]], "read": [call("read", path="a")]})
    model, stack = await open_azure(opened)
    assert model.label == "azure_openai:scripted"
    async with stack:
        assert (await model.ask([HumanMessage("hi")], purpose="write")).text == "hello"
        forced = await model.ask([HumanMessage("hi")], tools=[READ], purpose="analyze", choice="read")
    assert forced.tool_calls[0]["args"] == {"path": "a"}
    assert [request.headers["api-key"] for request in azure.requests] == ["azure-0123456789"] * 3


async def test_its_refusal_is_ours(azure: ModelServer, opened: Opener) -> None:
    azure.play([fail(401, "no access")])
    model, stack = await open_azure(opened)
    async with stack:
        with pytest.raises(ModelRefused, match="azure_openai refused the request to scripted with status 401: no acc"):
            await model.ask([HumanMessage("hi")], purpose="write")


async def test_without_its_key_it_says_what_is_missing(opened: Opener) -> None:
    with pytest.raises(NoModel) as caught:
        await opened(model="azure_openai:scripted", base_url=None)
    assert "azure_openai" in caught.value.message
    assert "key" in caught.value.way_out
