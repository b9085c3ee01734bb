"""All checks in the order in which they are shown; a new one is one more line here."""

import tempfile
from pathlib import Path

from backend_developer.contract import Settings
from backend_developer.interfaces.doctor import mcp, model, postgres, sandbox, state, tools
from backend_developer.interfaces.doctor.check import Check, Probe, Surroundings, diagnose
from backend_developer.workspace.commands import Executor

PROBES: tuple[Probe, ...] = (
    Probe(model.NAME, model.look, essential=True),
    Probe(postgres.NAME, postgres.look, essential=True, limit_s=60.0),
    Probe(state.NAME, state.look, essential=True),
    Probe(sandbox.NAME, sandbox.look, limit_s=30.0),
    Probe(mcp.NAME, mcp.look),
    *tools.probes(),
)


async def examine(settings: Settings) -> list[Check]:
    """Run all checks on this machine."""
    with tempfile.TemporaryDirectory(prefix="backend-developer-doctor-") as scratch:
        root = Path(scratch)
        return await diagnose(Surroundings(settings, Executor(root, root / "logs", settings)), PROBES)
