"""The graph's state: plain JSON, parsed at the edge of each node.

Measured on langgraph 1.2.22 with its Postgres saver:
- a channel that keeps the whole list of messages writes it anew at each step (11.7 MB for 100 steps of 2 KB);
  a `DeltaChannel` writes what was added (0.3 to 0.6 MB);
- a top-level `str` channel is inlined as JSONB in every checkpoint row and refuses NUL and lone surrogates, so
  tool output, file text and the like live inside dictionaries and messages only;
- a type that is not plain comes back as `dict`, silently, so nothing else is put in.
"""

from collections.abc import Sequence
from typing import Annotated, Any

from langchain_core.messages import AIMessage, AnyMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage
from langgraph.channels.delta import DeltaChannel
from langgraph.graph.message import add_messages
from typing_extensions import TypedDict

from backend_developer.contract.report import Report
from backend_developer.contract.task import Task

Json = dict[str, Any]

_WHOLE = (AIMessage, HumanMessage, SystemMessage, ToolMessage)


def fold_messages(messages: list[BaseMessage], writes: Sequence[Any]) -> list[BaseMessage]:
    """Apply writes in order with `add_messages`, so that a removal of all messages is heeded.

    langgraph's own delta reducer ignores `REMOVE_ALL_MESSAGES`. What is only added is added without `add_messages`,
    which looks at every message anew (five times in a step of the write loop; measured on langgraph 1.2.22).
    """
    for write in writes:
        messages = [*messages, *write] if _only_adds(messages, write) else _added(messages, write)
    return messages


def _added(messages: list[BaseMessage], write: Any) -> list[BaseMessage]:
    return add_messages(messages, write)  # type: ignore[return-value, arg-type] # a list, since it was given one


def _only_adds(messages: list[BaseMessage], write: Any) -> bool:
    """Whether these are whole messages with names of their own, which none of the others has."""
    if not isinstance(write, list) or not all(type(message) in _WHOLE and message.id for message in write):
        return False
    names = {message.id for message in write}
    return len(names) == len(write) and not any(message.id in names for message in messages)


def merge_by_key(old: Json | None, new: Json | None) -> Json:
    """Union of two dictionaries; the newer value wins.

    Keyed rather than appended: a subgraph that shares an appending key with its parent doubles the entries.
    """
    return {**(old or {}), **(new or {})}


class Input(TypedDict):
    """What the graph takes."""

    task: Task


class Output(TypedDict):
    """What the graph gives back."""

    report: Report


class State(TypedDict, total=False):
    """All that a run knows; every value is JSON, except the messages."""

    task: Json
    """`Task`."""
    accepted: Json
    """The task that the rest of this state belongs to."""
    resume_at: str
    """Where `accept` sends the run: `start`, `write`, `gates` or `end`."""
    baseline: Json
    """Gate name to `GateResult` on the untouched project."""
    analysis: Json
    """`Analysis` of the node `analyze`."""
    skills: Json
    """Names of the skills in the prompt (`loaded`) and of those only `listed`; what earlier runs `learned`."""
    scan: Json
    """What can be reused: `digest` for the prompt, and the hits behind it."""
    consult: Annotated[Json, merge_by_key]
    """Call id to the record of one MCP call: server, tool, arguments, who answered, ok or error, ms."""
    messages: Annotated[list[AnyMessage], DeltaChannel(fold_messages, snapshot_frequency=1000)]
    """The one conversation of the write loop, over all attempts."""
    usage: Json
    """`Usage`: calls, tokens, cost, when the run began."""
    attempt: int
    """From 1."""
    finish: Json
    """How the model ended this attempt: `{summary, checks}`, or `{ended: why}`; empty while it works."""
    gates: Annotated[Json, merge_by_key]
    """`<attempt>/<gate>` to `GateResult`."""
    blocked: Annotated[Json, merge_by_key]
    """Node name to why the run cannot go on (`fault`, `way_out`); empty while it can."""
    report: Json
    """`Report`."""
