"""Node `report`: what the orchestrator gets back.

Reads `gates`, `attempt`, `finish`, `blocked`, and the journal for the files. Writes `report`, and the sums of `usage`;
and to the store what the run learned about the project.
Works without a context too: a run that could not be opened still reports why.
"""

import asyncio
import logging
from typing import Any

from langgraph.runtime import Runtime

from backend_developer.contract import Fault, Report
from backend_developer.contract.state import State
from backend_developer.nodes import budget
from backend_developer.nodes.context import Context
from backend_developer.nodes.learned import remember
from backend_developer.nodes.next_action import after_failure, after_success
from backend_developer.nodes.verdict import faults_of, is_green, unproven_of

logger = logging.getLogger(__name__)


async def report(state: State, runtime: Runtime[Context | None]) -> dict[str, Any]:
    """Put the four keys together."""
    context = runtime.context
    changed = await context.workspace.journal.files_changed() if context else []
    if state.get("blocked") or context is None:
        made = _blocked(state, changed)
    elif is_green(state):
        checks = state["finish"].get("checks") or []
        told = await asyncio.to_thread(after_success, context.workspace.root, changed, checks, unproven_of(state))
        made = Report(status="success", files_changed=changed, next_action=told)
    else:
        faults = [finding.fault() for finding in faults_of(state)]
        told = after_failure(state["attempt"], faults)
        made = Report(status="failed", files_changed=changed, errors=faults, next_action=told)
    logger.info("%s: %d files changed, %d errors", made.status, len(changed), len(made.errors))
    if context is not None and made.status != "blocked":
        await remember(runtime.store or context.store, context.workspace.root, state)
    sums = {"usage": budget.of(state)} if state.get("usage") else {}
    return {"report": made.dump(), **sums}


def _blocked(state: State, changed: list[str]) -> Report:
    """Two nodes side by side can meet the same fault; it is named once."""
    stops = list(state["blocked"].values())
    faults = dict.fromkeys(Fault(**fault) for stop in stops for fault in stop["faults"])
    return Report(status="blocked", files_changed=changed, errors=list(faults), next_action=stops[0]["way_out"])
