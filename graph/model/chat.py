"""The port `ChatModel` over any chat model of langchain: limits, retries, errors, and answers that are small."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from random import SystemRandom
from typing import Any, Protocol, cast

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.runnables import Runnable, RunnableConfig

from backend_developer.contract import Blocked
from backend_developer.contract.ports import ChatModel
from backend_developer.graph.model.answers import trimmed
from backend_developer.graph.model.faults import Faults, Passing

logger = logging.getLogger(__name__)

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 8.0
LONGEST_WAIT_S = 120.0
"""A server that asks for more is not waited for."""

_jitter = SystemRandom()


class OpenModel(ChatModel, Protocol):
    """A model that holds a connection or a file until it is closed."""

    async def aclose(self) -> None:
        """Let go of it; asking afterwards is a mistake."""
        ...


@dataclass(frozen=True, slots=True)
class Limits:
    """How long and how often one answer is asked for."""

    request_s: float
    """From the request to the last byte of the answer."""
    retries: int


class LangChainModel:
    """Asks a chat model of langchain."""

    def __init__(
        self,
        chat: BaseChatModel,
        *,
        label: str,
        faults: Faults,
        limits: Limits,
        close: Callable[[], Awaitable[None]] | None = None,
        keep_extras: bool = False,
    ) -> None:
        self._chat = chat
        self._label = label
        self._faults = faults
        self._limits = limits
        self._close = close
        self._keep_extras = keep_extras
        self._conceded: set[str] = set()

    @property
    def label(self) -> str:
        """The model and, where it is not the provider's own, its server."""
        return self._label

    async def aclose(self) -> None:
        """Close the connections to the server."""
        if self._close is not None:
            await self._close()

    async def ask(
        self,
        messages: Sequence[BaseMessage],
        *,
        tools: Sequence[Mapping[str, Any]] = (),
        purpose: str,
        choice: str | None = None,
        **extra: Any,
    ) -> AIMessage:
        """See `ChatModel.ask`; `extra` goes to the chat model as it is.

        Raises `ContextTooLong` where a shorter conversation would have been answered.
        """
        began = time.perf_counter()
        config = RunnableConfig(run_name=purpose)
        conversation = list(messages)
        tries = 0
        while True:
            tries += 1
            try:
                async with asyncio.timeout(self._limits.request_s):
                    answer = await self._bound(tools, choice).ainvoke(conversation, config, **extra)
                break
            except Exception as error:
                fault = self._faults.read(error)
                if fault is None:
                    raise
                logger.warning("purpose=%s try=%d failed: %s", purpose, tries, fault)
                await self._recover(fault, error, tries, choice)
        small = trimmed(cast(AIMessage, answer), extras=self._keep_extras)
        _log(small, purpose, len(conversation), time.perf_counter() - began)
        return small

    def _bound(self, tools: Sequence[Mapping[str, Any]], choice: str | None) -> Runnable[Any, Any]:
        if not tools:
            return self._chat
        if choice is None or "tool_choice" not in self._conceded:
            return self._chat.bind_tools([dict(tool) for tool in tools], tool_choice=choice)
        return self._chat.bind_tools([dict(tool) for tool in tools if tool["function"]["name"] == choice])

    async def _recover(self, fault: Passing | Blocked, error: Exception, tries: int, choice: str | None) -> None:
        """Return where it is worth asking again, once that time has come.

        Raises the `Blocked` that it was given, and `ModelUnavailable` where the retries are used up.
        """
        if isinstance(fault, Passing):
            await self._wait(fault, tries, error)
        elif not self._concede(fault, choice):
            raise fault from error

    def _concede(self, refused: Blocked, choice: str | None) -> bool:
        """Do without what this server refuses, from now on; whether there was something to do without.

        Servers are known that have no `stream_options`, that do not stream with tools, and reasoning models that
        take no forced tool.
        """
        said = refused.message.lower()
        if "tool_choice" in said and choice is not None:
            part, field = "tool_choice", None
        elif "stream_options" in said:
            part, field = "stream_options", "stream_usage"
        elif "stream" in said:
            part, field = "stream", "streaming"
        else:
            return False
        if part in self._conceded or (field and field not in type(self._chat).model_fields):
            return False
        self._conceded.add(part)
        if field:
            setattr(self._chat, field, False)
        logger.warning("the server refused %s, which is left out from now on", part)
        return True

    async def _wait(self, passing: Passing, tries: int, error: Exception) -> None:
        """Sleep before the next try.

        Raises `ModelUnavailable` where there is none.
        """
        asked_for = passing.retry_after_s or 0.0
        if tries > self._limits.retries or asked_for > LONGEST_WAIT_S:
            raise self._faults.unavailable(passing, tries) from error
        backoff = min(FIRST_PAUSE_S * 2.0 ** (tries - 1), LONGEST_PAUSE_S) * _jitter.uniform(0.75, 1.0)
        pause = asked_for or backoff
        logger.info("next try in %.1f s", pause)
        await asyncio.sleep(pause)


def _log(answer: AIMessage, purpose: str, messages: int, seconds: float) -> None:
    usage = answer.usage_metadata
    logger.info(
        "purpose=%s messages=%d tokens_in=%s tokens_out=%s calls=%s finish=%s ms=%.0f",
        purpose,
        messages,
        usage["input_tokens"] if usage else "?",
        usage["output_tokens"] if usage else "?",
        [call["name"] for call in answer.tool_calls],
        answer.response_metadata["finish_reason"],
        seconds * 1000,
    )
