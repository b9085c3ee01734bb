"""What is read of a file: all of its text, or what is left after cuts.

The time of a parser goes by the length of a text, and most of a changed file is as it was. A file that is cut tells one
thing only: that none of its functions is silent. It does where all that was cut lay in functions that are old or log,
for then nothing outside of them has been touched. In any other case the whole file must be read.
"""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import NamedTuple

LEAST_SHARE = 0.2
"""Share of a file that must be cut for it to be worth the while: what is left may be read in vain."""

Stood = Callable[[str], bool]
"""Whether lines stood in a file before, with the whole of what belongs to them."""

Rows = tuple[int, int]
"""The first and the last row of a block, from 0."""


class Cut(NamedTuple):
    """Lines that are left out of a block. Rows are those of what is left, from 0."""

    first: int
    """Where the block begins."""
    last: int
    """Where it ends."""
    after: int
    """Of the first line that follows what is missing."""
    lines: int
    is_old: bool
    """Whether the whole block stood in the file before."""


class Reading:
    """A file as it is read."""

    def __init__(self, whole: str, text: str | None = None, cuts: Sequence[Cut] = ()) -> None:
        self.text = whole if text is None else text
        self._whole = whole
        self._cuts = cuts
        self._old = {(cut.first, cut.last) for cut in cuts if cut.is_old}
        self._open = list(cuts)

    @property
    def is_settled(self) -> bool:
        """Whether all that is missing is known to lie in functions that need no judgement."""
        return not self._open

    def is_old(self, rows: Rows, stood: Stood) -> bool:
        """Whether a function is seen to be old: cut as such, or whole and known."""
        if rows in self._old or (not self._is_cut(rows) and stood(self.left(rows))):
            self._settle(rows)
            return True
        return False

    def needs_none(self, rows: Rows, stood: Stood, *, logs: bool) -> bool:
        """Whether a function that is not seen to be old needs no judgement: it logs, or is old with what was cut."""
        if logs or (self._is_cut(rows) and stood(self.source(rows))):
            self._settle(rows)
            return True
        return False

    def left(self, rows: Rows) -> str:
        """The lines between these rows, without what is missing."""
        return "\n".join(self._left[rows[0] : rows[1] + 1])

    def source(self, rows: Rows) -> str:
        """The lines between these rows, with what is missing."""
        first, last = rows
        begin = first + sum(cut.lines for cut in self._cuts if cut.after <= first)
        end = last + sum(cut.lines for cut in self._cuts if cut.last <= last)
        return "\n".join(self._lines[begin : end + 1])

    def _is_cut(self, rows: Rows) -> bool:
        return any(_within(cut, rows) for cut in self._cuts)

    def _settle(self, rows: Rows) -> None:
        self._open = [cut for cut in self._open if not _within(cut, rows)]

    @cached_property
    def _left(self) -> list[str]:
        return self.text.split("\n")

    @cached_property
    def _lines(self) -> list[str]:
        return self._whole.split("\n")


class Shortener:
    """Takes a file apart into what is kept and what is cut, from its beginning to its end."""

    def __init__(self, whole: str) -> None:
        self._whole = whole
        self._kept: list[str] = []
        self._cuts: list[Cut] = []
        self._place = self._row = self._left_out = 0

    def close(self, block: int, begin: int, end: int, *, is_old: bool) -> None:
        """Leave out the text between two places of a block, whose last line follows. Each place begins a line."""
        first, last, lines = self._cut(block, begin, end, "")
        self._cuts.append(Cut(first, last, last, lines, is_old))

    def end(self, block: int, begin: int, end: int, *, is_old: bool, instead: str = "") -> None:
        """The same for a block that ends there; something may be put in place of its last lines."""
        first, after, lines = self._cut(block, begin, end, instead)
        self._cuts.append(Cut(first, after - 1, after, lines, is_old))

    def reading(self) -> Reading | None:
        """What is left; None where that is nearly all."""
        if self._left_out < LEAST_SHARE * len(self._whole):
            return None
        return Reading(self._whole, "".join((*self._kept, self._whole[self._place :])), self._cuts)

    def _cut(self, block: int, begin: int, end: int, instead: str) -> tuple[int, int, int]:
        whole = self._whole
        first = self._row + whole.count("\n", self._place, block)
        self._row = first + whole.count("\n", block, begin) + instead.count("\n")
        self._kept += (whole[self._place : begin], instead)
        self._left_out += end - begin - len(instead)
        self._place = end
        return first, self._row, whole.count("\n", begin, end) - instead.count("\n")


def _within(cut: Cut, rows: Rows) -> bool:
    return rows[0] <= cut.first and cut.last <= rows[1]
