"""The gates alone: what a project's gates would say, with no task, no model and no database of runs."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

from langgraph.runtime import Runtime

from backend_developer.contract import GATES, Finding, GateName, GateResult, GateStatus, Report, Settings
from backend_developer.contract.state import State
from backend_developer.graph.surroundings import open_trial_context
from backend_developer.nodes.context import Context
from backend_developer.nodes.gates.build import build
from backend_developer.nodes.gates.house_rules import check_project
from backend_developer.nodes.gates.lint import lint
from backend_developer.nodes.gates.result import run_gate, skipped
from backend_developer.nodes.gates.runtime import prove
from backend_developer.nodes.gates.tests import tests

logger = logging.getLogger(__name__)

ATTEMPT = 1


async def try_gates(root: Path, settings: Settings) -> AsyncIterator[dict[str, Any]]:
    """Run all gates as after an attempt, judged against nothing; the last item is a report.

    Raises the `Blocked` that keeps a gate from running, and `InvalidSettings` for the project's own.
    """
    events: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
    async with open_trial_context(root, settings) as context:
        work = asyncio.create_task(_run_all(Runtime(context=context, stream_writer=events.put_nowait)))
        work.add_done_callback(lambda _: events.put_nowait(None))
        try:
            while (event := await events.get()) is not None:
                yield event
        finally:
            work.cancel()
            await asyncio.wait([work])
    yield {"event": "report", "report": _report(work.result()).dump()}


async def _run_all(runtime: Runtime[Context]) -> list[GateResult]:
    """In the order of the graph: the first three side by side, then tests, then the service."""
    first = await asyncio.gather(
        run_gate("house_rules", ATTEMPT, runtime, _house_rules), _node(lint, {}, runtime), _node(build, {}, runtime)
    )
    ran = {result.gate: result for result in first}
    ran["database"] = await run_gate("database", ATTEMPT, runtime, _database)
    ran["tests"] = await _node(tests, ran, runtime)
    ran["runtime"] = await run_gate("runtime", ATTEMPT, runtime, partial(prove, wanted=None))
    return [ran[gate] for gate in GATES]


async def _node(
    node: Callable[[State, Runtime[Context]], Awaitable[dict[str, Any]]],
    before: dict[GateName, GateResult],
    runtime: Runtime[Context],
) -> GateResult:
    state: State = {
        "attempt": ATTEMPT,
        "baseline": {},
        "gates": {f"{ATTEMPT}/{gate}": result.dump() for gate, result in before.items()},
    }
    (made,) = (await node(state, runtime))["gates"].values()
    return GateResult.model_validate(made)


async def _house_rules(context: Context) -> GateResult:
    findings = await asyncio.to_thread(check_project, context.workspace.root, context.project_settings)
    status: GateStatus = "fail" if any(finding.level == "error" for finding in findings) else "pass"
    return GateResult(gate="house_rules", status=status, findings=findings)


async def _database(context: Context) -> GateResult:
    return skipped("database", "there is no task whose migrations could be told from the old ones")


def _report(results: list[GateResult]) -> Report:
    red = [result for result in results if result.status in ("fail", "error")]
    faults = [finding.fault() for result in red for finding in result.errors]
    broken = [
        Finding(source=result.gate, code="gate-error", message=result.reason or "could not be run").fault()
        for result in red
        if result.status == "error"
    ]
    if not red:
        return Report(status="success", next_action="Nothing is to be done: every gate that applies passes.")
    names = ", ".join(result.gate for result in red)
    return Report(status="failed", errors=[*faults, *broken], next_action=f"Mend what {names} found.")
