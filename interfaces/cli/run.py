"""`backend-developer run`."""

from pathlib import Path

from backend_developer.contract import Report
from backend_developer.interfaces.cli.common import Look, ModelChoice, deliver, in_session, prepare, resumable, watch
from backend_developer.interfaces.cli.taskfile import read_task


def run_task(given: str | None, workspace: Path | None, task_id: str | None, choice: ModelChoice, look: Look) -> int:
    """Carry out the task that `given` names; gives the exit code."""

    def work() -> Report:
        settings = prepare(look, choice)
        task = read_task(given, workspace=workspace, task_id=task_id)
        with resumable(task.task_id, task.workspace):
            return in_session(settings, lambda session: watch(session.run(task), task.task_id, look))

    return deliver(work)
