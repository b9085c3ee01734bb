"""An event as one line, for a log file or a pipe."""

from collections.abc import Callable
from typing import Any

from backend_developer.contract import GATES
from backend_developer.contract.events import AttemptEvent, GateEvent, ModelEvent, NodeEvent, NoticeEvent, ToolEvent
from backend_developer.interfaces.display.text import counted, money, one_line, seconds
from backend_developer.interfaces.session import ReportEvent, Update

UNTOLD = {"write", "tools", *GATES}
"""Nodes without a line: their model calls, tool calls and gates have their own, hundreds in a long run."""


def _node(event: NodeEvent) -> str:
    if event["phase"] == "start" or event["node"] in UNTOLD:
        return ""
    detail = event.get("detail")
    return f"{event['node']}: done" + (f", {one_line(detail)}" if detail else "")


def _gate(event: GateEvent) -> str:
    when = f"attempt {event['attempt']}" if event["attempt"] else "before the change"
    status = event.get("status")
    if status is None:
        return f"gate {event['gate']} ({when}): started"
    parts = [status]
    if event.get("findings"):
        parts.append(counted(event["findings"], "finding"))
    parts.append(seconds(event.get("duration_s", 0.0)))
    if event.get("reason"):
        parts.append(one_line(event["reason"]))
    return f"gate {event['gate']} ({when}): {', '.join(parts)}"


def _model(event: ModelEvent) -> str:
    return (
        f"model {one_line(event['model'])}: {event['purpose']}, call {event['calls']}, "
        f"{event['tokens_in']:,} tokens in, {event['tokens_out']:,} out{money(event['cost_usd'])}"
    )


def _tool(event: ToolEvent) -> str:
    outcome = "ok" if event["ok"] else "refused"
    return f"tool {one_line(event['name'])} {one_line(event['target'])}: {outcome}, {seconds(event['duration_s'])}"


def _attempt(event: AttemptEvent) -> str:
    return f"attempt {event['attempt']} of {event['of']}"


def _notice(event: NoticeEvent) -> str:
    return f"note: {one_line(event['text'], 2_000)}"


def _report(event: ReportEvent) -> str:
    return f"report: {event['report']['status']}"


_WORDS: dict[str, Callable[[Any], str]] = {
    "node": _node,
    "gate": _gate,
    "model": _model,
    "tool": _tool,
    "attempt": _attempt,
    "notice": _notice,
    "report": _report,
}


def line(event: Update) -> str:
    """The event in words; empty for one that is not worth a line, or of a kind that is not known."""
    words = _WORDS.get(event["event"])
    return words(event) if words else ""
