"""Before a gate runs: what the project depends on is there, or the run says why not."""

import logging

from langgraph.runtime import Runtime

from backend_developer.contract import GateName, GateResult
from backend_developer.nodes.context import Context
from backend_developer.workspace.install import InstallFailure

logger = logging.getLogger(__name__)

_NEEDS_NOTHING: frozenset[GateName] = frozenset({"house_rules"})
_TELLS: GateName = "build"
"""The gate that holds a failed install against the change; tests and the service wait for it anyway."""


async def install_before(gate: GateName, attempt: int, runtime: Runtime[Context]) -> GateResult | None:
    """Install what is missing, where the user wants that; the gate's result where it cannot run without.

    A change of the manifests that cannot be installed is the model's to mend: `build` is red and says why, the other
    gates are skipped.
    Raises `InstallFailed` where the change has no part in the failure.
    """
    installer = None if gate in _NEEDS_NOTHING else runtime.context.installer
    if installer is None:
        return None
    failure = await installer.ensure(attempt, lambda text: runtime.stream_writer({"event": "notice", "text": text}))
    if failure is None:
        return None
    if attempt == 0 or failure.is_network or not await _is_of_the_change(failure, runtime.context):
        raise failure.blocked()
    if gate == _TELLS:
        return GateResult(gate=gate, status="fail", command=failure.command, findings=[failure.finding()])
    return GateResult(gate=gate, status="skip", reason=f"what it needs cannot be installed, as {_TELLS} says")


async def _is_of_the_change(failure: InstallFailure, context: Context) -> bool:
    changed = await context.workspace.journal.files_changed()
    return not set(failure.step.inputs).isdisjoint(changed)
