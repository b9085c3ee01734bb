"""Node `build`: whatever the project's kind calls building; for Python that every file compiles.

Reads `attempt`, `baseline`, `task`. Writes `gates`. Raises `NoToolchain` where what builds it is not installed.
"""

from functools import partial
from typing import Any

from langgraph.runtime import Runtime

from backend_developer.contract.state import State
from backend_developer.nodes.context import Context
from backend_developer.nodes.gates.check import check
from backend_developer.nodes.gates.house_rules.measures import names_configuration
from backend_developer.nodes.gates.result import before, run_gate


async def build(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
    """Judge this attempt's change by what no longer builds."""
    attempt = state["attempt"]
    work = partial(check, kind="build", baseline=before(state, "build"), reconfigured=names_configuration(state))
    result = await run_gate("build", attempt, runtime, work)
    return {"gates": {f"{attempt}/build": result.dump()}}
