import json
from typing import Any

import pytest

from backend_developer.graph.model.answers import MALFORMED, BrokenAnswerError, read_completion
from backend_developer.graph.model.streamed import ToolCalls, as_chunk, read_chunk


def piece(arguments: object = "", **given: Any) -> dict[str, Any]:
    name = given.pop("name", None)
    return {**given, "function": {"name": name, "arguments": arguments}}


def put_together(*chunks: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    calls = ToolCalls()
    for chunk in chunks:
        calls.take(chunk)
    pieces = calls.chunk()["choices"][0]["delta"]["tool_calls"]
    assert [one["index"] for one in pieces] == list(range(len(pieces)))
    return [(one["id"], one["function"]["name"], one["function"]["arguments"]) for one in pieces]


def test_pieces_of_two_calls() -> None:
    assert put_together(
        [piece(index=0, id="a", name="read")],
        [piece('{"path": ', index=0), piece(index=1, id="b", name="list")],
        [piece('"x"}', index=0), piece("{}", index=1)],
    ) == [("a", "read", '{"path": "x"}'), ("b", "list", "{}")]


def test_a_server_that_gives_no_index() -> None:
    chunk = [piece("{}", id="a", name="read"), piece("{}", id="b", name="list")]
    assert put_together(chunk) == [("a", "read", "{}"), ("b", "list", "{}")]


def test_a_server_that_gives_each_call_the_same_index() -> None:
    assert put_together(
        [piece("{}", index=0, id="a", name="read")],
        [piece('{"n": ', index=0, id="b", name="list")],
        [piece("1}", index=0)],
    ) == [("a", "read", "{}"), ("b", "list", '{"n": 1}')]


def test_a_server_that_repeats_id_and_name_in_each_chunk() -> None:
    chunk = [piece("", index=0, id="a", name="read")]
    assert put_together(chunk, [piece("{}", index=0, id="a", name="read")]) == [("a", "read", "{}")]


def test_arguments_as_an_object_and_a_missing_id() -> None:
    [(identity, name, arguments)] = put_together([piece({"path": "ф"}, index=0, name="read")])
    assert identity.startswith("call_")
    assert (name, json.loads(arguments)) == ("read", {"path": "ф"})
    assert put_together([{"index": 0, "id": "a"}]) == [("a", "", "")]


@pytest.mark.parametrize("arguments", ['{"path": "a", "new": "def f(', "[1]", '"text"', "nonsense"])
def test_malformed_arguments_travel_beside(arguments: str) -> None:
    calls = ToolCalls()
    calls.take([piece(arguments, index=0, id="a", name="edit")])
    chunk = calls.chunk()
    assert chunk["choices"][0]["delta"]["tool_calls"][0]["function"]["arguments"] == MALFORMED
    assert chunk[MALFORMED] == {"a": arguments}


def test_chunks_get_the_keys_that_servers_leave_out() -> None:
    assert read_chunk({"choices": [{"delta": None}, {}]})["choices"] == [{"delta": {}}, {"delta": {}}]
    assert read_chunk({"choices": None, "usage": {}})["choices"] == []


def test_a_chunk_that_is_no_object_is_named() -> None:
    with pytest.raises(BrokenAnswerError, match="no object"):
        read_chunk("text")


def test_a_whole_answer_as_a_chunk_has_an_end() -> None:
    raw = {"choices": [{"message": {"content": "hi", "tool_calls": [piece("{}", id="c", name="list")]}}]}
    choice = as_chunk(read_completion(json.dumps(raw).encode()))["choices"][0]
    assert choice["finish_reason"] == "stop"
    assert choice["delta"]["content"] == "hi"
    assert choice["delta"]["tool_calls"][0]["id"] == "c"
