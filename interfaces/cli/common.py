"""What the commands share: settings and log, a session around a job, the report on stdout."""

import contextlib
import logging
import shlex
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

from backend_developer.contract import EXIT_CODES, Report, Settings, load_settings
from backend_developer.interfaces import logs
from backend_developer.interfaces.cli.console import progress_console, put_json, say
from backend_developer.interfaces.cli.failures import report_of
from backend_developer.interfaces.cli.process import drive
from backend_developer.interfaces.display.screens import choose_screen, follow
from backend_developer.interfaces.display.view import View
from backend_developer.interfaces.session import Session, Update, open_session

logger = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """The model's options; None leaves it to the environment."""

    model: str | None = None
    base_url: str | None = None
    record: Path | None = None
    replay: Path | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """How much the user wants to see."""

    quiet: bool = False
    verbose: bool = False


def prepare(look: Look, choice: ModelChoice | None = None) -> Settings:
    """Read the settings and set the log up. Raises `InvalidSettings`."""
    settings = load_settings(**asdict(choice or ModelChoice()))
    logs.set_up(settings.state_dir, verbose=look.verbose)
    return settings


def in_session(settings: Settings, job: Callable[[Session], Awaitable[T]]) -> T:
    """Open a session, do the job in it, and close it, in an event loop of its own."""

    async def work() -> T:
        async with open_session(settings) as session:
            return await job(session)

    return drive(work())


async def watch(updates: AsyncIterator[Update], title: str, look: Look) -> Report:
    """Show a run on stderr to its end."""
    screen = choose_screen(progress_console(), quiet=look.quiet, plain=look.verbose)
    return Report.model_validate(await follow(updates, View(title), screen))


def deliver(work: Callable[[], Report]) -> int:
    """Do the work and write its report to stdout; gives the exit code.

    A task that cannot be started, or breaks off, has a report too; the error then goes on to be told to the user.
    """
    try:
        report = work()
    except Exception as error:
        put_json(report_of(error).dump())
        raise
    logger.info("status=%s files=%d errors=%d", report.status, len(report.files_changed), len(report.errors))
    put_json(report.dump())
    return EXIT_CODES[report.status]


@contextlib.contextmanager
def resumable(task_id: str, workspace: Path) -> Iterator[None]:
    """Tell the user how to go on where the run is interrupted."""
    try:
        yield
    except KeyboardInterrupt:
        logger.warning("interrupted: task_id=%s", task_id)
        command = ["backend-developer", "resume", task_id, "--workspace", str(workspace)]
        say(f"interrupted; resume with: {shlex.join(command)}", "bold yellow")
        raise


def here(workspace: Path | None) -> Path:
    """The workspace that is meant, absolute."""
    return (workspace or Path.cwd()).expanduser().absolute()
