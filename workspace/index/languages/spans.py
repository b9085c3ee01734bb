"""Stretches of a file that lie within each other, each with what it says: which one a place is in."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import NamedTuple


class Span(NamedTuple):
    """From byte to byte, the last one not included."""

    start: int
    end: int
    says: str


class Spans:
    """Spans that contain each other or are apart. A look costs no more than they lie deep."""

    def __init__(self, spans: Iterable[Span]) -> None:
        self._spans = sorted(spans, key=lambda span: (span.start, -span.end))
        self._starts = [span.start for span in self._spans]
        self._outer: list[int] = []
        for number, span in enumerate(self._spans):
            outer = number - 1
            while outer >= 0 and self._spans[outer].end < span.end:
                outer = self._outer[outer]
            self._outer.append(outer)

    def around(self, place: int) -> Iterator[Span]:
        """The spans that a byte is in, the innermost first."""
        number = bisect_right(self._starts, place) - 1
        while number >= 0:
            if self._spans[number].end > place:
                yield self._spans[number]
            number = self._outer[number]

    def innermost(self, place: int) -> str:
        """What the smallest span around a byte says; empty outside all."""
        return next((span.says for span in self.around(place)), "")

    def joined(self, place: int) -> str:
        """What all spans around a byte say, the outermost first."""
        return "".join(reversed([span.says for span in self.around(place)]))
