"""`ChatOpenAI` over our transport, with each message converted once."""

from collections.abc import Callable, Sequence
from typing import Any

import openai
from langchain_core.language_models import LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGenerationChunk
from langchain_openai.chat_models.base import ChatOpenAI
from pydantic import PrivateAttr

from backend_developer.graph.model.answers import MALFORMED
from backend_developer.graph.model.transport import encode

ROOM = 512
"""Encoded messages that are kept beyond twice the conversation: other conversations may run beside it."""


class MessageEncoder:
    """Messages as JSON bytes, each converted once.

    A conversation only grows, so of 800 messages 798 are the same objects as in the call before; converting them
    anew is 3 ms, and writing them as JSON another 3 ms (measured on langchain-openai 1.7 with 417 KB).
    """

    def __init__(self) -> None:
        self._known: dict[int, tuple[BaseMessage, object, bytes]] = {}

    def encode(self, messages: Sequence[BaseMessage], convert: Callable[[BaseMessage], dict[str, Any]]) -> list[bytes]:
        """Each message as JSON; `convert` is asked for those that are new."""
        encoded = [self._encode(message, convert) for message in messages]
        if len(self._known) > 2 * len(messages) + ROOM:
            used = {id(message) for message in messages}
            self._known = {key: entry for key, entry in self._known.items() if key in used}
        return encoded

    def _encode(self, message: BaseMessage, convert: Callable[[BaseMessage], dict[str, Any]]) -> bytes:
        """An entry holds its message, so that no other gets the same `id()`; a changed content is seen."""
        known = self._known.get(id(message))
        if known is not None and known[1] is message.content:
            return known[2]
        plain = convert(message)
        if isinstance(message, AIMessage) and message.invalid_tool_calls:
            _wrap_malformed(plain, {call["id"] for call in message.invalid_tool_calls})
        encoded = encode(plain)
        self._known[id(message)] = (message, message.content, encoded)
        return encoded


class EncodingChatOpenAI(ChatOpenAI):
    """Hands the conversation on as JSON bytes, which `Completions` takes."""

    _encoder: MessageEncoder = PrivateAttr(default_factory=MessageEncoder)

    def _get_request_payload(
        self, input_: LanguageModelInput, *, stop: list[str] | None = None, **kwargs: Any
    ) -> dict[str, Any]:
        """The hook that langchain's own packages for compatible servers override."""
        plain_payload = super()._get_request_payload

        def convert(message: BaseMessage) -> dict[str, Any]:
            converted: dict[str, Any] = plain_payload([message])["messages"][0]
            return converted

        payload: dict[str, Any] = plain_payload([], stop=stop, **kwargs)
        payload["messages"] = self._encoder.encode(self._convert_input(input_).to_messages(), convert)
        return payload

    def _convert_chunk_to_generation_chunk(
        self, chunk: dict[str, Any], default_chunk_class: type, base_generation_info: dict[str, Any] | None
    ) -> ChatGenerationChunk | None:
        """Likewise a hook; it keeps what `ToolCalls` sends beside malformed calls."""
        generation = super()._convert_chunk_to_generation_chunk(chunk, default_chunk_class, base_generation_info)
        if generation is not None and chunk.get(MALFORMED):
            generation.message.additional_kwargs[MALFORMED] = chunk[MALFORMED]
        return generation


def _wrap_malformed(plain: dict[str, Any], malformed: set[str | None]) -> None:
    """Send malformed arguments back as JSON: vLLM and others refuse a conversation whose arguments do not parse."""
    for call in plain["tool_calls"]:
        if call["id"] in malformed:
            call["function"]["arguments"] = encode({"malformed": call["function"]["arguments"]}).decode()


async def _no_key() -> str:
    """A key that is a coroutine keeps `ChatOpenAI` from building a synchronous client, TLS context and all."""
    raise openai.OpenAIError("This model is asked through its own client only.")


def open_chat(name: str, completions: object, *, stream: bool) -> EncodingChatOpenAI:
    """The chat model over something with the `create` of `Completions`.

    `streaming` is left unset where it is not asked for: langchain then streams when somebody listens.
    """
    chat = EncodingChatOpenAI(
        model=name,
        api_key=_no_key,
        async_client=completions,
        use_responses_api=False,
        stream_usage=True,
        stream_chunk_timeout=None,
    )
    if stream:
        chat.streaming = True
    return chat
