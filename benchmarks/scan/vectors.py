"""Learn what words of code mean to each other: `python benchmarks/scan/vectors.py FOLDER... [--words PATH]`.

A definition's documentation says what its name says, mostly in other words. From many such pairs each word gets a
vector, so that a documentation lies near its own name and far from the names of others. Words that are in both are
often left out of the documentation while learning: what is left has to do without them. The sources below the folders
are read; of those projects that the ranking is measured on there must be none among them. Needs numpy.
"""

import argparse
import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from backend_developer.workspace.index import meaning, words
from backend_developer.workspace.index.sources import take_apart

logger = logging.getLogger(__name__)

EPOCHS = 8
BATCH = 512
RATE = 0.003
TEMPERATURE = 0.07
SEEN = 6
"""Times that a word must be seen to get a vector."""
DOC_WORDS = 14
SCOPE_WORDS = 4
KEPT = 0.85
"""Share of the documentation's words that one look at it takes."""
HIDDEN = 0.6
"""Share of the looks at a documentation that hide the words which are in the name too."""
FIRST, SECOND = 0.9, 0.999
"""Decay of the two averages of Adam."""

Array = Any
"""An array of numpy, which is installed for this alone, so that nothing else knows its types."""


class Pair(NamedTuple):
    """One definition: stems of its documentation, of its name and of what encloses it."""

    doc: list[str]
    name: list[str]
    scope: list[str]


class Bags(NamedTuple):
    """Rows of weighted words, one after the other."""

    row: Array
    word: Array
    weight: Array


def pairs(folders: Sequence[Path]) -> list[Pair]:
    """All different documented definitions below the folders, in a stable order."""
    found: dict[tuple[tuple[str, ...], ...], Pair] = {}
    for folder in folders:
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            for pair in _documented(file.relative_to(folder).as_posix(), file.read_bytes()):
                found.setdefault((tuple(pair.name), tuple(pair.doc)), pair)
    return list(found.values())


def _documented(path: str, raw: bytes) -> Iterator[Pair]:
    for entry in take_apart(path, raw).entries:
        one = entry.definition
        doc, name = _different(one.doc)[:DOC_WORDS], _different(one.name)
        if one.kind != "file" and not one.local and name and len(doc) > 1:
            yield Pair(doc, name, [stem for stem in _different(one.scope) if stem not in name][:SCOPE_WORDS])


def _different(text: str) -> list[str]:
    return list(dict.fromkeys(words.split(text)))


class Model:
    """A vector for each word, and one step of learning."""

    def __init__(self, known: Sequence[str], rarity: Array, random: np.random.Generator) -> None:
        self._number = {word: number for number, word in enumerate(known)}
        self.vectors = random.normal(0, 0.1, (len(known), meaning.DIMENSIONS)) * (rarity / rarity.mean())[:, None]
        self._first, self._second = np.zeros_like(self.vectors), np.zeros_like(self.vectors)
        self._steps = 0

    def bags(self, rows: Sequence[Sequence[tuple[str, float]]]) -> Bags:
        """Words without a vector are left out."""
        flat = [
            (row, self._number[word], weight)
            for row, bag in enumerate(rows)
            for word, weight in bag
            if word in self._number
        ]
        row, word, weight = (np.array(column) for column in zip(*flat, strict=True))
        return Bags(row, word, weight)

    def learn(self, needs: Bags, names: Bags, count: int) -> float:
        """Draw each need to its own name and away from the others of the batch. Returns the loss before the step."""
        need, name = self._sums(needs, count), self._sums(names, count)
        need_size, name_size = _size(need), _size(name)
        need, name = need / need_size, name / name_size
        near = need @ name.T / TEMPERATURE
        near = np.exp(near - near.max(1, keepdims=True))
        near /= near.sum(1, keepdims=True)
        loss = float(-np.log(np.diag(near) + 1e-9).mean())
        wrong = (near - np.eye(count)) / (count * TEMPERATURE)
        gradient = np.zeros_like(self.vectors)
        for bag, mine, size, other in (
            (needs, need, need_size, wrong @ name),
            (names, name, name_size, wrong.T @ need),
        ):
            flat = (other - (other * mine).sum(1, keepdims=True) * mine) / size
            np.add.at(gradient, bag.word, flat[bag.row] * bag.weight[:, None])
        self._step(gradient)
        return loss

    def _sums(self, bag: Bags, count: int) -> Array:
        sums = np.zeros((count, meaning.DIMENSIONS))
        np.add.at(sums, bag.row, self.vectors[bag.word] * bag.weight[:, None])
        return sums

    def _step(self, gradient: Array) -> None:
        self._steps += 1
        self._first = FIRST * self._first + (1 - FIRST) * gradient
        self._second = SECOND * self._second + (1 - SECOND) * gradient**2
        first, second = self._first / (1 - FIRST**self._steps), self._second / (1 - SECOND**self._steps)
        self.vectors -= RATE * first / (np.sqrt(second) + 1e-8)


def _size(rows: Array) -> Array:
    return np.linalg.norm(rows, axis=1, keepdims=True) + 1e-6


def train(found: Sequence[Pair]) -> tuple[list[str], Array]:
    """The words that are seen often enough, and their vectors. The same for the same pairs."""
    seen = Counter(word for pair in found for word in {*pair.doc, *pair.name, *pair.scope})
    known = sorted(word for word, count in seen.items() if count >= SEEN)
    random = np.random.default_rng(0)
    model = Model(known, np.log((1 + len(found)) / np.array([seen[word] for word in known])), random)
    for epoch in range(EPOCHS):
        order, losses = random.permutation(len(found)), []
        for start in range(0, len(order) - BATCH + 1, BATCH):
            batch = [found[number] for number in order[start : start + BATCH]]
            needs = model.bags([_look(pair, random) for pair in batch])
            names = model.bags([[*_weighted(pair.name, 1.0), *_weighted(pair.scope, meaning.SCOPE)] for pair in batch])
            losses.append(model.learn(needs, names, BATCH))
        logger.info("epoch %d of %d: loss %.3f", epoch + 1, EPOCHS, np.mean(losses))
    return known, model.vectors


def _look(pair: Pair, random: np.random.Generator) -> list[tuple[str, float]]:
    hidden = set(pair.name) if random.random() < HIDDEN else set()
    taken = [word for word in pair.doc if word not in hidden and random.random() < KEPT]
    return _weighted(taken or pair.doc, 1.0)


def _weighted(some: Sequence[str], weight: float) -> list[tuple[str, float]]:
    return [(word, weight) for word in some]


def write(path: Path, known: Sequence[str], vectors: Array) -> None:
    """Round to one byte a number."""
    scale = 127 / np.quantile(np.abs(vectors), 0.9995)
    numbers = np.clip(np.round(vectors * scale), -127, 127).astype(np.int8)
    path.write_bytes(" ".join(known).encode() + b"\n" + numbers.tobytes())


def main() -> None:
    """Read, learn, write."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--words", type=Path, default=meaning.PATH, help="file to write")
    arguments = parser.parse_args()
    found = pairs(arguments.folders)
    logger.info("%d documented definitions", len(found))
    known, vectors = train(found)
    write(arguments.words, known, vectors)
    logger.info("%d words in %s", len(known), arguments.words)


if __name__ == "__main__":
    main()
