"""Node `report`: what the orchestrator gets back.

Reads `gates`, `attempt`, `finish`, `blocked`, and the journal for the files. Writes `report`.
Works without a context too: a run that could not be opened still reports why.
"""

import logging
from typing import Any

from langgraph.runtime import Runtime

from backend_developer.contract import Fault, Report
from backend_developer.contract.state import State
from backend_developer.nodes.context import Context
from backend_developer.nodes.verdict import faults_of, is_green

logger = logging.getLogger(__name__)


async def report(state: State, runtime: Runtime[Context | None]) -> dict[str, Any]:
    """Put the four keys together."""
    context = runtime.context
    changed = await context.workspace.journal.files_changed() if context else []
    if state.get("blocked"):
        made = _blocked(state, changed)
    elif is_green(state):
        made = Report(status="success", files_changed=changed, next_action=_success(state, changed))
    else:
        made = _failed(state, changed)
    logger.info("%s: %d files changed, %d errors", made.status, len(changed), len(made.errors))
    return {"report": made.dump()}


def _blocked(state: State, changed: list[str]) -> Report:
    stops = list(state["blocked"].values())
    faults = [Fault(**fault) for stop in stops for fault in stop["faults"]]
    return Report(status="blocked", files_changed=changed, errors=faults, next_action=stops[0]["way_out"])


def _failed(state: State, changed: list[str]) -> Report:
    faults = [finding.fault() for finding in faults_of(state)]
    gates = ", ".join(dict.fromkeys(fault.source.split("/")[0] for fault in faults)) or "the gates"
    first = faults[0] if faults else None
    where = f" ({first.file}{f':{first.line}' if first.line else ''})" if first and first.file else ""
    return Report(
        status="failed",
        files_changed=changed,
        errors=faults,
        next_action=f"Decide whether to undo or to hand the task on: after {state['attempt']} attempts "
        f"{gates} is still red, first at {first.code if first else 'an unknown place'}{where}.",
    )


def _success(state: State, changed: list[str]) -> str:
    sources = [path for path in changed if not path.endswith((".md", ".toml", ".txt", ".json", ".yaml", ".yml"))]
    if not sources:
        return "Review the change; it has no code that needs tests."
    checks = state["finish"].get("checks") or []
    what = ", ".join(dict.fromkeys(f"{check['method']} {check['path']}" for check in checks)) or "the change"
    return f"@test-automator: cover {what} in {', '.join(sources)}"
