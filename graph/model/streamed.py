"""Streamed answers: chunks made regular, and tool calls handed on whole.

langchain completes the JSON of a streamed tool call by guess: an `edit` that was cut short by the token limit would
come back as a valid call with half of the text (measured on langchain-core 1.7). So its pieces are put together
here, and what does not parse then is handed on as malformed. Text still streams as it comes.
"""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import httpx2
from openai import APIConnectionError, APIError, AsyncOpenAI, AsyncStream

from backend_developer.graph.model.answers import (
    MALFORMED,
    BrokenAnswerError,
    as_text,
    dicts,
    new_id,
    preview,
    read_completion,
)


class AnswerStream:
    """The chunks of a streamed answer, as dictionaries.

    Raises `BrokenAnswerError` where the stream ends without saying why it ended: it was cut.
    """

    def __init__(self, response: httpx2.Response, client: AsyncOpenAI) -> None:
        self._response = response
        self._client = client

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._response.aclose()

    async def __aiter__(self) -> AsyncIterator[dict[str, Any]]:
        calls, finished = ToolCalls(), False
        async for chunk in self._chunks():
            for choice in chunk["choices"]:
                calls.take(dicts(choice["delta"].pop("tool_calls", None)))
                finished = finished or bool(choice.get("finish_reason"))
            yield chunk
        if not finished:
            raise BrokenAnswerError("the stream ended before the answer did")
        if calls:
            yield calls.chunk()

    async def _chunks(self) -> AsyncIterator[dict[str, Any]]:
        if "json" in self._response.headers.get("content-type", ""):
            yield as_chunk(read_completion(await self._response.aread()))
            return
        stream = AsyncStream(cast_to=object, response=self._response, client=self._client)
        try:
            async for chunk in stream:
                yield read_chunk(chunk)
        except ValueError as error:
            raise BrokenAnswerError(f"a chunk that is not JSON: {error}") from None
        except APIConnectionError:
            raise
        except APIError as error:
            raise BrokenAnswerError(f"the server broke off: {error.message}") from None


@dataclass(slots=True)
class _Call:
    id: str = ""
    name: str = ""
    arguments: str = ""

    def parses(self) -> bool:
        try:
            return isinstance(json.loads(self.arguments or "{}", strict=False), dict)
        except ValueError:
            return False


class ToolCalls:
    """Tool calls put together from their pieces."""

    def __init__(self) -> None:
        self._calls: list[_Call] = []
        self._open: dict[int, _Call] = {}

    def __bool__(self) -> bool:
        return bool(self._calls)

    def take(self, pieces: list[dict[str, Any]]) -> None:
        """Add the pieces of one chunk; the index may be missing, and a new id at an old index is another call."""
        for position, piece in enumerate(pieces):
            index, identity = piece.get("index"), piece.get("id")
            key = index if isinstance(index, int) else position
            call = self._open.get(key)
            if call is None or (identity and call.id and identity != call.id):
                call = self._open[key] = _Call()
                self._calls.append(call)
            function = piece.get("function") or {}
            call.id = call.id or identity or ""
            call.name = call.name or function.get("name") or ""
            call.arguments += as_text(function.get("arguments"))

    def chunk(self) -> dict[str, Any]:
        """All of them as one more chunk; the text of malformed arguments travels beside it."""
        pieces, malformed = [], {}
        for index, call in enumerate(self._calls):
            identity = call.id or new_id()
            arguments = call.arguments
            if not call.parses():
                malformed[identity] = arguments
                arguments = MALFORMED
            function = {"name": call.name, "arguments": arguments}
            pieces.append({"index": index, "id": identity, "type": "function", "function": function})
        choice = {"index": 0, "delta": {"tool_calls": pieces}, "finish_reason": None}
        return {"choices": [choice], MALFORMED: malformed}


def read_chunk(chunk: object) -> dict[str, Any]:
    """A chunk with the keys that langchain reads."""
    if not isinstance(chunk, dict):
        raise BrokenAnswerError(f"a chunk that is no object: {preview(repr(chunk))}")
    chunk["choices"] = dicts(chunk.get("choices"))
    for choice in chunk["choices"]:
        delta = choice.get("delta")
        choice["delta"] = delta if isinstance(delta, dict) else {}
    return chunk


def as_chunk(answer: dict[str, Any]) -> dict[str, Any]:
    """A whole completion as the only chunk of a stream, for servers that do not stream though asked to."""
    choice = answer["choices"][0]
    finish = choice.get("finish_reason") or "stop"
    return {**answer, "choices": [{"index": 0, "delta": choice["message"], "finish_reason": finish}]}
