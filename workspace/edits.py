"""Replacing a piece of text that a model quotes, also where it quotes it not quite exactly.

First as it stands; else line by line, letting pass what differs in trailing space and line ends, then in how deep
the whole block is indented, then in the spacing within lines. Never where more than one place fits.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from backend_developer.contract import EditFailed
from backend_developer.workspace.nearest import nearest_lines
from backend_developer.workspace.text import newline_of, with_newline

logger = logging.getLogger(__name__)

_TAB = 4

_Key = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Edited:
    """The text after an edit."""

    text: str
    lines: list[int]
    """Where the replaced places began, in the text before; from 1."""
    tolerance: str = ""
    """What was let pass to find them; empty for an exact match."""


@dataclass(frozen=True, slots=True)
class _Tolerance:
    name: str
    key: _Key
    shifts: bool
    """Whether the block may be indented otherwise, all its lines by the same width."""


_TOLERANCES = (
    _Tolerance("trailing space", str.rstrip, shifts=False),
    _Tolerance("indentation", str.strip, shifts=True),
    _Tolerance("spacing", lambda line: " ".join(line.split()), shifts=True),
)


def apply_edit(text: str, old: str, new: str, *, replace_all: bool = False) -> Edited:
    """Replace `old` by `new`, which must be in the text once, or anywhere with `replace_all`.

    The text's own line ends are kept. Raises `EditFailed` with what to do about it.
    """
    if not old:
        raise EditFailed("`old` is empty. Quote the lines to replace; a whole file is written with `write`.")
    newline = newline_of(text)
    new = with_newline(new, newline)
    for quoted in dict.fromkeys((old, with_newline(old, newline))):
        if quoted == new:
            raise EditFailed("`old` and `new` are the same, so there is nothing to change.")
        found = text.count(quoted)
        if found:
            places = _lines_of(text, quoted)
            _check_single(places, replace_all=replace_all)
            return Edited(text.replace(quoted, new), places)
    return _tolerant(text, old, new, replace_all=replace_all) or _give_up(text, old, new)


def _check_single(places: Sequence[int], *, replace_all: bool) -> None:
    if len(places) > 1 and not replace_all:
        where = ", ".join(str(place) for place in places[:20])
        raise EditFailed(
            f"`old` is there {len(places)} times, at lines {where}. Quote more lines around the one you mean, "
            "or set replace_all."
        )


def _lines_of(text: str, quoted: str) -> list[int]:
    places, start = [], text.find(quoted)
    while start >= 0:
        places.append(text.count("\n", 0, start) + 1)
        start = text.find(quoted, start + len(quoted))
    return places


def _tolerant(text: str, old: str, new: str, *, replace_all: bool) -> Edited | None:
    quoted = _quoted_lines(old)
    if not any(line.strip() for line in quoted):
        return None
    lines = text.split("\n")
    for tolerance in _TOLERANCES:
        starts = _windows(lines, quoted, tolerance)
        if starts:
            places = [start + 1 for start in starts]
            _check_single(places, replace_all=replace_all)
            logger.debug("matched at lines %s but for %s", places, tolerance.name)
            return Edited(_replaced(lines, starts, quoted, old, new, tolerance), places, tolerance.name)
    return None


def _quoted_lines(old: str) -> list[str]:
    lines = with_newline(old, "\n").split("\n")
    return lines[:-1] if len(lines) > 1 and not lines[-1] else lines


def _windows(lines: list[str], quoted: list[str], tolerance: _Tolerance) -> list[int]:
    keys = [tolerance.key(line) for line in lines]
    wanted = [tolerance.key(line) for line in quoted]
    found: list[int] = []
    for start in range(len(lines) - len(quoted) + 1):
        if keys[start] != wanted[0] or (found and start < found[-1] + len(quoted)):
            continue
        window = lines[start : start + len(quoted)]
        if keys[start : start + len(quoted)] == wanted and (not tolerance.shifts or _shift(window, quoted) is not None):
            found.append(start)
    return found


def _shift(window: list[str], quoted: list[str]) -> int | None:
    """By how much deeper the window is indented than the quote; None where the lines do not agree."""
    shifts = {_width(line) - _width(quote) for line, quote in zip(window, quoted, strict=True) if quote.strip()}
    return shifts.pop() if len(shifts) == 1 else None


def _width(line: str) -> int:
    wide = line.expandtabs(_TAB)
    return len(wide) - len(wide.lstrip())


def _replaced(lines: list[str], starts: list[int], quoted: list[str], old: str, new: str, tolerance: _Tolerance) -> str:
    fresh = new.split("\n")
    if old.endswith("\n") and not fresh[-1]:
        # Both end with a line end, or whole lines are deleted: it is the line after that keeps its place.
        fresh = fresh[:-1]
    result = list(lines)
    for start in reversed(starts):
        end = start + len(quoted)
        window = lines[start:end]
        block = _indented(fresh, window, quoted) if tolerance.shifts else list(fresh)
        if block:
            block[-1] = block[-1].removesuffix("\r") + ("\r" if window[-1].endswith("\r") else "")
        result[start:end] = block
    return "\n".join(result)


def _indented(fresh: list[str], window: list[str], quoted: list[str]) -> list[str]:
    shift = _shift(window, quoted) or 0
    tabs = any(line.startswith("\t") for line in window)
    return [_reindent(line, shift, tabs=tabs) if line.strip() else line for line in fresh]


def _reindent(line: str, shift: int, *, tabs: bool) -> str:
    width = max(_width(line) + shift, 0)
    indent = "\t" * (width // _TAB) + " " * (width % _TAB) if tabs else " " * width
    return indent + line.lstrip(" \t")


def _give_up(text: str, old: str, new: str) -> Edited:
    newline = newline_of(text)
    if new.strip() and new in text and with_newline(old, newline) not in text:
        done = _lines_of(text, new)
        raise EditFailed(f"`old` is not in the file, but `new` is, at line {done[0]}: it seems to be done already.")
    raise EditFailed(f"`old` is not in the file. {nearest_lines(text, old)}")
