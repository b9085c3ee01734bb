"""`backend-developer gates`."""

from pathlib import Path

from backend_developer.contract import Report
from backend_developer.interfaces.cli.common import Look, deliver, here, in_session, prepare, watch


def run_gates(workspace: Path | None, look: Look) -> int:
    """Run the gates alone on a project, without a model; gives the exit code."""
    folder = here(workspace)

    def work() -> Report:
        settings = prepare(look)
        return in_session(settings, lambda session: watch(session.gates(folder), f"gates of {folder.name}", look))

    return deliver(work)
