"""Answers of the scripted server, over the real client and a real socket."""

import asyncio
import json
from typing import Any

import pytest
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_openai import ChatOpenAI
from pydantic import SecretStr

from backend_developer.graph.model.openai_chat import EncodingChatOpenAI
from tests.integration.graph.model.conftest import Opener
from tests.support.model_server import ModelServer, Reply, Request, broken_call, call, calls, say

TASK: list[BaseMessage] = [SystemMessage("Be brief."), HumanMessage("Сделай API 👋")]
READ = {
    "type": "function",
    "function": {
        "name": "read",
        "description": "Read a file.",
        "parameters": {"type": "object", "properties": {"path": {"type": "string"}}, "required": ["path"]},
    },
}
EDIT = {"type": "function", "function": {**READ["function"], "name": "edit"}}  # type: ignore[dict-item]  # READ's value
either = pytest.mark.parametrize("stream", [False, True])


def answered(turn: int) -> list[BaseMessage]:
    """What a turn adds: a tool call of the model, and the tool's result."""
    one = {"name": "edit", "args": {"path": f"f{turn}.py", "new": "é"}, "id": f"c{turn}", "type": "tool_call"}
    return [AIMessage("", tool_calls=[one]), ToolMessage(f"result {turn}", tool_call_id=f"c{turn}")]


@either
async def test_text(server: ModelServer, opened: Opener, stream: bool) -> None:
    server.play([say("Готово: всё сделано 👍, and this is long enough for several chunks.")])
    model = await opened(stream=stream)
    answer = await model.ask(TASK, purpose="write")
    assert type(answer) is AIMessage
    assert answer.text == "Готово: всё сделано 👍, and this is long enough for several chunks."
    assert answer.response_metadata == {"finish_reason": "stop", "model_name": "scripted"}
    assert answer.usage_metadata is not None
    assert answer.usage_metadata["input_tokens"] == server.requests[0].size // 4
    assert answer.usage_metadata["output_tokens"] > 5
    assert server.requests[0].body.get("stream", False) is stream


@either
async def test_several_tool_calls(server: ModelServer, opened: Opener, stream: bool) -> None:
    server.play([calls([call("read", path="a.py"), call("edit", path="b.py", new="x" * 200)], text="Both.")])
    model = await opened(stream=stream)
    answer = await model.ask(TASK, tools=[READ, EDIT], purpose="write")
    assert [(one["name"], one["args"]["path"]) for one in answer.tool_calls] == [("read", "a.py"), ("edit", "b.py")]
    assert answer.tool_calls[1]["args"]["new"] == "x" * 200
    assert len({one["id"] for one in answer.tool_calls}) == 2
    assert answer.text == "Both."
    assert answer.response_metadata["finish_reason"] == "tool_calls"
    assert answer.additional_kwargs == {}
    assert server.requests[0].body["tools"] == [READ, EDIT]
    assert "tool_choice" not in server.requests[0].body


async def test_a_forced_tool(server: ModelServer, opened: Opener) -> None:
    server.play({"read": [call("read", path="a.py")]})
    model = await opened()
    answer = await model.ask(TASK, tools=[READ, EDIT], purpose="analyze", choice="read")
    assert answer.tool_calls[0]["args"] == {"path": "a.py"}
    assert server.requests[0].forced == "read"


@either
async def test_arguments_that_were_cut_short(server: ModelServer, opened: Opener, stream: bool) -> None:
    server.play([broken_call("edit", '{"path": "a.py", "new": "def f('), say("I see.")])
    model = await opened(stream=stream)
    answer = await model.ask(TASK, tools=[EDIT], purpose="write")
    assert answer.tool_calls == []
    assert answer.invalid_tool_calls[0]["name"] == "edit"
    assert answer.invalid_tool_calls[0]["args"] == '{"path": "a.py", "new": "def f('
    assert str(answer.invalid_tool_calls[0]["error"]).startswith("not JSON: Unterminated string")
    assert answer.response_metadata["finish_reason"] == "length"

    result = ToolMessage("not JSON", tool_call_id=answer.invalid_tool_calls[0]["id"] or "")
    await model.ask([*TASK, answer, result], tools=[EDIT], purpose="write")
    sent = server.requests[1].messages[2]["tool_calls"][0]["function"]["arguments"]
    assert json.loads(sent) == {"malformed": '{"path": "a.py", "new": "def f('}


@either
@pytest.mark.parametrize("arguments", ["[1, 2]", '"text"', "7"])
async def test_arguments_that_are_no_object(server: ModelServer, opened: Opener, stream: bool, arguments: str) -> None:
    server.play([broken_call("edit", arguments, finish_reason="tool_calls")])
    model = await opened(stream=stream)
    answer = await model.ask(TASK, tools=[EDIT], purpose="write")
    assert answer.tool_calls == []
    assert answer.invalid_tool_calls[0]["name"] == "edit"


