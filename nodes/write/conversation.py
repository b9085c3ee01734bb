"""The conversation of the write loop: how it opens, and how it is made whole after a crash."""

import asyncio
import logging
import re
from pathlib import Path
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage

from backend_developer.contract import Finding, GateResult
from backend_developer.contract.analysis import Analysis
from backend_developer.contract.state import State
from backend_developer.nodes.context import Context
from backend_developer.prompts import render, text
from backend_developer.prompts.library import CHARS_A_TOKEN
from backend_developer.workspace.text import decode

logger = logging.getLogger(__name__)

AGENT_NOTES = ("AGENTS.md", "CLAUDE.md")
AGENT_NOTES_CHARS = 2_000
OLD_FAILURES = 12
OLD_FAILURE_CHARS = 160


async def opening(state: State, context: Context) -> list[BaseMessage]:
    """The system prompt and the task, with all that was found before. The same state gives the same bytes."""
    chosen = state.get("skills") or {"loaded": [], "listed": []}
    system = render(
        "system",
        attempts=context.settings.attempts,
        max_lines=context.project_settings.house_rules.max_lines,
        skills=context.skills.prompt(chosen["loaded"], chosen["listed"]),
    )
    scan = (state.get("scan") or {}).get("digest", "").strip()
    notes_file, notes = await asyncio.to_thread(_agent_notes, context.workspace.root)
    task = render(
        "task",
        task=context.task,
        analysis=Analysis.model_validate(state["analysis"]),
        project=context.profile.sentence(),
        scan=scan,
        learned=[line for line in chosen.get("learned", []) if line not in scan],
        consulted=_consulted(state.get("consult") or {}, context.settings.consult_tokens * CHARS_A_TOKEN),
        old=_old(state.get("baseline") or {}),
        agents=notes,
        agents_file=notes_file,
        fence=_fence(notes),
    )
    return [SystemMessage(system, id="system"), HumanMessage(task, id="task")]


def _agent_notes(root: Path) -> tuple[str, str]:
    for name in AGENT_NOTES:
        path = root / name
        decoded = decode(path.read_bytes()) if path.is_file() and not path.is_symlink() else None
        if decoded and decoded.text.strip():
            return name, decoded.text[:AGENT_NOTES_CHARS].strip()
    return "", ""


def _fence(text: str) -> str:
    """A fence that the text cannot close: longer than any run of backticks in it."""
    return "`" * max(3, *(len(run) + 1 for run in re.findall("`+", text)), 3)


def _consulted(records: dict[str, Any], limit: int) -> str:
    """The answers, none longer than its share of the limit; what a short one leaves goes to the others."""
    heads = [(_asked(record), record["answer"].strip()) for record in records.values() if record["ok"]]
    room, parts = limit, {}
    for left, place in enumerate(sorted(range(len(heads)), key=lambda at: len(heads[at][1])), start=-len(heads)):
        head, answer = heads[place]
        parts[place] = f"{head}\n{answer[: max(0, room // -left - len(head) - 3)]}".strip()
        room -= len(parts[place]) + 2
    return "\n\n".join(parts[place] for place in sorted(parts))[:limit].strip()


def _asked(record: dict[str, Any]) -> str:
    asked = " ".join(str(value) for value in record["arguments"].values() if value)
    return f"{record['server']} {asked} ({record['answered_by']}):"


def _old(baseline: dict[str, Any]) -> str:
    results = [GateResult.model_validate(raw) for raw in baseline.values()]
    lines = [f"- {result.gate}: {line_of(finding)}" for result in results for finding in result.findings]
    shown = [" ".join(line.split())[:OLD_FAILURE_CHARS] for line in lines[:OLD_FAILURES]]
    more = len(lines) - len(shown)
    return "\n".join([*shown, f"- ... and {more} more"] if more else shown)


def line_of(finding: Finding) -> str:
    """A finding in one line, as the model and a person read it."""
    place = ":".join(str(part) for part in (finding.file, finding.line) if part)
    return f"{place} {finding.code} {finding.message}".strip()


def repaired(messages: list[BaseMessage]) -> list[BaseMessage]:
    """Give every tool call an answer: a call without one is refused by the servers.

    Such orphans are left by a host that edits or forks the thread; our own resumption runs the calls again.
    """
    answered = {message.tool_call_id for message in messages if isinstance(message, ToolMessage)}
    whole: list[BaseMessage] = []
    for message in messages:
        whole.append(message)
        if isinstance(message, AIMessage):
            calls = [*message.tool_calls, *message.invalid_tool_calls]
            orphans = [call["id"] or "" for call in calls if call["id"] not in answered]
            whole += [ToolMessage(text("nudges/interrupted"), tool_call_id=orphan) for orphan in orphans]
    return whole
