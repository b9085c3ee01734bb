"""Node `tests`: the project's own tests, judged by what they said before the change.

Reads `attempt`, `baseline`, `gates`. Writes `gates`. Raises `NoToolchain` where the test runner is not installed.
"""

from functools import partial
from typing import Any

from langgraph.runtime import Runtime

from backend_developer.contract import GateResult
from backend_developer.contract.state import State
from backend_developer.nodes.context import Context
from backend_developer.nodes.gates.result import before, run_gate, skipped
from backend_developer.nodes.gates.suites import run_suites


async def tests(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
    """Run the tests, unless this attempt does not even build."""
    attempt = state["attempt"]
    build = state.get("gates", {}).get(f"{attempt}/build", {}).get("status")
    work = _nothing if build in {"fail", "error"} else partial(run_suites, baseline=before(state, "tests"))
    result = await run_gate("tests", attempt, runtime, work)
    return {"gates": {f"{attempt}/tests": result.dump()}}


async def _nothing(_: Context) -> GateResult:
    return skipped("tests", "the build gate is red, so the tests were not run")
