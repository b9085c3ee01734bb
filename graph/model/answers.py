"""What an answer must look like: made regular before langchain reads it, and small before it is stored."""

import json
import uuid
from collections.abc import Mapping
from typing import Any, cast

from langchain_core.messages import AIMessage, InvalidToolCall, ToolCall

from backend_developer.contract import BackendDeveloperError

PREVIEW = 160
"""Characters of an unusable answer that the error shows."""

TRUNCATED = frozenset({"length", "max_tokens"})
"""How OpenAI and Anthropic call the end of an answer that reached its limit."""

MALFORMED = "malformed"
"""Where streamed arguments that do not parse travel, by the id of their call."""


class BrokenAnswerError(BackendDeveloperError):
    """The server said 200 and sent something that is no chat completion; asking again may help."""


def read_completion(raw: bytes) -> dict[str, Any]:
    """Parse a chat completion and make it regular.

    Raises `BrokenAnswerError` for what is not JSON, or is JSON without a choice in it.
    """
    try:
        answer = json.loads(raw)
    except ValueError:
        raise BrokenAnswerError(f"not JSON: {preview(raw.decode('utf-8', 'replace'))}") from None
    if not isinstance(answer, dict) or answer.get("error") or not _choices(answer):
        raise BrokenAnswerError(f"no choice in the answer: {preview(raw.decode('utf-8', 'replace'))}")
    for choice in _choices(answer):
        if not isinstance(choice.get("message"), dict):
            raise BrokenAnswerError(f"a choice without a message: {preview(json.dumps(choice))}")
        message = choice["message"]
        message["role"] = "assistant"
        message["content"] = message.get("content") or message.get("refusal") or ""
        message["tool_calls"] = [_regular(call) for call in dicts(message.get("tool_calls"))]
    return answer


def trimmed(message: AIMessage, *, extras: bool) -> AIMessage:
    """The parts that are worth storing at each step.

    `extras` is for other providers: it keeps `additional_kwargs`, in which some keep what they want back (Gemini's
    signatures), and takes the last tool call of a truncated answer for malformed, since they complete it by guess.
    Half surrogate pairs, which neither JSON over HTTP nor msgpack carries, become question marks.
    """
    told = message.response_metadata
    finish = told.get("finish_reason") or told.get("stop_reason")
    calls, invalid = list(message.tool_calls), _malformed(message)
    if extras and finish in TRUNCATED and calls:
        last = calls.pop()
        text = json.dumps(last["args"], ensure_ascii=False)
        invalid.append(_invalid(last["name"], text, last["id"], "the answer was cut short"))
    return AIMessage(
        content=storable(message.content),
        id=message.id,
        tool_calls=cast(list[ToolCall], storable(calls)),
        invalid_tool_calls=cast(list[InvalidToolCall], storable(invalid)),
        usage_metadata=message.usage_metadata,
        additional_kwargs=message.additional_kwargs if extras else {},
        response_metadata={
            "finish_reason": "length" if finish in TRUNCATED else finish,
            "model_name": told.get("model_name") or told.get("model"),
        },
    )


def storable(value: Any) -> Any:
    """The same value with half surrogate pairs replaced in all its strings."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "replace").decode()
    if isinstance(value, Mapping):
        return {storable(key): storable(one) for key, one in value.items()}
    if isinstance(value, list):
        return [storable(one) for one in value]
    return value


def _malformed(message: AIMessage) -> list[InvalidToolCall]:
    """The malformed calls with the text that the model wrote, and one line on what is wrong with it.

    langchain's own line repeats the whole text, and streamed calls hold only a marker (see `streamed`).
    """
    raw = message.additional_kwargs.get(MALFORMED, {})
    found = []
    for call in message.invalid_tool_calls:
        text = raw.get(call["id"], call["args"]) or ""
        found.append(_invalid(call["name"] or "", text, call["id"], _json_fault(text)))
    return found


def _json_fault(text: str) -> str:
    try:
        json.loads(text, strict=False)
    except ValueError as error:
        return f"not JSON: {error}"
    return "not a JSON object"


def _invalid(name: str, text: str, identity: str | None, error: str) -> InvalidToolCall:
    return InvalidToolCall(name=name, args=text, id=identity, error=error, type="invalid_tool_call")


def _regular(call: dict[str, Any]) -> dict[str, Any]:
    """A tool call with an id, a name and arguments as text that is not JSON unless it is an object."""
    raw = call.get("function")
    function = raw if isinstance(raw, dict) else {}
    text = as_text(function.get("arguments")) or "{}"
    try:
        fits = isinstance(json.loads(text, strict=False), dict)
    except ValueError:
        fits = True  # langchain sees for itself that it is malformed
    return {
        "id": call.get("id") or new_id(),
        "type": "function",
        "function": {"name": function.get("name") or "", "arguments": text if fits else f"not a JSON object: {text}"},
    }


def as_text(arguments: object) -> str:
    """Arguments as the text that OpenAI sends; some servers send the object itself."""
    if isinstance(arguments, str):
        return arguments
    return "" if arguments is None else json.dumps(arguments, ensure_ascii=False)


def new_id() -> str:
    """For a tool call of a server that gives it none."""
    return f"call_{uuid.uuid4().hex[:24]}"


def _choices(answer: dict[str, Any]) -> list[dict[str, Any]]:
    return dicts(answer.get("choices"))


def dicts(value: object) -> list[dict[str, Any]]:
    """The objects in a list; nothing where there is no list."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def preview(text: str) -> str:
    """One line of an unusable answer, for the error."""
    line = " ".join(text.split())
    return line if len(line) <= PREVIEW else f"{line[:PREVIEW]}..."
