"""What a service's log holds against it, and during which request."""

import logging
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from backend_developer.workspace.services.playback import storable
from backend_developer.workspace.services.tracebacks import Crash, find_crashes, strip_colour

logger = logging.getLogger(__name__)

MAX_BYTES = 4_000_000
TAIL_LINES = 40
TAIL_CHARS = 4_000

_ERROR_LINE = re.compile(
    r"(?:.{0,80}?[\s\[|(<-])?(?:ERROR|CRITICAL|FATAL)\b|"
    r'.*"(?:level|levelname|severity)"\s*:\s*(?:"(?i:error|critical|fatal)"|[56]0\b)'
)
_ENDED_ON_REQUEST = ("KeyboardInterrupt", "SystemExit", "asyncio.exceptions.CancelledError", "CancelledError")
"""Exceptions that only say that the service was told to stop."""


@dataclass(frozen=True, slots=True)
class LogFault:
    """A crash, or a line at level ERROR, in the log."""

    kind: Literal["crash", "error-line"]
    message: str
    phase: int
    """Index of the mark after which it was written; -1 before the first."""
    file: str | None = None
    line: int | None = None


def size(log: Path) -> int:
    """Bytes in the log so far."""
    try:
        return log.stat().st_size
    except OSError:
        return 0


def tail(log: Path) -> str:
    """The last lines of the log, as text that can be stored anywhere."""
    lines = _text(_read(log)[0]).splitlines()
    return "\n".join(map(strip_colour, lines[-TAIL_LINES:]))[-TAIL_CHARS:]


def find_faults(log: Path, marks: Sequence[int], root: Path, cwd: Path) -> list[LogFault]:
    """All faults in the log, each with the phase that it fell into.

    `marks` are sizes of the log, in bytes, at which a new phase began. Of a very long log only the end is read.
    """
    data, skipped = _read(log)
    raw = data.split(b"\n")
    lines = [strip_colour(_text(line)).rstrip("\r") for line in raw]
    crashes = [crash for crash in find_crashes(lines, root, cwd) if not crash.message.startswith(_ENDED_ON_REQUEST)]
    offsets = _offsets(raw, skipped)
    faults = [(crash.first, _of_crash(crash, bisect_right(marks, offsets[crash.first]) - 1)) for crash in crashes]
    for number in _error_lines(lines, crashes):
        phase = bisect_right(marks, offsets[number]) - 1
        faults.append((number, LogFault("error-line", lines[number].strip(), phase)))
    logger.info("bytes=%d crashes=%d faults=%d", len(data), len(crashes), len(faults))
    return [fault for _, fault in sorted(faults, key=lambda item: item[0])]


def _of_crash(crash: Crash, phase: int) -> LogFault:
    return LogFault("crash", crash.message, phase, crash.file, crash.line)


def _error_lines(lines: Sequence[str], crashes: Sequence[Crash]) -> Iterator[int]:
    """Lines at level ERROR that do not announce a crash or belong to one."""
    told = {number for crash in crashes for number in range(crash.first - 1, crash.last + 1)}
    return (number for number, line in enumerate(lines) if number not in told and _ERROR_LINE.match(line))


def _offsets(raw: Sequence[bytes], start: int) -> list[int]:
    offsets = []
    for line in raw:
        offsets.append(start)
        start += len(line) + 1
    return offsets


def _read(log: Path) -> tuple[bytes, int]:
    """The end of the log, and how many bytes were skipped before it."""
    try:
        with log.open("rb") as file:
            skipped = max(0, size(log) - MAX_BYTES)
            file.seek(skipped)
            return file.read(MAX_BYTES), skipped
    except OSError:
        return b"", 0


def _text(data: bytes) -> str:
    return storable(data.decode("utf-8", errors="replace"))
