"""A run is recorded from a server, and played again without one."""

import json
from pathlib import Path

import pytest
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage

from backend_developer.contract import CassetteEnded, InvalidSettings
from tests.integration.graph.model.conftest import Opener
from tests.support.model_server import ModelServer, broken_call, call, calls, say

TOOL = {"type": "function", "function": {"name": "read", "parameters": {"type": "object", "properties": {}}}}
STEPS = [
    calls([call("read", path="a.py"), call("read", path="б.py")], text="Reading."),
    broken_call("read", '{"path": "c'),
    say("Done."),
]


def heard(answer: AIMessage) -> list[BaseMessage]:
    """The answer, and a result for each of its calls."""
    asked = [*answer.tool_calls, *answer.invalid_tool_calls]
    return [answer, *(ToolMessage("ok", tool_call_id=one["id"] or "") for one in asked)]


def comparable(answer: AIMessage) -> dict[str, object]:
    fields = answer.model_dump(exclude={"id"})
    usage = answer.usage_metadata
    assert usage is not None
    return {**fields, "usage_metadata": [usage["input_tokens"], usage["output_tokens"], usage["total_tokens"]]}


@pytest.mark.parametrize("stream", [False, True])
async def test_the_same_answers_come_back_offline(
    server: ModelServer, opened: Opener, tmp_path: Path, stream: bool
) -> None:
    tape = tmp_path / "run.jsonl"
    server.play({"": STEPS, "read": [call("read", path="plan")]})
    live = await opened(record=tape, stream=stream, api_key="sk-0123456789")
    assert live.label.endswith(f"at 127.0.0.1:{server.port}, recorded to run.jsonl")
    conversation: list[BaseMessage] = [HumanMessage("go")]
    told = [await live.ask(conversation, tools=[TOOL], purpose="analyze", choice="read")]
    moments = []
    for _ in STEPS:
        moments.append(list(conversation))
        told.append(await live.ask(conversation, tools=[TOOL], purpose="write"))
        conversation += heard(told[-1])

    asked = len(server.requests)
    played = await opened(replay=tape, base_url=None)
    assert played.label == "recorded answers of openai:scripted (run.jsonl)"
    again = [await played.ask([HumanMessage("go")], tools=[TOOL], purpose="analyze", choice="read")]
    again += [await played.ask(moment, tools=[TOOL], purpose="write") for moment in moments]
    assert [comparable(one) for one in again] == [comparable(one) for one in told]
    assert len(server.requests) == asked

    resumed = await opened(replay=tape, base_url=None)
    assert (await resumed.ask(moments[2], purpose="write")).text == "Done."
    with pytest.raises(CassetteEnded, match="turn 3 of `write`"):
        await resumed.ask(conversation, purpose="write")


async def test_a_hand_written_cassette_needs_neither_key_nor_server(opened: Opener, tmp_path: Path) -> None:
    tape = tmp_path / "demo.jsonl"
    lines = [
        {"purpose": "write", "turn": 0, "tool_calls": [{"name": "list", "arguments": {}}]},
        {"purpose": "write", "turn": 1, "content": "", "usage": {"prompt_tokens": 900, "completion_tokens": 3}},
    ]
    tape.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    model = await opened(replay=tape, base_url=None)
    first = await model.ask([HumanMessage("go")], purpose="write")
    assert first.tool_calls[0]["name"] == "list"
    assert first.response_metadata == {"finish_reason": "tool_calls", "model_name": "a model"}
    second = await model.ask([HumanMessage("go"), *heard(first)], purpose="write")
    assert second.text == ""
    assert second.usage_metadata is not None
    assert second.usage_metadata["total_tokens"] == 903


async def test_what_was_answered_is_on_disk_at_once(server: ModelServer, opened: Opener, tmp_path: Path) -> None:
    tape = tmp_path / "run.jsonl"
    server.play(STEPS)
    model = await opened(record=tape)
    await model.ask([HumanMessage("go")], purpose="write")
    header, line = tape.read_text(encoding="utf-8").splitlines()
    assert json.loads(header)["model"] == "openai:scripted"
    assert json.loads(line)["tool_calls"][1]["arguments"] == {"path": "б.py"}


async def test_a_cassette_that_is_broken_or_missing_is_refused(opened: Opener, tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings, match="cannot be read"):
        await opened(replay=tmp_path / "nowhere.jsonl")
    broken = tmp_path / "broken.jsonl"
    broken.write_text('{"purpose": "write", "turn": 0}\nnonsense\n')
    with pytest.raises(InvalidSettings, match="line 2"):
        await opened(replay=broken)
