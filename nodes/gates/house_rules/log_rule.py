"""The rule on logging: every function that the task wrote logs, and says as `[Module:function]` where.

A log call is a method such as `info` or `exception` of a logger: logging, structlog, loguru; console, pino, winston;
log, slog, zap, zerolog, logrus; tracing and log; ILogger, Serilog. `print`, `fmt.Println` and `println!` are none.
Its message begins with `[Module:function]`, unless the project's log format writes module and function by itself.

No log call is asked of: functions with fewer than three statements of their own, properties and other accessors,
dunder methods other than `__call__` and an `__init__` with logic and what stands for them in other languages
(`toString`, `Error() string`, the standard traits), constructors that only keep what they are given, abstract methods,
overloads and protocols, the methods of a log handler, functions inside one that logs, migrations, and functions that
only moved: the same body stood in one of the changed files before the task. A function without a name, such as the
handler of a route, is judged as any other; its prefix may name what it likes.
"""

import logging
from collections.abc import Callable, Sequence
from functools import cache, partial

from backend_developer.contract import Finding
from backend_developer.nodes.gates.house_rules.before import Before, text_of
from backend_developer.nodes.gates.house_rules.change import Change
from backend_developer.nodes.gates.house_rules.languages import silent_of
from backend_developer.nodes.gates.house_rules.languages.function import Function

logger = logging.getLogger(__name__)


def check_logging(changes: Sequence[Change], formats_prefix: Callable[[], bool]) -> list[Finding]:
    """Judge the functions that were added or changed.

    `formats_prefix` says whether the project's format writes the prefix; it is asked at most once, where it matters.
    """
    is_silent = partial(_is_silent, formats_prefix=cache(formats_prefix))
    before = Before(changes)
    findings = [
        _finding(change.path, function)
        for change in changes
        if change.after is not None and not is_migration(change.path)
        for function in _silent(change.path, text_of(change.after), before, is_silent)
        if not before.had(change.path, function)
    ]
    logger.info("files=%d findings=%d", len(changes), len(findings))
    return findings


def _silent(path: str, text: str, before: Before, is_silent: Callable[[Function], bool]) -> list[Function]:
    stood_here, is_old = partial(before.stood_in, path), partial(before.stood, path)
    return silent_of(path, text, stood_here=stood_here, is_old=is_old, is_silent=is_silent)


def _is_silent(function: Function, formats_prefix: Callable[[], bool]) -> bool:
    if function.exempt or function.logs(any_call=False):
        return False
    return not (function.logs(any_call=True) and formats_prefix())


def is_migration(path: str) -> bool:
    """Whether a path is a migration by the customs of Django and Alembic."""
    folders = path.split("/")[:-1]
    return "migrations" in folders or ("alembic" in folders and "versions" in folders)


def _finding(path: str, function: Function) -> Finding:
    name = function.name
    prefix = f"[Module:{function.called}]"
    fault = f"logs, but no message begins with {prefix}" if function.log == "plain" else "has no log call"
    return Finding(
        source="house_rules",
        code="log-missing",
        message=f"{name} {fault}: log its parameters, results and errors with messages that begin with {prefix} "
        "(functions of fewer than three statements, accessors and dunder methods need none)",
        file=path,
        line=function.line,
    )
