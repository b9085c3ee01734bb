"""From what a provider's client raises to our errors: what may pass by itself, and what will not."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from time import time
from typing import Any

from langchain_core.exceptions import ContextOverflowError, ModelError

from backend_developer.contract import Blocked, ContextTooLong, ModelRefused, ModelUnavailable, Settings
from backend_developer.graph.model.answers import BrokenAnswerError

PASSING = frozenset({408, 409, 425, 429})
"""Statuses below 500 after which the same request may succeed."""

UNREACHED = frozenset({"ConnectError", "ConnectTimeout"})
"""How httpx names the errors after which there was no server to talk to."""

SOURCE = "model"
SHORTEST_SECRET = 8

_TOO_LONG = re.compile(
    "context.?length|maximum context|context window|context size|prompt is too long|too many tokens"
    "|exceed the configured limit|ContextWindowExceeded",
    re.IGNORECASE,
)
"""How OpenAI, vLLM, llama.cpp, LM Studio, LiteLLM and Anthropic say it."""


def secrets_of(settings: Settings) -> tuple[str, ...]:
    """What must be shown and written nowhere; a key of a few characters is a stand-in, and may be any word."""
    values = [one.get_secret_value().strip() for one in (settings.api_key, settings.database_url) if one]
    return tuple(value for value in values if len(value) >= SHORTEST_SECRET)


@dataclass(frozen=True, slots=True)
class Passing:
    """A failure that may pass."""

    reason: str
    retry_after_s: float | None = None
    """What the server asked for."""
    reached: bool = True
    """Whether there was a server at all."""


@dataclass(frozen=True, slots=True)
class Faults:
    """Reads errors for one model on one server."""

    model: str
    server: str
    secrets: tuple[str, ...] = ()
    """Never to be shown, even where the server echoes them."""

    def read(self, error: Exception) -> Passing | Blocked | None:
        """What the error means; None for what is no failure of the model's server."""
        if isinstance(error, BrokenAnswerError):
            return self._broken(str(error))
        if isinstance(error, TimeoutError):
            return Passing("no answer within the time limit")
        status = getattr(error, "status_code", None)
        if isinstance(status, int):
            return self._status(status, self.said(error), error)
        if isinstance(error, ContextOverflowError):
            return self._too_long(self.said(error))
        if isinstance(error, ModelError):
            causes = list(_causes(error))
            reached = not any(type(cause).__name__ in UNREACHED for cause in causes)
            return Passing(self._clean(_reason(causes)), reached=reached)
        return None

    def said(self, error: Exception) -> str:
        """The server's own words, in one line."""
        return self._clean(_message(getattr(error, "body", None)) or str(error))

    def unavailable(self, passing: Passing, tries: int) -> ModelUnavailable:
        """For when the retries are used up."""
        way_out = "Try again later: a run that was stopped can be resumed."
        if not passing.reached:
            way_out = f"Check that a server listens at {self.server} (BACKEND_DEVELOPER_BASE_URL)."
        times = "once" if tries == 1 else f"{tries} times"
        message = f"{self.model} at {self.server} gave no usable answer, asked {times}: {_sentence(passing.reason)}"
        return ModelUnavailable(message, way_out, source=SOURCE)

    def _broken(self, said: str) -> Passing | Blocked:
        return self._too_long(said) if _TOO_LONG.search(said) else Passing(f"an unusable answer, {self._clean(said)}")

    def _status(self, status: int, said: str, error: Exception) -> Passing | Blocked:
        if isinstance(error, ContextOverflowError) or (status in {400, 413, 422} and _TOO_LONG.search(said)):
            return self._too_long(said)
        if "insufficient_quota" in said or _code(getattr(error, "body", None)) == "insufficient_quota":
            return self._refused(status, said, "Add credit to the account of that key, or use another key.")
        if status in PASSING or status >= 500:
            return Passing(f"status {status}: {said}", _retry_after(error))
        return self._refused(status, said, self._way_out(status))

    def _refused(self, status: int, said: str, way_out: str) -> ModelRefused:
        message = f"{self.server} refused the request to {self.model} with status {status}: {_sentence(said)}"
        return ModelRefused(message, way_out, source=SOURCE)

    def _too_long(self, said: str) -> ContextTooLong:
        message = f"The conversation is too long for {self.model} at {self.server}: {_sentence(said)}"
        way_out = "Use a model with a larger context, or lower BACKEND_DEVELOPER_CONTEXT_TOKENS."
        return ContextTooLong(message, way_out, source=SOURCE)

    def _way_out(self, status: int) -> str:
        if status in {401, 403}:
            return f"Check that the key is one for {self.server} and may use the model: BACKEND_DEVELOPER_API_KEY."
        if status < 400 or status == 404:
            return (
                "Check the model's name (--model) and the server's address "
                "(BACKEND_DEVELOPER_BASE_URL, which often ends in /v1)."
            )
        return "Check that the model can be used for chat completions with tools, or choose another with --model."

    def _clean(self, text: str) -> str:
        for secret in self.secrets:
            text = text.replace(secret, "***")
        return " ".join(text.split())[:500]


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _message(body: object) -> str:
    """The message in an error's body: `{"error": {"message": ...}}`, `{"message": ...}` or `{"error": "..."}`."""
    if not isinstance(body, Mapping):
        return ""
    error = body.get("error", body)
    inner = error.get("message") or error.get("detail") if isinstance(error, Mapping) else error
    return inner if isinstance(inner, str) else ""


def _code(body: object) -> object:
    error = body.get("error", body) if isinstance(body, Mapping) else None
    return error.get("code") if isinstance(error, Mapping) else None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _reason(causes: Sequence[BaseException]) -> str:
    """With the innermost cause, since the SDK itself says only `Connection error.`"""
    first, last = (str(cause).rstrip(".") or type(cause).__name__ for cause in (causes[0], causes[-1]))
    return first if last.startswith(first) else f"{first} ({last})"


def _retry_after(error: Exception) -> float | None:
    headers: Any = getattr(getattr(error, "response", None), "headers", None) or {}
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        value = headers.get(name)
        if value is None:
            continue
        try:
            seconds = float(value) * unit
        except ValueError:
            seconds = _until(value)
        if math.isfinite(seconds) and seconds >= 0:
            return seconds
    return None


def _until(date: str) -> float:
    try:
        return max(0.0, parsedate_to_datetime(date).timestamp() - time())
    except (ValueError, TypeError):
        return math.nan
