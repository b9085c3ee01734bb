"""The model's choice among what the index found for a need: words find candidates, but only sense tells what serves.

One call for all needs of a task. A model that gives no usable answer does not stop the run: the ranking serves.
"""

import logging
from collections.abc import Sequence
from typing import Any

from langchain_core.messages import HumanMessage, SystemMessage

from backend_developer.contract import ContextTooLong
from backend_developer.contract.analysis import Choice
from backend_developer.nodes import structured
from backend_developer.nodes.structured import Asks, Tell
from backend_developer.prompts import render, text
from backend_developer.workspace.index import Hit
from backend_developer.workspace.index.query import shown

logger = logging.getLogger(__name__)

CANDIDATES = 30
"""Definitions that the model sees of one need: what serves is among so many where it is not among the first five."""
SERVING = 5
"""Of them that it may choose; `prompts/scan_choose.md` asks for as many."""
PATH_CHARS = 60
LINE_CHARS = 160


def question(needs: Sequence[str], found: Sequence[Sequence[Hit]]) -> str:
    """The candidates for each need, numbered, a line each."""
    asked = [{"text": need, "lines": [_line(hit) for hit in hits]} for need, hits in zip(needs, found, strict=True)]
    return render("scan_choose_task", needs=asked)


async def choose(
    needs: Sequence[str], found: Sequence[Sequence[Hit]], usage: dict[str, Any], by: Asks, tell: Tell
) -> tuple[list[list[Hit] | None], dict[str, Any]]:
    """Of the candidates for each need those that serve it, None where the model did not say; and the usage."""
    messages = [SystemMessage(text("scan_choose")), HumanMessage(question(needs, found))]
    try:
        choice, usage = await structured.ask(Choice, messages, "scan", usage, by, tell)
    except ContextTooLong as error:
        logger.warning("the candidates do not fit the model, the ranking serves: %s", error)
        choice, usage = None, error.used or usage
    if choice is None:
        tell({"event": "notice", "text": "the model did not choose among what the scan found; the ranking serves"})
        return [None for _ in found], usage
    return [_chosen(choice, number, hits) for number, hits in enumerate(found, start=1)], usage


def _line(hit: Hit) -> str:
    path = hit.path if len(hit.path) <= PATH_CHARS else f"...{hit.path[-PATH_CHARS:]}"
    return f"{path}:{hit.line} {shown(hit)}"[:LINE_CHARS]


def _chosen(choice: Choice, need: int, hits: Sequence[Hit]) -> list[Hit] | None:
    """By their numbers, each once; numbers of nothing are passed over."""
    entries = [one.serves for one in choice.choices if one.need == need]
    if not entries:
        return None
    numbers = dict.fromkeys(number for serves in entries for number in serves if 1 <= number <= len(hits))
    return [hits[number - 1] for number in numbers][:SERVING]
