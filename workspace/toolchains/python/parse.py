"""The outputs of Python's tools as findings.

Formats as printed by ruff 0.17, mypy 2.4, flake8 7.5, black 26, isort 9 and Django 5.2.
"""

import logging
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

from backend_developer.contract import Finding
from backend_developer.contract.ports import Outcome
from backend_developer.workspace.toolchains import output
from backend_developer.workspace.toolchains.base import Step
from backend_developer.workspace.toolchains.python import places
from backend_developer.workspace.toolchains.python.interpreter import missing

logger = logging.getLogger(__name__)

Parser = Callable[[str, Step, Path], Finding | None]

_MYPY = re.compile(
    r"^(?P<file>.+?\.pyi?):(?P<line>\d+)(?::\d+){0,3}: error: (?P<message>.*?)(?:  \[(?P<code>[\w-]+)\])?$"
)
_FLAKE8 = re.compile(r"^(?P<file>.+?):(?P<line>\d+):\d+: (?P<code>[A-Z]+\d+) (?P<message>.*)$")
_UNFORMATTED = re.compile(r"^(?:Would reformat: |would reformat )(?P<file>.+)$")
_UNPARSED = re.compile(r"^error: cannot format (?P<file>.+?): (?P<message>.*)$")
_UNSORTED = re.compile(r"^ERROR: (?P<file>.+?\.pyi?) (?P<message>Imports are incorrectly sorted.*)$")
_DJANGO = re.compile(r"^(?P<message>(?P<named><.*>|[\w.\[\]' ?]+): \((?P<code>[\w.]+)\) .*)$")
_NO_MODULE = re.compile(r"No module named '?(?P<name>\w+)'?$")


def findings(step: Step, outcome: Outcome, root: Path) -> list[Finding]:
    """What a lint or build step found.

    Raises `NoToolchain` where the interpreter does not know the tool's module.
    """
    refuse_missing(step, outcome)
    parse = PARSERS[step.tool]
    found = [finding for line in output.lines(outcome) if (finding := parse(line, step, root))]
    if not found and not outcome.ok and (crash := places.crash(output.lines(outcome), step, root)):
        found = [crash]
    logger.info("%s: exit code %s, %d findings", step.tool, outcome.exit_code, len(found))
    return found


def refuse_missing(step: Step, outcome: Outcome) -> None:
    """Raise `NoToolchain` where `python -m tool` says that there is no such module."""
    if outcome.exit_code != 1 or step.argv[1:2] != ("-m",):
        return
    last = outcome.output.strip().rpartition("\n")[2]
    found = _NO_MODULE.search(last)
    if found and found["name"] == step.argv[2] and last.startswith(str(step.argv[0])):
        raise missing(found["name"], Path(step.argv[0]))


def _ruff(line: str, step: Step, root: Path) -> Finding | None:
    fields = output.json_object(line)
    if fields is None or "filename" not in fields:
        return None
    return Finding(
        source=output.source(step),
        code=fields.get("code") or "syntax",
        message=fields["message"],
        file=output.relative(fields["filename"], step, root),
        line=max(1, fields["location"]["row"]),
    )


def _compile(line: str, step: Step, root: Path) -> Finding | None:
    fields = output.json_object(line)
    if fields is None or "file" not in fields:
        return None
    return Finding(
        source=output.source(step),
        code=fields["code"],
        message=fields["message"],
        file=output.relative(fields["file"], step, root) if fields["file"] else None,
        line=fields["line"] or None,
    )


def _pattern(pattern: re.Pattern[str], code: str, text: str, line: str, step: Step, root: Path) -> Finding | None:
    match = pattern.match(line)
    if match is None:
        return None
    found = match.groupdict()
    return Finding(
        source=output.source(step),
        code=found.get("code") or code,
        message=found.get("message") or text,
        file=output.relative(found["file"], step, root) if "file" in found else None,
        line=max(1, int(found["line"])) if "line" in found else None,
    )


def _formatter(line: str, step: Step, root: Path) -> Finding | None:
    text = f"not formatted as {step.tool} would"
    return _pattern(_UNFORMATTED, "unformatted", text, line, step, root) or _pattern(
        _UNPARSED, "syntax", "", line, step, root
    )


def _django(line: str, step: Step, root: Path) -> Finding | None:
    match = _DJANGO.match(line)
    if match is None:
        return None
    file, number = places.checked(match["named"], step, root) or (None, None)
    return Finding(source=output.source(step), code=match["code"], message=match["message"], file=file, line=number)


def _migrations(line: str, step: Step, _: Path) -> Finding | None:
    """What `makemigrations --check` prints under each app: `  - Create model Note`, `    + Add field ...`."""
    if not re.match(r"^\s+[-+~>] \S", line):
        return None
    message = f"a change of the models has no migration: {line.strip().lstrip('-+~> ')}"
    return Finding(source=output.source(step), code="no-migration", message=message)


PARSERS: dict[str, Parser] = {
    "ruff": _ruff,
    "ruff-format": _formatter,
    "black": _formatter,
    "flake8": partial(_pattern, _FLAKE8, "", ""),
    "isort": partial(_pattern, _UNSORTED, "unsorted", ""),
    "mypy": partial(_pattern, _MYPY, "error", ""),
    "compile": _compile,
    "import": _compile,
    "django-check": _django,
    "django-migrations": _migrations,
}
"""Tool to the parser of a line of its output."""
