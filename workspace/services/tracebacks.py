"""Crashes in a service's log: Python tracebacks, and the like of other languages, each to its place in the project."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from backend_developer.workspace.services.panics import find_panic

_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_HEADER = re.compile(r"(?:Exception Group )?Traceback \(most recent call last\):")
_FRAME = re.compile(r'File "(?P<file>[^"]+)", line (?P<line>\d+)')
_GROUP_MARKS = str.maketrans("|+", "  ")
"""An exception group draws its tree with these before each line."""
_BETWEEN = re.compile(
    r"\s*|.*(?:During handling of the above exception, another exception occurred|"
    r"The above exception was the direct cause of the following exception):|[\s|+-]+(?:\d+ -+)?"
)
"""What stands between two tracebacks that belong together."""
_CRASH = re.compile(
    r"panic: |thread '.*' panicked at |Unhandled exception\. |Uncaught (?:\w+)?(?:Error|Exception)|"
    r".*UnhandledPromiseRejection|(?:\w+)?Error(?: \[\w+\])?: "
)
"""Go, Rust, .NET, Node; the last only where a stack follows."""
_NODE_REASON = re.compile(r"\[UnhandledPromiseRejection: ")
"""Something that is no error was thrown, so that no stack follows."""
_NODE_LOGGED = re.compile(r".*\b\w*Error(?: \[\w+\])?: ")
_NODE_FRAME = re.compile(r"\s+at (?:.*\()?\S+:\d+:\d+\)?$")
_NODE_HEAD = re.compile(r"(?:file://)?(?P<file>(?:/|[A-Za-z]:\\).*):(?P<line>\d+)$")
"""What Node prints before the line that threw, some lines above the error."""
_NODE_HEAD_LINES = 6
_STACK = re.compile(r"\s+at |goroutine \d+|\s+\d+: |note: run with")
_PLACE = re.compile(r"(?P<file>[\w./\\@+~-]+\.\w+):(?:line )?(?P<line>\d+)")
_STACK_LINES = 30
_FOREIGN = {"site-packages", "dist-packages", "node_modules", ".venv", "venv"}


@dataclass(frozen=True, slots=True)
class Crash:
    """One crash in a log."""

    message: str
    """The exception and what it says, on one line."""
    first: int
    """Index of its first line."""
    last: int
    file: str | None = None
    """The innermost place of the project, relative to it; None where the crash is elsewhere."""
    line: int | None = None


def strip_colour(line: str) -> str:
    """A line without the escapes that colour it."""
    return _ANSI.sub("", line)


def find_crashes(lines: Sequence[str], root: Path, cwd: Path) -> list[Crash]:
    """All crashes in the lines of a log, in their order; chained exceptions and the parts of a group are one."""
    crashes: list[Crash] = []
    number = 0
    while number < len(lines):
        crash = _traceback(lines, number, root, cwd) or _panic(lines, number, root, cwd)
        crash = crash or _other_crash(lines, number, root, cwd)
        if crash is None:
            number += 1
            continue
        if crashes and _belong_together(lines, crashes[-1], crash):
            crash = _merged(crashes.pop(), crash)
        crashes.append(crash)
        number = crash.last + 1
    return crashes


def _belong_together(lines: Sequence[str], earlier: Crash, later: Crash) -> bool:
    between = lines[earlier.last + 1 : later.first]
    return bool(between) and all(_BETWEEN.fullmatch(line) for line in between) and any(map(str.strip, between))


def _merged(earlier: Crash, later: Crash) -> Crash:
    placed = later if later.file else earlier
    return Crash(later.message, earlier.first, later.last, placed.file, placed.line)


def _traceback(lines: Sequence[str], start: int, root: Path, cwd: Path) -> Crash | None:
    header = _HEADER.search(lines[start].translate(_GROUP_MARKS))
    if header is None:
        return None
    file, line = None, None
    for number in range(start + 1, len(lines)):
        text = lines[number].translate(_GROUP_MARKS)
        frame = _FRAME.search(text)
        if frame:
            place = _in_project(frame["file"], root, cwd)
            file, line = (place, int(frame["line"])) if place else (file, line)
        elif text.strip() and len(text) - len(text.lstrip()) <= header.start():
            return Crash(text.strip(), start, number, file, line)
    return Crash("a traceback that breaks off", start, len(lines) - 1, file, line)


def _panic(lines: Sequence[str], start: int, root: Path, cwd: Path) -> Crash | None:
    found = find_panic(lines, start, partial(_in_project, root=root, cwd=cwd))
    return Crash(found.message, start, found.last, found.file, found.line) if found else None


def _other_crash(lines: Sequence[str], start: int, root: Path, cwd: Path) -> Crash | None:
    stack = lines[start + 1 : start + 1 + _STACK_LINES]
    if not _begins_crash(lines[start], stack):
        return None
    end = next((n for n, line in enumerate(stack) if n > 1 and not line.strip()), len(stack))
    text = lines[start].strip()
    if "panicked at" in text and stack:
        text = f"{text} {stack[0].strip()}"
    for file, line in _places([lines[start], *stack[:end]]):
        place = _in_project(file, root, cwd)
        if place:
            return Crash(text, start, start + end, place, line)
    head, number = _head(lines[max(0, start - _NODE_HEAD_LINES) : start], root, cwd)
    return Crash(text, start, start + end, head, number)


def _begins_crash(line: str, stack: Sequence[str]) -> bool:
    if _NODE_REASON.match(line):
        return True
    if _CRASH.match(line) and any(_STACK.match(after) for after in stack[:6]):
        return True
    # `console.error("[users:create] failed", error)`: the error stands behind the words.
    return bool(stack) and bool(_NODE_FRAME.match(stack[0])) and bool(_NODE_LOGGED.match(line))


def _head(lines: Sequence[str], root: Path, cwd: Path) -> tuple[str | None, int | None]:
    for line in reversed(lines):
        match = _NODE_HEAD.match(line)
        if match:
            file = _in_project(match["file"], root, cwd)
            return (file, int(match["line"])) if file else (None, None)
    return None, None


def _places(lines: Sequence[str]) -> Iterator[tuple[str, int]]:
    for line in lines:
        for match in _PLACE.finditer(line):
            yield match["file"], int(match["line"])


def _in_project(file: str, root: Path, cwd: Path) -> str | None:
    """A file's path relative to the project; None for one outside, of a package, or that is not there."""
    path = Path(file) if Path(file).is_absolute() else cwd / file
    for base in (root, root.resolve()):
        if path.is_relative_to(base):
            inside = path.relative_to(base)
            own = not _FOREIGN.intersection(inside.parts) and path.is_file()
            return inside.as_posix() if own else None
    return None
