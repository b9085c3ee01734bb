"""How near words of a need and words of code are in meaning, by vectors that were learned from documented code.

`benchmarks/scan/vectors.py` makes the file: one line of words, then one byte a number, `DIMENSIONS` for each word.
Nothing beside the standard library is needed to read it.
"""

import math
from collections.abc import Iterable, Mapping
from functools import cache
from operator import mul
from pathlib import Path

DIMENSIONS = 64
PATH = Path(__file__).with_name("vectors.bin")


class Meaning:
    """The meaning of one need."""

    def __init__(self, stems: Iterable[str]) -> None:
        known = [_vectors()[stem] for stem in stems if stem in _vectors()]
        self._vector = [sum(column) for column in zip(*known, strict=True)] or [0] * DIMENSIONS
        self._size = math.sqrt(sum(number * number for number in self._vector))
        self._near: dict[str, tuple[float, int]] = {}

    def nearness(self, weighted: Mapping[str, float]) -> float:
        """How near some words are together, about from -1 to 1; 0 where nothing is known of them.

        Their vectors are taken for perpendicular to each other: to add them up for each definition would take longer
        than all the rest of a query.
        """
        if not self._size:
            return 0.0
        dot = square = 0.0
        for word, weight in weighted.items():
            near, size = self._near.get(word) or self._measure(word)
            dot += weight * near
            square += weight * weight * size
        return dot / (self._size * math.sqrt(square)) if square else 0.0

    def _measure(self, word: str) -> tuple[float, int]:
        vector = _vectors().get(word)
        near = (0.0, 0) if vector is None else (sum(map(mul, self._vector, vector)), sum(map(mul, vector, vector)))
        self._near[word] = near
        return near


@cache
def _vectors() -> dict[str, memoryview]:
    words, _, numbers = PATH.read_bytes().partition(b"\n")
    view = memoryview(numbers).cast("b")
    return {
        word: view[number * DIMENSIONS : (number + 1) * DIMENSIONS] for number, word in enumerate(words.decode().split())
    }
