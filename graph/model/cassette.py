"""Cassettes: a run's model answers as JSON lines, to be played again without a model.

The first line names the recording, and may be left out; each other line is one answer, short enough to be written
by hand:

    {"cassette": 1, "model": "openai:gpt-5.2", "recorded": "2026-05-01T12:00:00+00:00"}
    {"purpose": "write", "turn": 0, "tool_calls": [{"name": "read", "arguments": {"path": "app/main.py"}}]}

An answer is found by its purpose and its turn, which is how often the model had spoken before in that conversation:
so a run that was killed and resumed gets the answer that it would have got undisturbed.
"""

import hashlib
import json
import logging
import os
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from langchain_core.messages import AIMessage, BaseMessage
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from backend_developer.contract import CassetteEnded, EnvironmentBroken, InvalidSettings
from backend_developer.graph.model.faults import SOURCE

logger = logging.getLogger(__name__)

VERSION = 1


class Header(BaseModel):
    """The first line."""

    model_config = ConfigDict(extra="forbid")

    cassette: int = VERSION
    model: str = "a model"
    recorded: str = ""


class RecordedCall(BaseModel):
    """A tool call; `arguments` is text where the model wrote malformed JSON."""

    model_config = ConfigDict(extra="forbid")

    name: str
    arguments: dict[str, Any] | str = Field(default_factory=dict)
    id: str | None = None


class RecordedAnswer(BaseModel):
    """One line."""

    model_config = ConfigDict(extra="forbid")

    purpose: str
    turn: int = Field(ge=0)
    content: str = ""
    tool_calls: list[RecordedCall] = Field(default_factory=list)
    finish_reason: str | None = None
    usage: dict[str, Any] | None = None
    """As OpenAI writes it: `prompt_tokens`, `completion_tokens`, ..."""
    model: str | None = None
    request: str | None = None
    """Digest of what was asked last."""

    @classmethod
    def of(cls, answer: AIMessage, messages: Sequence[BaseMessage], purpose: str) -> Self:
        """The line for an answer to these messages."""
        called = [RecordedCall(name=one["name"], arguments=one["args"], id=one["id"]) for one in answer.tool_calls]
        called += [
            RecordedCall(name=one["name"] or "", arguments=one["args"] or "", id=one["id"])
            for one in answer.invalid_tool_calls
        ]
        return cls(
            purpose=purpose,
            turn=turn_of(messages),
            content=answer.text,
            tool_calls=called,
            finish_reason=answer.response_metadata.get("finish_reason"),
            usage=_usage(answer),
            model=answer.response_metadata.get("model_name"),
            request=digest(messages),
        )

    def completion(self, model: str) -> dict[str, Any]:
        """The chat completion that a server would have sent."""
        calls = [
            {
                "id": one.id or f"call_{self.purpose}_{self.turn}_{index}",
                "type": "function",
                "function": {
                    "name": one.name,
                    "arguments": one.arguments if isinstance(one.arguments, str) else json.dumps(one.arguments),
                },
            }
            for index, one in enumerate(self.tool_calls)
        ]
        message = {"role": "assistant", "content": self.content, "tool_calls": calls}
        finish = self.finish_reason or ("tool_calls" if calls else "stop")
        return {
            "id": f"recorded-{self.purpose}-{self.turn}",
            "object": "chat.completion",
            "created": 0,
            "model": self.model or model,
            "choices": [{"index": 0, "message": message, "finish_reason": finish}],
            "usage": self.usage,
        }


