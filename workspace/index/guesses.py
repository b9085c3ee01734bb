"""How near the names of definitions come to those that somebody would give to what serves a need.

A name says in two or three words what its author took for the point, so a few guesses at it meet what a whole sentence
about the purpose does not. Who guesses is not asked here: in a run it is the model, as it analyses the task.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from heapq import nlargest
from typing import NamedTuple

from backend_developer.workspace.index.store import Store
from backend_developer.workspace.index.words import split

SCOPE = 0.5
"""What a word of a guess is worth that the scope has and the name has not: `delete_user` is `UserService.delete`."""
AGREEING = 3
"""Guesses that are heard beside the best: where several come near, it is no accident of one word."""


class Guessed(NamedTuple):
    """A definition, seen from the guesses."""

    closeness: float
    """From 0 to 1; the latter where its name is guessed in all forms."""
    name: str
    """The guess that comes nearest."""


class _Known(NamedTuple):
    """The words of all names in a project."""

    names: dict[int, frozenset[str]]
    scopes: dict[int, frozenset[str]]
    having: dict[str, list[int]]
    """Word to the definitions in whose name it stands."""

    def rarity_of(self, words: Iterable[str]) -> float:
        """What words say together: the fewer names have them, the more. The same in whatever order they come."""
        total = len(self.names)
        return math.fsum(math.log1p(total / (1 + len(self.having.get(word, ())))) for word in words)


def guessed(store: Store, names: Iterable[str], limit: int) -> dict[int, Guessed]:
    """The definitions that come nearest to any of the names, by their number."""
    known = store.remembered(_known)
    words = {frozenset(split(name)): name for name in names}
    words.pop(frozenset(), None)
    met: dict[int, list[tuple[float, str]]] = defaultdict(list)
    for guess, name in words.items():
        for definition in set().union(*(known.having.get(word, ()) for word in guess)):
            met[definition].append((_overlap(known, guess, definition), name))
    nearest = nlargest(limit, met, key=lambda definition: (max(met[definition])[0], -definition))
    return {definition: _agreed(met[definition]) for definition in nearest}


def _overlap(known: _Known, guess: frozenset[str], definition: int) -> float:
    """The share of the words that both have, the rare ones counting more."""
    name, scope = known.names[definition], known.scopes[definition]
    shared = known.rarity_of(guess & name) + SCOPE * known.rarity_of((guess - name) & scope)
    return shared / known.rarity_of(guess | name)


def _agreed(overlaps: Sequence[tuple[float, str]]) -> Guessed:
    best = nlargest(AGREEING, overlaps)
    together = sum(overlap for overlap, _ in best) / AGREEING
    return Guessed((best[0][0] + together) / 2, best[0][1])


def _known(store: Store) -> _Known:
    known = _Known({}, {}, defaultdict(list))
    for number, name, scope in store.rows("SELECT rowid, name, scope FROM words"):
        known.names[number], known.scopes[number] = frozenset(name.split()), frozenset(scope.split())
        for word in known.names[number]:
            known.having[word].append(number)
    return known
