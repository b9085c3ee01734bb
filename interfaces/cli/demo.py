"""`backend-developer demo`: the sample project, changed before the user's eyes."""

import shlex
from pathlib import Path

from backend_developer.contract import Report, Task
from backend_developer.interfaces.cli.common import Look, ModelChoice, deliver, in_session, prepare, resumable, watch
from backend_developer.interfaces.cli.console import progress_console, say
from backend_developer.interfaces.cli.show import print_record
from backend_developer.interfaces.demo import EXAMPLES, copied_sample, recorded_answers
from backend_developer.interfaces.session import RunRecord, Session


def run_demo(into: Path | None, look: Look, examples: Path = EXAMPLES) -> int:
    """Work on a copy of the sample project with recorded answers; gives the exit code.

    Raises `Blocked` where the samples are not there, `WorkspaceUnusable` where `into` is taken.
    """

    def work() -> Report:
        settings = prepare(look, ModelChoice(replay=recorded_answers(examples)))
        task = copied_sample(into, examples)
        _introduce(task)
        with resumable(task.task_id, task.workspace):
            report, record = in_session(settings, lambda session: _play(session, task, look))
        _conclude(record, task, look)
        return report

    return deliver(work)


async def _play(session: Session, task: Task, look: Look) -> tuple[Report, RunRecord]:
    report = await watch(session.run(task), task.task_id, look)
    return report, await session.show(task.task_id, task.workspace)


def _introduce(task: Task) -> None:
    say(f"task: {task.main_task}", "bold")
    for extra in task.extras:
        say(f"  and: {extra}")
    say(f"project: a copy of the sample in {task.workspace}")
    say("The model's answers are recorded. Everything else is real: the edits, the gates, the service, PostgreSQL.")


def _conclude(record: RunRecord, task: Task, look: Look) -> None:
    if not look.quiet:
        print_record(record, progress_console())
    where = ["--workspace", str(task.workspace)]
    say("where to look next:", "bold")
    say(f"  the changed project:   {task.workspace}")
    say(f"  this run again:        {shlex.join(['backend-developer', 'show', task.task_id, *where])}")
    say(f"  take the change back:  {shlex.join(['backend-developer', 'undo', task.task_id, *where])}")
    say('  a task of your own:    OPENAI_API_KEY=... backend-developer run "what is to be done" --workspace DIR')
