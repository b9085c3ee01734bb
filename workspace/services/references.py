"""References from a check to the JSON of an earlier answer: `{last.id}`, `{2.items.0.id}`."""

import re
from collections.abc import Sequence
from typing import Any

from backend_developer.contract import CallFailed

_REFERENCE = re.compile(r"\{(last|[1-9]\d{0,2})((?:\.[\w-]+)+)\}")

NO_JSON = object()
"""Stands for an answer whose body is not JSON."""


def fill(value: Any, answers: Sequence[Any]) -> Any:
    """Replace all references in a string, or in the strings of a JSON value.

    `answers` are the JSON values of the answers so far. A string that is one reference becomes the value itself.
    Raises `CallFailed` where an answer or a field is not there.
    """
    if isinstance(value, dict):
        return {key: fill(inner, answers) for key, inner in value.items()}
    if isinstance(value, list):
        return [fill(inner, answers) for inner in value]
    if not isinstance(value, str):
        return value
    whole = _REFERENCE.fullmatch(value)
    return _look_up(whole, answers) if whole else fill_text(value, answers)


def fill_text(text: str, answers: Sequence[Any]) -> str:
    """Replace all references in a text that stays one."""
    return _REFERENCE.sub(lambda match: str(_look_up(match, answers)), text)


def _look_up(match: re.Match[str], answers: Sequence[Any]) -> Any:
    number = len(answers) if match[1] == "last" else int(match[1])
    if not 1 <= number <= len(answers):
        raise CallFailed(f"{match[0]} refers to an answer that there is not; {len(answers)} came before it")
    value = answers[number - 1]
    for step in match[2].split(".")[1:]:
        value = _step(value, step, match[0])
    return value


def _step(value: Any, step: str, reference: str) -> Any:
    if isinstance(value, dict) and step in value:
        return value[step]
    if isinstance(value, list) and step.isdecimal() and int(step) < len(value):
        return value[int(step)]
    raise CallFailed(f"{reference} finds nothing: {_describe(value)} has no {step!r}")


def _describe(value: Any) -> str:
    if value is NO_JSON:
        return "the answer is not JSON and"
    if isinstance(value, dict):
        return f"the object with {', '.join(map(str, value)) or 'no fields'}"
    if isinstance(value, list):
        return f"the list of {len(value)}"
    return f"the value {value!r}"
