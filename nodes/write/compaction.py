"""Keeping the conversation inside the model's context: old tool results first, then a summary.

The prompt's prefix changes only when this happens, which is rare: the providers' caches are paid for by stability.
"""

import logging
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, RemoveMessage, ToolMessage

from backend_developer.contract import BudgetSpent, Settings
from backend_developer.nodes import budget
from backend_developer.nodes.context import Context
from backend_developer.prompts import render, text
from backend_developer.prompts.library import CHARS_A_TOKEN

logger = logging.getLogger(__name__)

KEEP_LAST = 12
"""Messages at the end that are never cleared."""
CLEAR_FROM_CHARS = 400
NEAR = 0.85
"""Share of the limit at which the conversation is compacted: the next answer and its results need room too."""
ENOUGH = 0.6
"""Clearing has to bring the conversation below this share of the limit, else it is summarised."""
CROWDED_CALLS = 3
"""A compaction that is needed again within so many calls has failed; after two of these the run stops."""


def too_long(usage: dict[str, Any], messages: list[BaseMessage], settings: Settings) -> bool:
    """Whether the conversation comes near the limit: by the server's own count, else by characters."""
    tokens = usage["last_in"] or _chars(messages) // CHARS_A_TOKEN
    return bool(tokens > settings.context_tokens * NEAR)


async def compact(
    messages: list[BaseMessage], usage: dict[str, Any], context: Context
) -> tuple[list[BaseMessage], list[BaseMessage], dict[str, Any]]:
    """Make the conversation shorter.

    Returns the messages to send, the changes to write to the state, and the usage.
    Raises `BudgetSpent` where neither clearing nor a summary made it short enough: going on would loop; and
    where no budget is left for the summary.
    """
    usage = _counted(usage)
    before = _chars(messages)
    cleared = [_cleared(message, place, len(messages)) for place, message in enumerate(messages)]
    changes = _changes(messages, cleared)
    if changes and _chars(cleared) < before * ENOUGH:
        logger.info("cleared %d old tool results: %d characters to %d", len(changes), before, _chars(cleared))
        return cleared, changes, usage
    return await _summarised(messages, usage, context)


async def _summarised(
    messages: list[BaseMessage], usage: dict[str, Any], context: Context
) -> tuple[list[BaseMessage], list[BaseMessage], dict[str, Any]]:
    head, rest = messages[:2], messages[2:]
    short = [_cleared(message, place, len(messages) + KEEP_LAST) for place, message in enumerate(messages)]
    question = HumanMessage(text("summarise"))
    budget.check(usage, context.settings)
    answer = await context.model.ask([*short, question], purpose="summarise")
    usage = {**budget.add(usage, answer, context.settings), "last_in": 0}
    if not answer.text.strip():
        logger.warning("the summary is empty; the old tool results alone are cleared")
        return short, _changes(messages, short), usage
    summary = HumanMessage(render("summary", summary=answer.text), id=f"summary-{usage['calls']}")
    logger.info("summarised %d messages into %d characters", len(rest), len(answer.text))
    removals: list[BaseMessage] = [RemoveMessage(id=message.id) for message in rest if message.id]
    return [*head, summary], [*removals, summary], usage


def _changes(before: list[BaseMessage], after: list[BaseMessage]) -> list[BaseMessage]:
    return [new for new, old in zip(after, before, strict=True) if new is not old]


def _counted(usage: dict[str, Any]) -> dict[str, Any]:
    soon = usage["compacted_at"] and usage["calls"] - usage["compacted_at"] <= CROWDED_CALLS
    crowded = usage["crowded"] + 1 if soon else 0
    if crowded >= 2:
        raise BudgetSpent(
            "The conversation does not fit the model's context, though it was compacted three times in a row.",
            "Use a model with a longer context, raise BACKEND_DEVELOPER_CONTEXT_TOKENS, or make the task smaller.",
        )
    return {**usage, "compacted_at": usage["calls"], "crowded": crowded, "last_in": 0}


def _cleared(message: BaseMessage, place: int, total: int) -> BaseMessage:
    recent = place >= total - KEEP_LAST
    if recent or not isinstance(message, ToolMessage) or len(message.text) < CLEAR_FROM_CHARS:
        return message
    return message.model_copy(update={"content": text("nudges/cleared")})


def _chars(messages: list[BaseMessage]) -> int:
    calls = sum(len(str(m.tool_calls)) for m in messages if isinstance(m, AIMessage))
    return calls + sum(len(message.text) for message in messages)