class Cassette:
    """The answers of one recording."""

    def __init__(self, path: Path, header: Header, answers: Sequence[RecordedAnswer]) -> None:
        self.path = path
        self.header = header
        self._answers: dict[tuple[str, int], list[RecordedAnswer]] = defaultdict(list)
        for answer in answers:
            self._answers[answer.purpose, answer.turn].append(answer)
        self._played: Counter[tuple[str, int]] = Counter()

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a file.

        Raises `InvalidSettings` that names each faulty line.
        """
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise InvalidSettings([f"replay: the cassette {path} cannot be read: {error}"]) from None
        header, answers, faults = Header(), [], []
        for number, line in enumerate(lines, start=1):
            try:
                if number == 1 and '"cassette"' in line:
                    header = _header(line)
                elif line.strip():
                    answers.append(RecordedAnswer.model_validate_json(line))
            except ValueError as error:
                faults.append(f"replay: {path} line {number}: {_why(error)}")
        if not answers and not faults:
            faults.append(f"replay: {path} holds no answers")
        if faults:
            raise InvalidSettings(faults)
        logger.info("cassette=%s answers=%d", path, len(answers))
        return cls(path, header, answers)

    def answer(self, purpose: str, messages: Sequence[BaseMessage]) -> dict[str, Any]:
        """The recorded completion for this call.

        A conversation that was compacted comes to the same turn twice: of several answers the one to the same
        request is taken, else the next that was not played yet.
        Raises `CassetteEnded` where there is none.
        """
        key = purpose, turn_of(messages)
        found = self._answers.get(key)
        if not found:
            raise self._ended(*key, messages)
        request = digest(messages)
        same = [one for one in found if one.request == request]
        taken = same[-1] if same else found[min(self._played[key], len(found) - 1)]
        self._played[key] += 1
        return taken.completion(self.header.model)

    def _ended(self, purpose: str, turn: int, messages: Sequence[BaseMessage]) -> CassetteEnded:
        turns = sorted(recorded for named, recorded in self._answers if named == purpose)
        holds = f"turns {turns[0]} to {turns[-1]} of it" if turns else "none for that purpose"
        last = messages[-1] if messages else None
        asked = f" after a {last.type} message that begins {last.text[:80]!r}" if last else ""
        return CassetteEnded(
            f"The cassette {self.path} has no answer for turn {turn} of `{purpose}`{asked}; it holds {holds}.",
            "The run went another way than the recorded one: record it anew with --record, or run with a real model.",
            source=SOURCE,
        )


class Tape:
    """A cassette that is being written, one line an answer, so that a crash keeps what was recorded."""

    def __init__(self, path: Path, *, secrets: Sequence[str] = ()) -> None:
        self.path = path
        self._secrets = secrets

    def begin(self, model: str) -> None:
        """Write the header, or go on with a file that has one.

        Raises `InvalidSettings` where the file cannot be written.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            if self.path.exists() and self.path.stat().st_size:
                Cassette.read(self.path)
                if not self.path.read_bytes().endswith(b"\n"):
                    self._append("\n")
                return
            recorded = datetime.now(UTC).isoformat(timespec="seconds")
            self._append(json.dumps({"cassette": VERSION, "model": model, "recorded": recorded}) + "\n")
        except OSError as error:
            raise InvalidSettings([f"record: the cassette {self.path} cannot be written: {error}"]) from None

    def write(self, answer: RecordedAnswer) -> None:
        """Add a line.

        Raises `EnvironmentBroken` where the disk does not take it.
        """
        fields = {name: value for name, value in answer.model_dump().items() if value not in (None, "", [])}
        line = json.dumps(fields, ensure_ascii=False)
        for secret in self._secrets:
            line = line.replace(secret, "***")
        try:
            self._append(line + "\n")
        except OSError as error:
            message = f"The cassette {self.path} cannot be written: {error}."
            raise EnvironmentBroken(message, "Make room for it, or run without --record.", source=SOURCE) from error

    def _append(self, text: str) -> None:
        with self.path.open("a", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())


def turn_of(messages: Sequence[BaseMessage]) -> int:
    """How often the model has spoken."""
    return sum(isinstance(message, AIMessage) for message in messages)


def digest(messages: Sequence[BaseMessage]) -> str:
    """A short hash of what was said since the model last spoke."""
    tail: list[str] = []
    for message in reversed(messages):
        if isinstance(message, AIMessage):
            break
        tail.append(f"{message.type}\0{message.text}")
    return hashlib.sha256("\1".join(tail).encode("utf-8", "replace")).hexdigest()[:16]


def _usage(answer: AIMessage) -> dict[str, Any] | None:
    told = answer.usage_metadata
    if told is None:
        return None
    usage: dict[str, Any] = {"prompt_tokens": told["input_tokens"], "completion_tokens": told["output_tokens"]}
    cached = told.get("input_token_details", {}).get("cache_read")
    return usage | {"prompt_tokens_details": {"cached_tokens": cached}} if cached else usage


def _header(line: str) -> Header:
    header = Header.model_validate_json(line)
    if header.cassette != VERSION:
        raise ValueError(f"a cassette of version {header.cassette}; this package reads version {VERSION}")
    return header


def _why(error: ValueError) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    faults = [f"{'.'.join(map(str, one['loc']))} {one['msg']}".strip() for one in error.errors()]
    return "; ".join(faults)
