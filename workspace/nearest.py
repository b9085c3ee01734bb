"""The lines of a file that come nearest to what a model believed to be there."""

import difflib

from backend_developer.workspace.text import numbered

_AROUND = 2
_MOST = 40
_COMPARED = 5000
"""Lines that are compared letter by letter: about 0.1 s."""


def nearest_lines(text: str, wanted: str) -> str:
    """A sentence and the numbered lines, or a sentence that nothing is like it."""
    lines = text.splitlines()
    quoted = [line.strip() for line in wanted.splitlines() if line.strip()]
    start = _start(lines, quoted) if quoted else None
    if start is None:
        return "Nothing in the file resembles it: read the file again."
    first = max(start - _AROUND, 0)
    end = min(start + min(len(quoted), _MOST) + _AROUND, len(lines))
    return f"The nearest lines are:\n{numbered(lines[first:end], first + 1, width=300)}\nQuote them as they stand."


def _start(lines: list[str], quoted: list[str]) -> int | None:
    stripped = [line.strip() for line in lines]
    start, equal = _most_equal(stripped, quoted)
    if equal:
        return start
    longest = max(quoted, key=len)
    close = difflib.get_close_matches(longest, dict.fromkeys(stripped[:_COMPARED]), n=1, cutoff=0.5)
    return max(stripped.index(close[0]) - quoted.index(longest), 0) if close else None


def _most_equal(stripped: list[str], quoted: list[str]) -> tuple[int, int]:
    """Where a window as long as the quote holds most of its lines, and how many."""
    wanted = {line for line in quoted if len(line) > 1}
    hits = [line in wanted for line in stripped]
    size = len(quoted)
    count = sum(hits[:size])
    best = (0, count)
    for start in range(1, max(len(hits) - size + 1, 1)):
        count += hits[start + size - 1] - hits[start - 1]
        if count > best[1]:
            best = (start, count)
    return best
