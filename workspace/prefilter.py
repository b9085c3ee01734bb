"""Telling from a file's raw bytes that no line of it can match, so that most files need not be decoded.

Python and ripgrep apply the same test. It may let a file through that holds no match, never the other way round.
"""

import re
from dataclasses import dataclass
from functools import cache

from backend_developer.workspace.text import keeps_ascii

_TOKEN = re.compile(
    r"\\(?:x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|N\{[^}]*\}|[0-9]{1,3}|.)"
    r"|\[\^?\]?(?:\\.|[^\]\\])*\]|\{[^}]*\}|.",
    re.DOTALL,
)
_IGNORE_CASE = "(?i)"
_ASCII_BY_CASE = "\u0131\u0130\u017f\u212a"
"""What is not ASCII, and yet matches `i`, `s` or `k` where case is ignored."""
_OTHER_ENCODINGS = [r"(?-u:\xff\xfe|\xfe\xff)", r"(?-u:#[^\n]*coding[:=])"]
"""In ripgrep's words: what may not be ASCII's own bytes, see `keeps_ascii`."""


@dataclass(frozen=True, slots=True)
class Prefilter:
    """What a file must hold for a line of it to match; everything passes where there are no literals."""

    literals: tuple[str, ...]
    """ASCII; one of them is in every match. Small letters where case is ignored."""
    ignore_case: bool

    @classmethod
    def of(cls, expression: re.Pattern[str]) -> "Prefilter":
        """The test that goes with an expression."""
        ignore_case = bool(expression.flags & re.IGNORECASE)
        literals = required_literals(expression.pattern.removeprefix(_IGNORE_CASE))
        return cls(tuple(literal.lower() if ignore_case else literal for literal in literals), ignore_case)

    def passes(self, data: bytes) -> bool:
        """Whether a line of the file may match."""
        if not self.literals:
            return True
        searched = data.lower() if self.ignore_case else data
        for needle in _needles(self.literals, by_case=self.ignore_case and not data.isascii()):
            if needle in searched:
                return True
        return not keeps_ascii(data)

    def ripgrep(self) -> list[str]:
        """The same test as expressions of ripgrep, of which one must match the bytes; for a filter with literals."""
        flags = "i-u" if self.ignore_case else "-u"
        wanted = [f"(?{flags}:{literal})" for literal in self.literals]
        return [*wanted, *_OTHER_ENCODINGS, *([f"[{_ASCII_BY_CASE}]"] if self.ignore_case else [])]


@cache
def _needles(literals: tuple[str, ...], *, by_case: bool) -> tuple[bytes, ...]:
    return tuple(literal.encode() for literal in (*literals, *(_ASCII_BY_CASE if by_case else "")))


def required_literals(pattern: str) -> list[str]:
    """Pieces of text of which every match holds at least one; empty where none can be told.

    One for each alternative at the top level, of three or more letters, digits, `_` and spaces.
    """
    if pattern.startswith("(?"):
        return []
    runs, depth = [""], 0
    branches: list[list[str]] = [runs]
    for sign in _TOKEN.findall(pattern):
        if sign == "|" and depth == 0:
            runs = [""]
            branches.append(runs)
            continue
        depth += (sign == "(") - (sign == ")")
        if sign[0] in "?*{":
            runs[-1] = runs[-1][:-1]
        if depth == 0 and re.fullmatch(r"[A-Za-z0-9_ ]", sign):
            runs[-1] += sign
        else:
            runs.append("")
    literals = [max(branch, key=len) for branch in branches]
    return literals if all(len(literal) >= 3 for literal in literals) else []
