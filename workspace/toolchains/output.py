"""What the outputs of tools have in common: whole logs, places in files, and output that says nothing we know."""

import json
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from backend_developer.contract import Finding
from backend_developer.contract.ports import Outcome
from backend_developer.workspace.toolchains.base import Step

MAX_BYTES = 64_000_000
"""How much of a log is read."""

_TAIL_LINES = 15
_TAIL_CHARS = 1_500
_PLACE = re.compile(r"^(?P<file>[^\s:][^:\n]*):(?P<line>\d+)(?::\d+)?:\s*(?P<message>\S.*)$")


def lines(outcome: Outcome) -> Iterator[str]:
    """The whole output, from its log; what the executor kept in memory where the log is gone."""
    try:
        with outcome.log.open("rb") as log:
            text = log.read(MAX_BYTES).decode("utf-8", "replace")
    except OSError:
        text = outcome.output
    return iter(text.replace("\x00", "").splitlines())


def source(step: Step) -> str:
    """Who found it, as a finding names it."""
    return f"{step.kind}/{step.tool}"


def relative(path: str, step: Step, root: Path) -> str:
    """A path that a step printed, relative to the workspace."""
    place = Path(path)
    if place.is_absolute():
        for base in (root, root.resolve()):
            if place.is_relative_to(base):
                return place.relative_to(base).as_posix()
        return place.as_posix()
    return str(PurePosixPath(step.package.root, place.as_posix()))


def placed(step: Step, outcome: Outcome, root: Path) -> list[Finding]:
    """The lines `file:line: message` or `file:line:column: message` that name a file of the project."""
    found = []
    for line in lines(outcome):
        match = _PLACE.match(line)
        if match and (root / (path := relative(match["file"], step, root))).is_file():
            message, number = match["message"], int(match["line"])
            found.append(Finding(source=source(step), code="error", message=message, file=path, line=max(1, number)))
    return found


def json_object(line: str) -> dict[str, Any] | None:
    """The object that a line of output is; None for any other line."""
    if not line.startswith("{"):
        return None
    try:
        fields = json.loads(line)
    except json.JSONDecodeError:
        return None
    return fields if isinstance(fields, dict) else None


def explained(found: list[Finding], step: Step, outcome: Outcome) -> list[Finding]:
    """What was found; of a failure that no line of the output explains, that it failed. Time limits are the gate's."""
    if not found and not outcome.ok and not outcome.timed_out:
        return [unexplained(step, outcome)]
    return found


def unexplained(step: Step, outcome: Outcome) -> Finding:
    """The finding for a command that failed without saying anything that we can place."""
    tail = "\n".join(outcome.output.strip().splitlines()[-_TAIL_LINES:])[-_TAIL_CHARS:]
    message = f"`{outcome.command}` ended with exit code {outcome.exit_code}"
    return Finding(
        source=source(step), code=f"exit-{outcome.exit_code}", message=f"{message}:\n{tail}" if tail else message
    )
