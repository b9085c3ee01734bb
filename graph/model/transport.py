"""The way from langchain-openai to the server without the SDK's transform of the request.

`ChatOpenAI` takes an `async_client`. The SDK's own walks the whole conversation at every call to fit it to its
typed dictionaries: about 165 ms of a call at 800 messages (openai 3.54, langchain-openai 1.7). This one gets each
message as JSON bytes, joins them, and posts them with the SDK's client, whose headers and errors stay.
"""

import json
from dataclasses import dataclass
from typing import Any

import httpx2
from openai import AsyncOpenAI

from backend_developer.graph.model.answers import read_completion
from backend_developer.graph.model.streamed import AnswerStream

PATH = "/chat/completions"


def encode(value: object) -> bytes:
    """JSON as bytes; half surrogate pairs become question marks, since UTF-8 cannot carry them."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


class Completions:
    """Stands where `AsyncOpenAI().chat.completions` stood."""

    def __init__(self, client: AsyncOpenAI) -> None:
        self._client = client

    @property
    def with_raw_response(self) -> "RawCompletions":
        """The door that langchain-openai uses for an answer in one piece."""
        return RawCompletions(self)

    async def create(
        self, *, messages: list[bytes], stream: bool = False, **body: Any
    ) -> dict[str, Any] | AnswerStream:
        """Post the body.

        Raises the SDK's own errors for a status or a connection, `BrokenAnswerError` for what is no completion.
        """
        head = encode({**body, "stream": True} if stream else body)
        content = b"".join((head[:-1], b',"messages":[', b",".join(messages), b"]}"))
        response = await self._client.post(PATH, content=content, cast_to=httpx2.Response, stream=stream)
        return AnswerStream(response, self._client) if stream else read_completion(response.content)


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """What langchain-openai expects of a raw response."""

    answer: dict[str, Any] | AnswerStream

    def parse(self) -> dict[str, Any] | AnswerStream:
        """The answer, which was parsed already."""
        return self.answer


class RawCompletions:
    """`create` with the answer wrapped once more."""

    def __init__(self, completions: Completions) -> None:
        self._completions = completions

    async def create(self, **body: Any) -> RawAnswer:
        """See `Completions.create`."""
        return RawAnswer(await self._completions.create(**body))
