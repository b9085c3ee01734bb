"""Who listens through langchain's callbacks hears the model: LangGraph's message stream, tracers."""

import asyncio
import sys
from typing import Any, TypedDict
from uuid import UUID

from langchain_core.callbacks import AsyncCallbackHandler
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from langchain_core.outputs import LLMResult
from langgraph.graph import END, START, StateGraph

from backend_developer.graph.model import OpenModel
from tests.integration.graph.model.conftest import Opener
from tests.support.model_server import ModelServer, say

TEXT = "a text that is long enough to be sent in several chunks, one after the other"


class State(TypedDict):
    answer: AIMessage | None


def graph_of(model: OpenModel) -> Any:
    async def node(state: State) -> State:
        return {"answer": await model.ask([HumanMessage("hi")], purpose="write")}

    graph = StateGraph(State)
    graph.add_node("node", node)
    graph.add_edge(START, "node")
    graph.add_edge("node", END)
    return graph.compile()


async def test_langgraph_streams_the_messages(server: ModelServer, opened: Opener) -> None:
    server.play([say(TEXT)])
    graph = graph_of(await opened())
    chunks = [chunk async for chunk, _ in graph.astream({"answer": None}, stream_mode="messages")]
    assert len([chunk for chunk in chunks if chunk.text]) > 2
    assert "".join(chunk.text for chunk in chunks) == TEXT
    assert server.requests[0].body["stream"] is True


async def test_where_nobody_listens_it_is_not_streamed(server: ModelServer, opened: Opener) -> None:
    server.play([say(TEXT)])
    state = await graph_of(await opened()).ainvoke({"answer": None})
    assert state["answer"].text == TEXT
    assert not server.requests[0].body.get("stream")


class Tracer(AsyncCallbackHandler):
    """Notes what a tracer is told."""

    def __init__(self) -> None:
        self.started: list[tuple[str, list[BaseMessage], list[str]]] = []
        self.ended: list[str] = []

    async def on_chat_model_start(
        self, serialized: dict[str, Any], messages: list[list[BaseMessage]], *, run_id: UUID, **kwargs: Any
    ) -> None:
        tools = [tool["function"]["name"] for tool in kwargs["invocation_params"].get("tools", [])]
        self.started.append((kwargs["name"], messages[0], tools))

    async def on_llm_end(self, response: LLMResult, *, run_id: UUID, **kwargs: Any) -> None:
        self.ended.append(response.generations[0][0].text)


async def test_a_tracer_is_told_purpose_messages_and_answer(server: ModelServer, opened: Opener) -> None:
    server.play([say("hello")])
    tracer = Tracer()
    await graph_of(await opened()).ainvoke({"answer": None}, {"callbacks": [tracer]})
    assert [(name, [one.text for one in said]) for name, said, _ in tracer.started] == [("write", ["hi"])]
    assert tracer.ended == ["hello"]


async def test_nothing_of_openai_is_imported_before_a_model_is_opened() -> None:
    code = "import sys, backend_developer.graph.model; print([m for m in sys.modules if 'openai' in m.split('.')[0]])"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE)
    out, _ = await process.communicate()
    assert process.returncode == 0
    assert out.decode().strip() == "[]"
