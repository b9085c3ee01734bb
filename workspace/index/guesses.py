"""How near the names of definitions come to those that somebody would give to what serves a need.

A name says in two or three words what its author took for the point, so a few guesses at it meet what a whole sentence
about the purpose does not. Who guesses is not asked here: in a run it is the model, as it analyses the task.
"""

import math
from collections import defaultdict
from collections.abc import Iterable
from heapq import nlargest
from typing import NamedTuple

from backend_developer.workspace.index.store import Store
from backend_developer.workspace.index.words import split

MOST = 8
"""Guesses that are heard; each looks at all definitions that share a word with it."""
SCOPE = 0.5
"""What a word of a guess is worth that the scope has and the name has not: `delete_user` is `UserService.delete`."""
AGREEING = 3
"""Guesses, the best among them, whose mean is half of the closeness: where several come near, it is no accident."""


class Guessed(NamedTuple):
    """A definition, seen from the guesses."""

    closeness: float
    """From 0 to 1; the latter where its name is guessed in all forms."""
    name: str
    """The guess that comes nearest."""


class _Known(NamedTuple):
    """The words of all names in a project. Definitions are told by their place in the order of paths and lines."""

    numbers: list[int]
    """Place to number: the same project gives the same places, whatever the history of its index."""
    names: list[frozenset[str]]
    totals: list[float]
    """Place to what the words of its name say together."""
    having: dict[str, list[int]]
    """Word to the places in whose name it stands."""
    enclosing: dict[str, list[int]]
    """Word to the places in whose scope it stands."""

    def rarity(self, word: str) -> float:
        """What a word says: the fewer names have it, the more."""
        return _rarity(len(self.numbers), len(self.having.get(word, ())))


def guessed(store: Store, names: Iterable[str], limit: int) -> dict[int, Guessed]:
    """The definitions that come nearest to the first names, by their number."""
    known = store.remembered(_known)
    words: dict[tuple[str, ...], str] = {}
    for name in names:
        if key := tuple(sorted(set(split(name)))):
            words.setdefault(key, name)
    met: dict[int, list[tuple[float, str]]] = defaultdict(list)
    for guess, name in list(words.items())[:MOST]:
        for place, overlap in _overlaps(known, guess).items():
            met[place].append((overlap, name))
    agreed = {place: _agreed(overlaps) for place, overlaps in met.items()}
    nearest = nlargest(limit, agreed, key=lambda place: (agreed[place].closeness, -place))
    return {known.numbers[place]: agreed[place] for place in nearest}


def _overlaps(known: _Known, guess: tuple[str, ...]) -> dict[int, float]:
    """The share of the words that a guess and a name have in common, the rare ones counting more."""
    weights = {word: known.rarity(word) for word in guess}
    shared: dict[int, float] = defaultdict(float)
    for word, weight in weights.items():
        for place in known.having.get(word, ()):
            shared[place] += weight
    beside: dict[int, float] = defaultdict(float)
    for word, weight in weights.items():
        for place in known.enclosing.get(word, ()):
            if place in shared and word not in known.names[place]:
                beside[place] += weight
    total = sum(weights.values())
    return {
        place: (both + SCOPE * beside.get(place, 0.0)) / (total + known.totals[place] - both)
        for place, both in shared.items()
    }


def _agreed(overlaps: list[tuple[float, str]]) -> Guessed:
    best = nlargest(AGREEING, overlaps)
    together = sum(overlap for overlap, _ in best) / AGREEING
    return Guessed((best[0][0] + together) / 2, best[0][1])


def _known(store: Store) -> _Known:
    known = _Known([], [], [], defaultdict(list), defaultdict(list))
    rows = store.rows(
        "SELECT words.rowid, words.name, words.scope FROM words JOIN definitions ON definitions.id = words.rowid"
        " JOIN files ON files.id = file ORDER BY path, line, definitions.id"
    )
    for place, (number, name, scope) in enumerate(rows):
        known.numbers.append(number)
        known.names.append(frozenset(name.split()))
        for word in name.split():
            known.having[word].append(place)
        for word in scope.split():
            known.enclosing[word].append(place)
    weights = {word: _rarity(len(rows), len(places)) for word, places in known.having.items()}
    known.totals.extend(math.fsum(weights[word] for word in words) for words in known.names)
    return known


def _rarity(definitions: int, having: int) -> float:
    return math.log1p(definitions / (1 + having))
