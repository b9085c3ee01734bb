"""`backend-developer resume`."""

from pathlib import Path

from backend_developer.contract import Report
from backend_developer.interfaces.cli.common import (
    Look,
    ModelChoice,
    deliver,
    here,
    in_session,
    prepare,
    resumable,
    watch,
)
from backend_developer.interfaces.session import Session


def resume_task(task_id: str, workspace: Path | None, choice: ModelChoice, look: Look) -> int:
    """Go on with an interrupted run, from where it was; gives the exit code."""
    folder = here(workspace)

    async def go_on(session: Session) -> Report:
        record = await session.show(task_id, folder)
        return await watch(session.run(record.task, resume=True), task_id, look)

    def work() -> Report:
        settings = prepare(look, choice)
        with resumable(task_id, folder):
            return in_session(settings, go_on)

    return deliver(work)
