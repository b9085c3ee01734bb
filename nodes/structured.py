"""A structured answer of the model: one forced call of a tool that is called as its model, with the fields of it.

What the fields mean stands in `prompts/`, as every word that the model reads. A faulty answer is asked for again with
its fault, `TRIES` times in all.
"""

import json
import logging
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from pydantic import BaseModel, ValidationError

from backend_developer.contract import Blocked, Settings
from backend_developer.contract.ports import ChatModel
from backend_developer.nodes import budget
from backend_developer.nodes.write.tools.tool import lean
from backend_developer.prompts import render

logger = logging.getLogger(__name__)

TRIES = 3

T = TypeVar("T", bound=BaseModel)

Tell = Callable[[Any], Any]
"""Takes an event for the live view."""


class Asks(Protocol):
    """Whoever asks: the context of a run, or a command that needs no run."""

    @property
    def settings(self) -> Settings:
        """The budgets and prices."""

    @property
    def model(self) -> ChatModel:
        """The model that answers."""


def tool_of(kind: type[BaseModel]) -> dict[str, Any]:
    """The tool whose call is the answer."""
    parameters = lean(kind.model_json_schema())
    return {"type": "function", "function": {"name": kind.model_config["title"], "parameters": parameters}}


async def ask(
    kind: type[T], messages: list[BaseMessage], purpose: str, usage: dict[str, Any], by: Asks, tell: Tell
) -> tuple[T | None, dict[str, Any]]:
    """The answer, or None where there is no usable one; and the usage after it.

    Raises what the model raises, and `BudgetSpent`.
    """
    asked, tool = list(messages), tool_of(kind)
    name = tool["function"]["name"]
    for turn in range(TRIES):
        try:
            budget.check(usage, by.settings)
            answer = await by.model.ask(asked, tools=[tool], purpose=purpose, choice=name)
        except Blocked as stop:
            stop.used = usage
            raise
        usage = budget.add(usage, answer, by.settings)
        tell(budget.event(usage, by.model.label, purpose))
        try:
            return _read(answer, kind, name), usage
        except ValueError as error:
            fault = _sentence(error)
            logger.warning("answer %d is no %s: %s", turn + 1, name, fault)
            asked += [_as_text(answer), HumanMessage(render("answer_again", tool=name, fault=fault))]
    return None, usage


def _read(answer: AIMessage, kind: type[T], name: str) -> T:
    """From the tool calls, or from JSON in the text, as servers without forced calls answer."""
    if answer.tool_calls:
        return kind.model_validate(_joined([call["args"] for call in answer.tool_calls]))
    content = answer.text
    start, end = content.find("{"), content.rfind("}")
    if start < 0 or end < start:
        raise ValueError(f"there is neither a call of `{name}` nor a JSON object in it")
    try:
        return kind.model_validate(json.loads(content[start : end + 1]))
    except RecursionError as error:
        raise ValueError("the JSON object in it is nested too deeply") from error


def _joined(calls: list[dict[str, Any]]) -> dict[str, Any]:
    """Several calls as one: some models make a call for each entry of a list."""
    first, *more = calls
    joined = dict(first)
    for key, value in joined.items():
        if isinstance(value, list):
            joined[key] = [*value, *(one for call in more if isinstance(call.get(key), list) for one in call[key])]
    return joined


def _sentence(error: ValueError) -> str:
    if isinstance(error, ValidationError):
        return "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()[:5])
    return str(error)


def _as_text(answer: AIMessage) -> AIMessage:
    # A call without its tool answer is refused by most servers, so it goes back as text.
    calls = "\n".join(json.dumps(call["args"], ensure_ascii=False) for call in answer.tool_calls)
    return AIMessage(answer.text or calls or "(empty)")
