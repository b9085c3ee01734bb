"""Node `baseline`: lint, build and tests on the untouched project, while the model thinks.

Writes `baseline`: gate name to its result, as attempt 0. What they find is not held against the change, and the tests
that pass here must pass later. Raises `NoToolchain` where a tool that the project is configured for is not installed,
`InstallFailed` where what it depends on cannot be installed.
"""

import asyncio
import logging
from functools import partial
from typing import Any

from langgraph.runtime import Runtime

from backend_developer.contract import GateName, GateResult
from backend_developer.contract.state import State
from backend_developer.nodes.context import Context
from backend_developer.nodes.gates.check import check
from backend_developer.nodes.gates.result import Work, run_gate
from backend_developer.nodes.gates.runtime import SERVICE, service_of
from backend_developer.nodes.gates.suites import run_suites

logger = logging.getLogger(__name__)


async def baseline(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
    """Run all three side by side: they write nothing into the project, and the tests take most of the time.

    Each waits first for the install step, where there is one.

    The tree is read meanwhile as well, so that the model's first command need not wait for that.
    """
    works: dict[GateName, Work] = {
        "lint": partial(check, kind="lint", baseline=None),
        "build": _build,
        "tests": partial(run_suites, baseline=None),
    }
    tasks = [asyncio.create_task(run_gate(gate, 0, runtime, work)) for gate, work in works.items()]
    warming = asyncio.create_task(runtime.context.workspace.warm())
    try:
        results = await asyncio.gather(*tasks)
        await warming
    finally:
        for task in (*tasks, warming):
            task.cancel()
        await asyncio.gather(*tasks, warming, return_exceptions=True)
    return {"baseline": {result.gate: result.dump() for result in results}}


async def _build(context: Context) -> GateResult:
    """Noted with it is what the project can start: a change may not turn a service into a mere library."""
    made = await check(context, kind="build", baseline=None)
    service = await asyncio.to_thread(service_of, context)
    return made.model_copy(update={"evidence": {**made.evidence, SERVICE: service.framework if service else None}})
