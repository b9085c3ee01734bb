"""The model's choice among what the index found for a need: words find candidates, but only sense tells what serves.

One call for all needs of a task. A model that gives no usable answer does not stop the run: the ranking serves.
"""

from collections.abc import Sequence
from typing import Any

from langchain_core.messages import HumanMessage, SystemMessage

from backend_developer.contract.analysis import Choice
from backend_developer.nodes import structured
from backend_developer.nodes.structured import Asks, Tell
from backend_developer.prompts import render, text
from backend_developer.workspace.index import Hit
from backend_developer.workspace.index.query import shown

CANDIDATES = 30
"""Definitions that the model sees of one need. Of 50 needs about this repository 47 are served among so many, 31 among
the first five (`benchmarks/scan/ranking.py`)."""
LINE_CHARS = 160


def question(needs: Sequence[str], found: Sequence[Sequence[Hit]]) -> str:
    """The candidates for each need, numbered, a line each."""
    asked = [
        {"text": need, "lines": [f"{hit.path}:{hit.line} {shown(hit)}"[:LINE_CHARS] for hit in hits]}
        for need, hits in zip(needs, found, strict=True)
    ]
    return render("scan_choose_task", needs=asked)


async def choose(
    needs: Sequence[str], found: Sequence[Sequence[Hit]], usage: dict[str, Any], by: Asks, tell: Tell
) -> tuple[list[list[Hit]] | None, dict[str, Any]]:
    """Of the candidates for each need those that serve it, and the usage; None where the model did not choose."""
    messages = [SystemMessage(text("scan_choose")), HumanMessage(question(needs, found))]
    choice, usage = await structured.ask(Choice, messages, "scan", usage, by, tell)
    return (_read(choice, found) if choice else None), usage


def _read(chosen: Choice, found: Sequence[Sequence[Hit]]) -> list[list[Hit]]:
    """By their numbers; numbers of nothing are passed over."""
    serving: list[list[Hit]] = [[] for _ in found]
    for one in chosen.choices:
        if 1 <= one.need <= len(found):
            hits = found[one.need - 1]
            serving[one.need - 1] += [hits[number - 1] for number in one.serves if 1 <= number <= len(hits)]
    return serving
