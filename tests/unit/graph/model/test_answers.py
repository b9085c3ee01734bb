import json
from typing import Any

import pytest
from langchain_core.messages import AIMessage, ToolCall

from backend_developer.graph.model.answers import BrokenAnswerError, read_completion, trimmed


def completion(**message: Any) -> bytes:
    return json.dumps({"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}).encode()


def only_call(answer: dict[str, Any]) -> dict[str, Any]:
    calls: list[dict[str, Any]] = answer["choices"][0]["message"]["tool_calls"]
    assert len(calls) == 1
    return calls[0]


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"<html>Bad gateway</html>", "not JSON: <html>Bad gateway</html>"),
        (b"", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[]", "no choice"),
        (b"null", "no choice"),
        (b'{"choices": []}', "no choice"),
        (b'{"choices": null}', "no choice"),
        (b'{"error": {"message": "overloaded"}, "choices": [{"message": {}}]}', "overloaded"),
        (b'{"choices": [{"finish_reason": "stop"}]}', "without a message"),
    ],
)
def test_what_is_no_completion_is_named(raw: bytes, reason: str) -> None:
    with pytest.raises(BrokenAnswerError, match=reason):
        read_completion(raw)


def test_a_long_page_is_shown_in_part() -> None:
    with pytest.raises(BrokenAnswerError) as caught:
        read_completion(b"<p>" + b"x" * 10_000)
    assert len(str(caught.value)) < 300


def test_a_refusal_is_the_content() -> None:
    answer = read_completion(completion(content=None, refusal="I cannot do that."))
    assert answer["choices"][0]["message"]["content"] == "I cannot do that."


@pytest.mark.parametrize("missing", [{}, {"id": ""}, {"id": None}])
def test_a_call_without_an_id_gets_one(missing: dict[str, Any]) -> None:
    call = {"type": "function", "function": {"name": "list", "arguments": ""}, **missing}
    first, second = (only_call(read_completion(completion(tool_calls=[call])))["id"] for _ in range(2))
    assert first.startswith("call_")
    assert first != second


@pytest.mark.parametrize(("arguments", "parsed"), [({"path": "a"}, {"path": "a"}), ("", {}), (None, {}), ({}, {})])
def test_arguments_become_json_text(arguments: object, parsed: dict[str, Any]) -> None:
    call = {"id": "c", "function": {"name": "list", "arguments": arguments}}
    text = only_call(read_completion(completion(tool_calls=[call])))["function"]["arguments"]
    assert json.loads(text) == parsed


@pytest.mark.parametrize("arguments", ["[1]", '"text"', "3", "null"])
def test_arguments_that_are_no_object_do_not_parse(arguments: str) -> None:
    call = {"id": "c", "function": {"name": "list", "arguments": arguments}}
    text = only_call(read_completion(completion(tool_calls=[call])))["function"]["arguments"]
    assert arguments in text
    with pytest.raises(ValueError, match="Expecting value"):
        json.loads(text)


def test_calls_that_are_none_are_left_out() -> None:
    answer = read_completion(completion(tool_calls=["nonsense", {"id": "c", "function": None}]))
    assert only_call(answer)["function"] == {"name": "", "arguments": "{}"}


@pytest.mark.parametrize("finish", [{"finish_reason": "length"}, {"stop_reason": "max_tokens"}])
def test_a_call_that_another_provider_completed_by_guess_is_malformed(finish: dict[str, str]) -> None:
    calls = [ToolCall(name="edit", args={"new": f"text {nth}"}, id=str(nth)) for nth in range(2)]
    small = trimmed(AIMessage("", tool_calls=calls, response_metadata=finish), extras=True)
    assert [one["id"] for one in small.tool_calls] == ["0"]
    assert [(one["id"], one["args"]) for one in small.invalid_tool_calls] == [("1", '{"new": "text 1"}')]
    assert small.response_metadata["finish_reason"] == "length"
    assert len(trimmed(AIMessage("", tool_calls=calls, response_metadata=finish), extras=False).tool_calls) == 2


def test_trimming_keeps_what_is_worth_storing() -> None:
    message = AIMessage(
        "hi",
        id="1",
        additional_kwargs={"signature": "s"},
        response_metadata={"finish_reason": "stop", "model_name": "m", "logprobs": [1] * 100, "token_usage": {}},
        usage_metadata={"input_tokens": 1, "output_tokens": 2, "total_tokens": 3},
    )
    small = trimmed(message, extras=False)
    assert small.response_metadata == {"finish_reason": "stop", "model_name": "m"}
    assert (small.text, small.id, small.usage_metadata) == ("hi", "1", message.usage_metadata)
    assert small.additional_kwargs == {}
    assert trimmed(message, extras=True).additional_kwargs == {"signature": "s"}


def test_half_surrogates_are_replaced_everywhere() -> None:
    args = {"text": "a\ud83d", "list": ["\ud83d", 1, None], "keep": "привет 👋"}
    message = AIMessage("x\ud83d", tool_calls=[{"name": "edit", "args": args, "id": "c", "type": "tool_call"}])
    small = trimmed(message, extras=False)
    assert small.content == "x?"
    assert small.tool_calls[0]["args"] == {"text": "a?", "list": ["?", 1, None], "keep": "привет 👋"}