@either
async def test_an_empty_answer(server: ModelServer, opened: Opener, stream: bool) -> None:
    server.play([say("", usage=False)])
    model = await opened(stream=stream)
    answer = await model.ask(TASK, purpose="write")
    assert (answer.text, answer.tool_calls, answer.usage_metadata) == ("", [], None)
    assert answer.response_metadata["finish_reason"] == "stop"


async def test_half_a_surrogate_pair_does_not_wedge_the_conversation(server: ModelServer, opened: Opener) -> None:
    server.play([broken_call("edit", '{"new": "\\ud83d"}', finish_reason="tool_calls"), say("ok")])
    model = await opened()
    answer = await model.ask(TASK, tools=[EDIT], purpose="write")
    assert answer.tool_calls[0]["args"] == {"new": "?"}
    said = [*TASK, answer, ToolMessage("half \ud83d", tool_call_id=answer.tool_calls[0]["id"] or "")]
    assert (await model.ask(said, purpose="write")).text == "ok"


async def test_a_server_that_does_not_stream_though_asked_to(server: ModelServer, opened: Opener) -> None:
    def whole(request: Request) -> Reply:
        assert request.body["stream"] is True
        function = {"name": "read", "arguments": '{"path": "a"}'}
        message = {"content": None, "tool_calls": [{"id": "c", "type": "function", "function": function}]}
        body = {"model": "m", "choices": [{"message": message, "finish_reason": "tool_calls"}]}
        return Reply(body=json.dumps(body).encode())

    server.play(whole)
    model = await opened(stream=True)
    answer = await model.ask(TASK, tools=[READ], purpose="write")
    assert answer.tool_calls[0]["args"] == {"path": "a"}
    assert answer.response_metadata["finish_reason"] == "tool_calls"


async def test_the_request_is_what_langchain_would_have_sent(server: ModelServer, opened: Opener) -> None:
    server.play([*[say("hi")] * 5])
    block: list[str | dict[Any, Any]] = [{"type": "text", "text": "a block"}]
    said = [*TASK, HumanMessage(block), *answered(0), AIMessage("thinking aloud"), HumanMessage("go", name="lead")]
    model = await opened()
    await model.ask(said, tools=[READ], purpose="write", choice="read")
    plain = ChatOpenAI(
        model="scripted", api_key=SecretStr("none"), base_url=server.base_url, use_responses_api=False, max_retries=0
    )
    await plain.bind_tools([READ], tool_choice="read").ainvoke(said)
    await plain.root_async_client.close()
    ours, theirs = (dict(request.body) for request in server.requests)
    assert ours.pop("stream", False) == theirs.pop("stream", False)
    assert ours == theirs


async def test_the_prefix_of_a_growing_conversation_stays_the_same(server: ModelServer, opened: Opener) -> None:
    server.play([say("hi")] * 50)
    model = await opened()
    said = list(TASK)
    for turn in range(5):
        await model.ask(said, purpose="write")
        said = [*said, *answered(turn)]
    for early, late in zip(server.requests, server.requests[1:], strict=False):
        assert late.messages[: len(early.messages)] == early.messages
        assert len(late.messages) == len(early.messages) + 2


async def test_a_message_that_was_changed_is_sent_changed(server: ModelServer, opened: Opener) -> None:
    server.play([say("hi")] * 3)
    model = await opened()
    said = [*TASK, *answered(0)]
    await model.ask(said, purpose="write")
    said[3].content = "cleared"
    await model.ask(said, purpose="write")
    await model.ask([*said[:3], said[3].model_copy(update={"content": "again"})], purpose="write")
    assert [request.messages[3]["content"] for request in server.requests] == ["result 0", "cleared", "again"]


async def test_the_kept_messages_do_not_pile_up(server: ModelServer, opened: Opener) -> None:
    server.play(lambda _: say("hi"))
    model = await opened()
    for turn in range(40):
        await model.ask([HumanMessage(f"{turn} {nth}") for nth in range(40)], purpose="write")
    chat = model._chat  # type: ignore[attr-defined]  # what it keeps is nobody's business but this test's
    assert isinstance(chat, EncodingChatOpenAI)
    assert len(chat._encoder._known) < 700


async def test_many_at_once(server: ModelServer, opened: Opener) -> None:
    server.play(lambda request: say(request.messages[-1]["content"].upper()))
    model = await opened()
    answers = await asyncio.gather(*(model.ask([HumanMessage(f"q{nth}")], purpose="task") for nth in range(30)))
    assert [answer.text for answer in answers] == [f"Q{nth}" for nth in range(30)]


async def test_a_key_is_sent_and_a_server_without_one_gets_a_stand_in(server: ModelServer, opened: Opener) -> None:
    server.play([say("hi")])
    await (await opened(api_key="sk-0123456789\n")).ask(TASK, purpose="write")
    await (await opened()).ask(TASK, purpose="write")
    assert [request.headers["authorization"] for request in server.requests] == ["Bearer sk-0123456789", "Bearer none"]
