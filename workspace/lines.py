"""The lines of files that a regular expression matches: the one text search, without an event loop.

`Search` asks it for the tool `grep`, and the code index for `code_index` and `backend-developer scan`, so that all
three agree on what a line is, which files are text, and which expressions are safe.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from backend_developer.contract import CallFailed
from backend_developer.workspace.conventions import looks_like_secret
from backend_developer.workspace.prefilter import Prefilter
from backend_developer.workspace.text import decode

MAX_FILE_BYTES = 4_000_000
"""Longer files are data, not source."""
LINE_CHARS = 2000
"""What stands further out in a line is not searched."""

_NESTED = re.compile(r"\([^()]*[*+}][^()]*\)\s*[*+{]")
"""A repetition of a repetition, which can run for ever and holds the whole process meanwhile."""


class Hit(NamedTuple):
    """One line that matches."""

    path: str
    line: int
    text: str


class LineSearch:
    """One expression, to be looked for in files below a root."""

    def __init__(self, root: Path, expression: re.Pattern[str]) -> None:
        self._root = root
        self._matches = expression.search
        self.prefilter = Prefilter.of(expression)

    def hits(self, path: str) -> Iterator[Hit]:
        """The lines of one file; none of what is binary, secret, over-long, or cannot be read.

        A line ends with `\\n` or `\\r\\n`, which are no part of it; the last one may go without.
        """
        data = self._data(path)
        if not data or not self.prefilter.passes(data):
            return
        decoded = decode(data)
        if decoded is None or not decoded.text:
            return
        for number, line in enumerate(decoded.text.removesuffix("\n").split("\n"), 1):
            if self._matches(line.rstrip("\r")[:LINE_CHARS]):
                yield Hit(path, number, line.strip())

    def _data(self, path: str) -> bytes:
        place = self._root / path
        try:
            if looks_like_secret(path) or place.stat().st_size > MAX_FILE_BYTES:
                return b""
            return place.read_bytes()
        except OSError:
            return b""


def compile_pattern(pattern: str, flags: re.RegexFlag = re.NOFLAG) -> re.Pattern[str]:
    """The expression compiled. Raises `CallFailed` where it is faulty, or could run for ever."""
    if _NESTED.search(pattern):
        raise CallFailed(f"`{pattern}` repeats a repetition, which can run for ever; write it without the inner one")
    try:
        return re.compile(pattern, flags)
    except (re.error, OverflowError, RecursionError) as error:
        raise CallFailed(
            f"`{pattern}` is no regular expression of Python: {error}. Put a backslash before a bracket or sign "
            "that is meant as it stands."
        ) from None
