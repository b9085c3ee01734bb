"""The report's one sentence for the orchestrator: what to do next, naming the agent where one is meant."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from backend_developer.contract import Fault
from backend_developer.nodes.gates.house_rules.log_rule import is_migration
from backend_developer.workspace.profile import LANGUAGES

FILES = 5
ENDPOINTS = 8

_VALUE = re.compile(r"\{[^/]*\}|\d+|[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}|[0-9a-fA-F]{16,}")
"""A part of an address that is one thing's id: a reference to an earlier answer, a number, a UUID, a hash."""


def after_success(
    root: Path, changed: Sequence[str], checks: Sequence[Mapping[str, Any]], unproven: Sequence[str] = ()
) -> str:
    """Who covers what with tests, and what nothing has proven. Reads the disk: what was deleted cannot be tested."""
    return "; not proven: ".join((_covered(root, changed, checks), *unproven))


def _covered(root: Path, changed: Sequence[str], checks: Sequence[Mapping[str, Any]]) -> str:
    sources = [path for path in changed if _is_testable(path) and (root / path).is_file()]
    if not sources:
        return "Review the change: it has no code that needs tests"
    endpoints = dict.fromkeys(f"{check['method']} {_address(check['path'])}" for check in checks)
    what = _counted(list(endpoints), ENDPOINTS) or "the change"
    return f"@test-automator: cover {what} in {_counted(sources, FILES)}"


def after_failure(attempts: int, faults: Sequence[Fault]) -> str:
    """What is to be decided, and where to look first."""
    gates = list(dict.fromkeys(fault.source.split("/")[0] for fault in faults))
    red = f"{', '.join(gates)} {'is' if len(gates) == 1 else 'are'} still red" if gates else "the gates are still red"
    times = "1 attempt" if attempts == 1 else f"{attempts} attempts"
    first = f", first with {_place(faults[0])}" if faults else ""
    return f"Decide whether to undo the change or to hand the task on: after {times} {red}{first}"


def _is_testable(path: str) -> bool:
    language = LANGUAGES.get(PurePosixPath(path).suffix)
    return language not in (None, "sql") and not is_migration(path)


def _address(path: str) -> str:
    return "/".join("{id}" if _VALUE.fullmatch(part) else part for part in path.partition("?")[0].split("/"))


def _counted(names: Sequence[str], limit: int) -> str:
    more = len(names) - limit
    return ", ".join(names[:limit]) + (f" and {more} more" if more > 0 else "")


def _place(fault: Fault) -> str:
    line = f":{fault.line}" if fault.line else ""
    return f"{fault.code} at {fault.file}{line}" if fault.file else fault.code
