"""How near words of a need and words of code are in meaning, by vectors that were learned from documented code.

`benchmarks/scan/vectors.py` makes the file: one line of words, then one byte a number, `DIMENSIONS` for each word.
Nothing beside the standard library is needed to read it.
"""

import math
from collections.abc import Iterable
from functools import cache
from operator import mul
from pathlib import Path

DIMENSIONS = 64
SCOPE = 0.5
"""What a word of the scope counts beside one of the name."""
PATH = Path(__file__).with_name("vectors.bin")


class Meaning:
    """The meaning of one need."""

    def __init__(self, stems: Iterable[str]) -> None:
        known = [_vectors()[stem] for stem in stems if stem in _vectors()]
        self._vector = [sum(column) for column in zip(*known, strict=True)] or [0] * DIMENSIONS
        self._size = math.sqrt(sum(number * number for number in self._vector))
        self._near: dict[str, int] = {}

    def nearness(self, name: Iterable[str], scope: Iterable[str]) -> float:
        """How near the words of a definition are together, about from -1 to 1; 0 where nothing is known of them.

        Their vectors are taken for perpendicular to each other: to add them up for each definition would take longer
        than all the rest of a query.
        """
        dot = square = 0.0
        for weight, words in ((1.0, name), (SCOPE, scope)):
            for word in words:
                near = self._near.get(word)
                if near is None:
                    near = self._near[word] = self._measure(word)
                dot += weight * near
                square += weight * weight * _square(word)
        return dot / (self._size * math.sqrt(square)) if square and self._size else 0.0

    def _measure(self, word: str) -> int:
        return sum(map(mul, self._vector, _vectors().get(word, ())))


@cache
def _square(word: str) -> int:
    vector = _vectors().get(word, ())
    return sum(map(mul, vector, vector))


@cache
def _vectors() -> dict[str, memoryview]:
    words, _, numbers = PATH.read_bytes().partition(b"\n")
    view = memoryview(numbers).cast("b")
    return {
        word: view[number * DIMENSIONS : (number + 1) * DIMENSIONS]
        for number, word in enumerate(words.decode().split())
    }
