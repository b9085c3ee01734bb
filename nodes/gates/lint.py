"""Node `lint`: the linters that the project has configured; where it has none, its syntax.

Reads `attempt`, `baseline`, `task`. Writes `gates`. Raises `NoToolchain` where a configured linter is not installed.
"""

from functools import partial
from typing import Any

from langgraph.runtime import Runtime

from backend_developer.contract.state import State
from backend_developer.nodes.context import Context
from backend_developer.nodes.gates.check import check
from backend_developer.nodes.gates.house_rules.measures import names_configuration
from backend_developer.nodes.gates.result import before, run_gate


async def lint(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
    """Judge this attempt's change by the linters' new findings."""
    attempt = state["attempt"]
    work = partial(check, kind="lint", baseline=before(state, "lint"), reconfigured=names_configuration(state))
    result = await run_gate("lint", attempt, runtime, work)
    return {"gates": {f"{attempt}/lint": result.dump()}}
