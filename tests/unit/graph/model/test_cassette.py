import json
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage

from backend_developer.contract import CassetteEnded, EnvironmentBroken, InvalidSettings
from backend_developer.graph.model.cassette import Cassette, RecordedAnswer, Tape, digest, turn_of


def cassette(folder: Path, *lines: dict[str, Any] | str) -> Path:
    path = folder / "run.jsonl"
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    path.write_text("\n".join(texts), encoding="utf-8")
    return path


def spoken(times: int, last: str = "go on") -> list[BaseMessage]:
    """A conversation in which the model has spoken so often."""
    said: list[BaseMessage] = [HumanMessage("do it")]
    for turn in range(times):
        said += [AIMessage(f"turn {turn}"), HumanMessage(last)]
    return said


def content(completion: dict[str, Any]) -> str:
    return str(completion["choices"][0]["message"]["content"])


def test_answers_are_found_by_purpose_and_turn(tmp_path: Path) -> None:
    path = cassette(
        tmp_path,
        {"cassette": 1, "model": "openai:gpt-x"},
        {"purpose": "write", "turn": 1, "content": "second"},
        {"purpose": "write", "turn": 0, "content": "first"},
        {"purpose": "analyze", "turn": 0, "content": "thought"},
    )
    for _ in range(2):  # a run that is resumed reads the file anew
        tape = Cassette.read(path)
        assert content(tape.answer("write", spoken(1))) == "second"
        assert content(tape.answer("write", spoken(0))) == "first"
        assert content(tape.answer("analyze", spoken(0))) == "thought"


def test_a_hand_written_line_becomes_a_completion(tmp_path: Path) -> None:
    call = {"name": "read", "arguments": {"path": "приложение.py"}}
    path = cassette(tmp_path, {"purpose": "write", "turn": 0, "tool_calls": [call, call]}, "")
    choice = Cassette.read(path).answer("write", spoken(0))["choices"][0]
    assert choice["finish_reason"] == "tool_calls"
    assert [one["id"] for one in choice["message"]["tool_calls"]] == ["call_write_0_0", "call_write_0_1"]
    assert json.loads(choice["message"]["tool_calls"][0]["function"]["arguments"]) == {"path": "приложение.py"}


def test_an_answer_that_is_not_there_says_what_was_asked(tmp_path: Path) -> None:
    tape = Cassette.read(cassette(tmp_path, {"purpose": "write", "turn": 0}, {"purpose": "write", "turn": 3}))
    with pytest.raises(CassetteEnded) as caught:
        tape.answer("write", spoken(4, last="the tests fail"))
    for part in ("run.jsonl", "turn 4", "`write`", "the tests fail", "turns 0 to 3"):
        assert part in caught.value.message
    assert "--record" in caught.value.way_out
    with pytest.raises(CassetteEnded, match="none for that purpose"):
        tape.answer("analyze", [])


def test_the_same_turn_twice_goes_by_request_then_by_order(tmp_path: Path) -> None:
    asked = spoken(0)
    path = cassette(
        tmp_path,
        {"purpose": "write", "turn": 0, "content": "first"},
        {"purpose": "write", "turn": 0, "content": "after compaction", "request": digest(asked)},
    )
    tape = Cassette.read(path)
    other: list[BaseMessage] = [HumanMessage("something else")]
    assert content(tape.answer("write", asked)) == "after compaction"
    fresh = Cassette.read(path)
    assert [content(fresh.answer("write", other)) for _ in range(3)] == ["first", *["after compaction"] * 2]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{not json", "Invalid JSON"),
        ('{"purpose": "write"}', "turn Field required"),
        ('{"purpose": "write", "turn": -1}', "greater than or equal to 0"),
        ('{"purpose": "write", "turn": 0, "tool_call": []}', "tool_call Extra inputs"),
        ('{"purpose": "write", "turn": 0, "tool_calls": [{"arguments": {}}]}', "tool_calls.0.name Field required"),
    ],
)
def test_a_broken_line_is_named(tmp_path: Path, line: str, why: str) -> None:
    path = cassette(tmp_path, {"purpose": "write", "turn": 0}, line)
    with pytest.raises(InvalidSettings) as caught:
        Cassette.read(path)
    assert f"{path} line 2: " in caught.value.faults[0]
    assert why in caught.value.faults[0]


def test_a_cassette_of_another_version_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings, match="version 9"):
        Cassette.read(cassette(tmp_path, {"cassette": 9}, {"purpose": "write", "turn": 0}))


def test_a_missing_binary_or_empty_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings, match="cannot be read"):
        Cassette.read(tmp_path / "nowhere.jsonl")
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidSettings, match="cannot be read"):
        Cassette.read(binary)
    with pytest.raises(InvalidSettings, match="holds no answers"):
        Cassette.read(cassette(tmp_path, {"cassette": 1}))


def test_what_is_recorded_plays_again(tmp_path: Path) -> None:
    path = tmp_path / "new" / "run.jsonl"
    tape = Tape(path, secrets=("sk-0123456789",))
    tape.begin("openai:gpt-x")
    answer = AIMessage(
        "your key is sk-0123456789",
        tool_calls=[{"name": "read", "args": {"path": "a"}, "id": "c1", "type": "tool_call"}],
        invalid_tool_calls=[
            {"name": "edit", "args": '{"path": ', "id": "c2", "error": "cut", "type": "invalid_tool_call"}
        ],
        usage_metadata={
            "input_tokens": 10,
            "output_tokens": 2,
            "total_tokens": 12,
            "input_token_details": {"cache_read": 8},
        },
        response_metadata={"finish_reason": "length", "model_name": "gpt-x-2026"},
    )
    tape.write(RecordedAnswer.of(answer, spoken(2), "write"))
    assert "sk-0123456789" not in path.read_text(encoding="utf-8")

    played = Cassette.read(path)
    assert played.header.model == "openai:gpt-x"
    completion = played.answer("write", spoken(2))
    choice = completion["choices"][0]
    assert choice["finish_reason"] == "length"
    assert choice["message"]["content"] == "your key is ***"
    assert [one["function"]["arguments"] for one in choice["message"]["tool_calls"]] == ['{"path": "a"}', '{"path": ']
    assert completion["model"] == "gpt-x-2026"
    assert completion["usage"]["prompt_tokens_details"] == {"cached_tokens": 8}


def test_recording_goes_on_where_it_stopped(tmp_path: Path) -> None:
    path = cassette(tmp_path, {"cassette": 1, "model": "m"}, {"purpose": "write", "turn": 0})  # no newline at the end
    tape = Tape(path)
    tape.begin("another")
    tape.write(RecordedAnswer(purpose="write", turn=1, content="more"))
    played = Cassette.read(path)
    assert played.header.model == "m"
    assert content(played.answer("write", spoken(1))) == "more"


def test_a_place_that_cannot_be_written_is_refused_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(InvalidSettings, match="cannot be written"):
        Tape(tmp_path / "file" / "run.jsonl").begin("m")
    with pytest.raises(InvalidSettings, match="cannot be"):
        Tape(tmp_path).begin("m")
    with pytest.raises(EnvironmentBroken, match="cannot be written"):
        Tape(tmp_path).write(RecordedAnswer(purpose="write", turn=0))


def test_the_digest_is_of_what_was_said_last() -> None:
    early = [HumanMessage("a"), AIMessage("b"), ToolMessage("same", tool_call_id="1")]
    late = [HumanMessage("other"), AIMessage("c"), ToolMessage("same", tool_call_id="2")]
    assert digest(early) == digest(late) != digest([*early, HumanMessage("more")])
    assert turn_of(early) == 1
