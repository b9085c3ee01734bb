"""The tool `bash`."""

import itertools
import logging
from collections.abc import Iterable
from typing import Any

from pydantic import Field

from backend_developer.contract import Settings
from backend_developer.contract.ports import Outcome
from backend_developer.nodes.write.tools.tool import Tool, ToolAnswer, ToolArgs
from backend_developer.workspace.snapshot import Settled, Undone
from backend_developer.workspace.text import printable
from backend_developer.workspace.workspace import Workspace

logger = logging.getLogger(__name__)

_NAMED = 8
"""Paths that a remark names; the others are counted."""


class BashArgs(ToolArgs):
    """Arguments of `bash`."""

    command: str = Field(min_length=1)
    timeout: float | None = Field(default=None, gt=0)


def shell_tools(workspace: Workspace, settings: Settings) -> list[Tool[Any]]:
    """`bash` on this workspace; a time limit of the model's own is at most that of a gate."""

    async def bash(args: BashArgs, call_id: str) -> ToolAnswer:
        limit = min(args.timeout or settings.command_timeout_s, settings.gate_timeout_s)
        call = await workspace.command(args.command, call_id=call_id, timeout_s=limit, tell=_tell)
        logger.info("call %s: %s", call_id, "ok" if call.ok else "not ok")
        return ToolAnswer(call.answer, call.ok)

    return [Tool("bash", BashArgs, bash, mutates=True)]


def _tell(outcome: Outcome, settled: Settled) -> tuple[str, bool]:
    """No durations: the same work gives the same words, which a recorded run is compared by."""
    parts = [outcome.output.rstrip("\n") or "(no output)", f"[{_ending(outcome)}]"]
    changed = _names(change.path for change in settled.adopted)
    if changed:
        parts.append(f"Changed: {changed}.")
    parts += _taken_back(settled.undone)
    return "\n".join(parts), outcome.ok and not settled.undone


def _ending(outcome: Outcome) -> str:
    ending = "ended at its time limit" if outcome.timed_out else f"exit code {outcome.exit_code}"
    if outcome.killed:
        ending += "; what it had left running was ended"
    return ending


def _taken_back(undone: list[Undone]) -> Iterable[str]:
    for item in undone:
        logger.warning("%s: restored=%s, what was there is kept as %s", item.path, item.restored, item.kept)
    by_rule = sorted(
        (item for item in undone if item.refusal), key=lambda item: item.refusal.rule if item.refusal else ""
    )
    for refusal, items in itertools.groupby(by_rule, key=lambda item: item.refusal):
        group = list(items)
        if refusal is not None:
            deed = "Taken back" if all(item.restored for item in group) else "Not allowed, and could not be taken back"
            names = _names(item.path for item in group)
            yield f"{deed}: {names} ({refusal.why}). Instead: {refusal.instead}."


def _names(paths: Iterable[str]) -> str:
    names = [printable(path) for path in paths]
    rest = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + rest
