"""`backend-developer demo`: the sample project, changed before the user's eyes."""

import json
import logging
import shlex
import shutil
import tempfile
from pathlib import Path

from backend_developer.contract import Blocked, Report, Task, WorkspaceUnusable, parse_task
from backend_developer.interfaces.cli.common import Look, ModelChoice, deliver, in_session, prepare, resumable, watch
from backend_developer.interfaces.cli.console import progress_console, say
from backend_developer.interfaces.cli.show import print_record
from backend_developer.interfaces.session import RunRecord, Session

logger = logging.getLogger(__name__)

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
PROJECT = "users_service"
TASK_FILE = "users_service.task.json"
CASSETTE = Path("demo") / "cassette.jsonl"

SCRATCH_PREFIX = "backend-developer-demo-"
NOT_COPIED = ("__pycache__", ".*_cache", ".venv")


def run_demo(into: Path | None, look: Look, examples: Path = EXAMPLES) -> int:
    """Work on a copy of the sample project with recorded answers; gives the exit code.

    Raises `Blocked` where the samples are not there, `WorkspaceUnusable` where `into` is taken.
    """

    def work() -> Report:
        cassette = _cassette(examples)
        settings = prepare(look, ModelChoice(replay=cassette))
        task = _task(examples, _copy(examples / PROJECT, into))
        _introduce(task)
        with resumable(task.task_id, task.workspace):
            report, record = in_session(settings, lambda session: _play(session, task, look))
        _conclude(record, task, look)
        return report

    return deliver(work)


async def _play(session: Session, task: Task, look: Look) -> tuple[Report, RunRecord]:
    report = await watch(session.run(task), task.task_id, look)
    return report, await session.show(task.task_id, task.workspace)


def _cassette(examples: Path) -> Path:
    cassette = examples / CASSETTE
    if not cassette.is_file():
        raise Blocked(
            "The demo's samples are not installed with this package.",
            "Run the demo in a clone of the repository, or run a task of your own with `backend-developer run`.",
            source="demo",
        )
    return cassette


def _copy(project: Path, into: Path | None) -> Path:
    target = (into or Path(tempfile.mkdtemp(prefix=SCRATCH_PREFIX)) / PROJECT).expanduser().absolute()
    try:
        shutil.copytree(project, target, ignore=shutil.ignore_patterns(*NOT_COPIED))
    except OSError as error:
        raise WorkspaceUnusable(
            f"Cannot copy the sample project to {target}: {error.strerror or error}.",
            "Name a folder that does not exist yet with --into.",
            source="demo",
        ) from None
    logger.info("project=%s target=%s", project, target)
    return target


def _task(examples: Path, workspace: Path) -> Task:
    return parse_task(json.loads((examples / TASK_FILE).read_bytes()), workspace=workspace)


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
