"""Node `write`: one turn of the model in the conversation that runs over all attempts.

Reads everything the nodes before it found; `messages`, `usage`. Writes `messages`; the answer carries the usage.
Raises `BudgetSpent` before a call that would go over, and what the model raises. Where the last answer may have changed
the project, the index begins to read it while the model thinks, and may go on after the node's end until the run's.
"""

import itertools
import logging
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, ToolMessage
from langgraph.runtime import Runtime

from backend_developer.contract import ContextTooLong
from backend_developer.contract.state import State
from backend_developer.nodes import budget
from backend_developer.nodes.context import Context
from backend_developer.nodes.write.compaction import compact, too_long
from backend_developer.nodes.write.conversation import opening, repaired
from backend_developer.nodes.write.finish import finish_spec
from backend_developer.nodes.write.tools import Toolbox

logger = logging.getLogger(__name__)


async def write(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
    """Ask the model for its next step."""
    context, usage = runtime.context, budget.of(state)
    history: list[BaseMessage] = list(state.get("messages") or [])
    added: list[BaseMessage] = []
    if not history:
        added = await opening(state, context)
        runtime.stream_writer({"event": "attempt", "attempt": state["attempt"], "of": context.settings.attempts})
    messages = repaired([*history, *added])
    if _may_have_changed(history, context.toolbox):
        context.index.freshen()
    if too_long(usage, messages, context.settings):
        messages, changes, usage = await compact(messages, usage, context)
        added += changes
    budget.check(usage, context.settings)
    answer, changes, usage = await _ask(messages, usage, context)
    usage = budget.add(usage, answer, context.settings)
    runtime.stream_writer(budget.event(usage, context.model.label, "write"))
    told = budget.carried(_named(answer, usage["calls"], messages), usage)
    return {"messages": [*added, *changes, told]}


def _may_have_changed(history: list[BaseMessage], toolbox: Toolbox) -> bool:
    """Whether the last answer called for a tool that can change files."""
    last = next((message for message in reversed(history) if isinstance(message, AIMessage)), None)
    return last is not None and any(toolbox.mutates(call["name"]) for call in last.tool_calls)


async def _ask(
    messages: list[BaseMessage], usage: dict[str, Any], context: Context
) -> tuple[AIMessage, list[BaseMessage], dict[str, Any]]:
    """Ask; where the server finds the conversation too long, compact it and ask once more."""
    tools = [*context.toolbox.specs(), finish_spec()]
    try:
        return await context.model.ask(messages, tools=tools, purpose="write"), [], usage
    except ContextTooLong:
        logger.warning("the server finds %d messages too long; compacting", len(messages))
        messages, changes, usage = await compact(messages, usage, context)
        return await context.model.ask(messages, tools=tools, purpose="write"), changes, usage


def _named(answer: AIMessage, number: int, before: list[BaseMessage]) -> AIMessage:
    """Give the answer an identity of our own, and its calls where theirs is missing or was there before.

    Some servers repeat theirs (`call_0` in each answer); a repeated message id would replace the earlier message,
    a repeated call id would be taken for a call that is done already. An id that is no repetition stays: the blocks
    of the answer's content may name it.
    """
    taken = {message.tool_call_id for message in before if isinstance(message, ToolMessage)}
    calls = [{**call, "id": _free(call["id"], taken, number)} for call in answer.tool_calls]
    broken = [{**call, "id": _free(call["id"], taken, number)} for call in answer.invalid_tool_calls]
    return answer.model_copy(update={"id": f"turn-{number}", "tool_calls": calls, "invalid_tool_calls": broken})


def _free(identity: str | None, taken: set[str], number: int) -> str:
    """The id, or one of ours where it is not free: nine letters and digits, which Mistral's servers insist on."""
    ours = (f"c{number:05}{place:03}" for place in itertools.count())
    free = identity if identity and identity not in taken else next(each for each in ours if each not in taken)
    taken.add(free)
    return free
