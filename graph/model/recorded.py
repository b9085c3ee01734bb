"""Models that record their answers, and answers that are played again."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage

from backend_developer.graph.model.answers import read_completion
from backend_developer.graph.model.cassette import Cassette, RecordedAnswer, Tape
from backend_developer.graph.model.chat import LangChainModel, Limits, OpenModel
from backend_developer.graph.model.faults import Faults
from backend_developer.graph.model.openai_chat import open_chat
from backend_developer.graph.model.transport import RawAnswer, encode


class RecordingModel:
    """Asks another model and writes down what it answers, whoever made it."""

    def __init__(self, model: OpenModel, tape: Tape) -> None:
        self._model = model
        self._tape = tape

    @property
    def label(self) -> str:
        """The model's, and where it is recorded."""
        return f"{self._model.label}, recorded to {self._tape.path.name}"

    async def ask(
        self,
        messages: Sequence[BaseMessage],
        *,
        tools: Sequence[Mapping[str, Any]] = (),
        purpose: str,
        choice: str | None = None,
    ) -> AIMessage:
        """See `ChatModel.ask`; raises `EnvironmentBroken` too, where the cassette cannot be written."""
        answer = await self._model.ask(messages, tools=tools, purpose=purpose, choice=choice)
        await asyncio.to_thread(self._tape.write, RecordedAnswer.of(answer, messages, purpose))
        return answer

    async def aclose(self) -> None:
        """Close the model that was asked."""
        await self._model.aclose()


class RecordedModel:
    """Plays a cassette: no key, no network, the same way through langchain-openai as a server's answer."""

    def __init__(self, cassette: Cassette) -> None:
        self._cassette = cassette
        name = cassette.header.model
        chat = open_chat(name, _Playback(), stream=False)
        chat.streaming = False
        faults = Faults(name, f"the cassette {cassette.path}")
        self._model = LangChainModel(chat, label=name, faults=faults, limits=Limits(request_s=60.0, retries=0))

    @property
    def label(self) -> str:
        """That the answers are recorded, whose they are and where they come from."""
        return f"recorded answers of {self._cassette.header.model} ({self._cassette.path.name})"

    async def ask(
        self,
        messages: Sequence[BaseMessage],
        *,
        tools: Sequence[Mapping[str, Any]] = (),
        purpose: str,
        choice: str | None = None,
    ) -> AIMessage:
        """See `ChatModel.ask`; raises `CassetteEnded` where there is no answer."""
        completion = self._cassette.answer(purpose, messages)
        return await self._model.ask(messages, tools=tools, purpose=purpose, choice=choice, completion=completion)

    async def aclose(self) -> None:
        """Nothing is held open."""


class _Playback:
    """Stands where the transport stands, and answers with what it is handed."""

    @property
    def with_raw_response(self) -> "_Playback":
        return self

    async def create(self, *, completion: dict[str, Any], **_body: Any) -> RawAnswer:
        return RawAnswer(read_completion(encode(completion)))
