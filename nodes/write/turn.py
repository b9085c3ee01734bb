"""Node `write`: one turn of the model in the conversation that runs over all attempts.

Reads everything the nodes before it found; `messages`, `usage`. Writes `messages`, `usage`.
Raises `BudgetSpent` before a call that would go over, and what the model raises.
"""

import logging
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage
from langgraph.runtime import Runtime

from backend_developer.contract import ContextTooLong
from backend_developer.contract.state import State
from backend_developer.nodes import budget
from backend_developer.nodes.context import Context
from backend_developer.nodes.write.compaction import compact, too_long
from backend_developer.nodes.write.conversation import opening, repaired
from backend_developer.nodes.write.finish import finish_spec

logger = logging.getLogger(__name__)


async def write(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
    """Ask the model for its next step."""
    context, usage = runtime.context, state["usage"]
    history: list[BaseMessage] = list(state.get("messages") or [])
    added: list[BaseMessage] = []
    if not history:
        added = await opening(state, context)
        runtime.stream_writer({"event": "attempt", "attempt": state["attempt"], "of": context.settings.attempts})
    messages = repaired([*history, *added])
    if too_long(usage, context.settings):
        messages, changes, usage = await compact(messages, usage, context)
        added += changes
    budget.check(usage, context.settings)
    answer, changes = await _ask(messages, usage, context)
    usage = budget.add(usage, answer, context.settings)
    runtime.stream_writer(budget.event(usage, context, "write"))
    return {"messages": [*added, *changes, _named(answer, usage["calls"])], "usage": usage}


async def _ask(
    messages: list[BaseMessage], usage: dict[str, Any], context: Context
) -> tuple[AIMessage, list[BaseMessage]]:
    """Ask; where the server finds the conversation too long, compact it and ask once more."""
    tools = [*context.toolbox.specs(), finish_spec()]
    try:
        return await context.model.ask(messages, tools=tools, purpose="write"), []
    except ContextTooLong:
        logger.warning("the server finds %d messages too long; compacting", len(messages))
        messages, changes, _ = await compact(messages, usage, context)
        return await context.model.ask(messages, tools=tools, purpose="write"), changes


def _named(answer: AIMessage, number: int) -> AIMessage:
    """Give the answer and its calls identities of our own.

    Some servers repeat theirs (`call_0` in each answer); a repeated message id would replace the earlier message,
    a repeated call id would be taken for a call that is done already.
    """
    calls = [{**call, "id": call["id"] or f"call-{number}-{place}"} for place, call in enumerate(answer.tool_calls)]
    broken = [
        {**call, "id": call["id"] or f"broken-{number}-{place}"} for place, call in enumerate(answer.invalid_tool_calls)
    ]
    return answer.model_copy(update={"id": f"turn-{number}", "tool_calls": calls, "invalid_tool_calls": broken})
