"""An error as a message, an exit code and, where a report is awaited, a report."""

import logging
import traceback

from backend_developer.contract import BackendDeveloperError, Blocked, InvalidInput, Report
from backend_developer.contract.findings import Fault
from backend_developer.interfaces import logs
from backend_developer.interfaces.cli.console import say

logger = logging.getLogger(__name__)

EXIT_FAILED = 1
EXIT_BLOCKED = 2
EXIT_BUG = 70
"""`EX_SOFTWARE` of sysexits.h."""


def settle(error: Exception) -> int:
    """Tell the user what happened, and say what to exit with."""
    if isinstance(error, Blocked):
        logger.error("code=%s %s", error.code, error)
        say(f"blocked: {error.message}", "bold magenta")
        say(f"  {error.way_out}")
        return EXIT_BLOCKED
    if isinstance(error, InvalidInput):
        logger.error("%s", error)
        say(str(error), "bold red")
        return EXIT_BLOCKED
    if isinstance(error, BackendDeveloperError):
        logger.error("%s", error)
        say(str(error), "bold red")
        return EXIT_FAILED
    return _settle_bug(error)


def report_of(error: Exception) -> Report:
    """The report of a task that could not be started or broke off, so that an orchestrator always has one to parse."""
    if isinstance(error, Blocked):
        fault = Fault(source=error.source, code=error.code, message=error.message)
        return Report(status="blocked", errors=[fault], next_action=error.way_out)
    if isinstance(error, InvalidInput):
        faults = [Fault(source="run", code=f"invalid-{error.what}", message=words) for words in error.faults]
        return Report(
            status="blocked",
            errors=faults,
            next_action=f"Correct the {error.what} as the errors say and run it again.",
        )
    fault = Fault(source="run", code="internal-error", message=f"{type(error).__name__}: {error}")
    return Report(
        status="blocked",
        errors=[fault],
        next_action="Report this bug with the log, then resume the task: what was done is kept.",
    )


def _settle_bug(error: Exception) -> int:
    logger.error("unexpected error", exc_info=error)
    path = logs.current_path()
    where = f"the log has the details: {path}" if path else "details follow"
    say(f"this is a bug: {type(error).__name__}: {error}; {where}", "bold red")
    if path is None:
        say("".join(traceback.format_exception(error)))
    return EXIT_BUG
