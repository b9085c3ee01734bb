"""From a need, in words or in code, to the definitions that serve it."""

import logging
import math
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from backend_developer.workspace.index import neighbours
from backend_developer.workspace.index.languages import BY_NAME
from backend_developer.workspace.index.languages.base import Language
from backend_developer.workspace.index.records import Hit
from backend_developer.workspace.index.rows import Row, by_number
from backend_developer.workspace.index.store import Store
from backend_developer.workspace.index.terms import ALTERNATIVE, Term, terms

logger = logging.getLogger(__name__)

CANDIDATES = 200
LEAST = 0.24
"""Share of a need, by the weight of its words, that a definition must meet to be named at all."""
UNHEARD = 0.4
"""What a common word weighs that the project does not have at all, beside any other."""
PRIVATE = 0.9
"""What a definition is worth that its file keeps to itself."""
WHOLE_FILE = 0.5
"""What a file is worth that is known as text only: there is nothing in it to call by name."""
ALIKE = 0.5
"""Share of shape that given code and a definition must have in common."""

_WEIGHTS = {"name": 1.0, "doc": 0.9, "scope": 0.7, "body": 0.4}
"""What a word is worth by where it stands, the best place first."""
FOCUS = 0.2
"""Part of the score that hangs on how much of the name is about the need."""


DEED_ALONE = 0.6
"""What a definition is worth that does what is wanted, but to nothing that the need names."""


class _Columns(NamedTuple):
    """The words of a definition by where they stand, the place that counts most first."""

    name: frozenset[str]
    doc: frozenset[str]
    scope: frozenset[str]
    body: frozenset[str]


class Found(NamedTuple):
    """A definition with its score and the reason for it."""

    definition: int
    score: float
    why: str


def similar(
    store: Store, text: str, kinds: Collection[str] | None = None, language: str | None = None, limit: int = 10
) -> list[Hit]:
    """The best hits, best first; none where nothing in the project serves the need."""
    found = [*_by_shape(store, text), *_by_words(store, text)]
    rows = by_number(store, {one.definition for one in found})
    hits = [_hit(rows[one.definition], one) for one in found if language in {None, rows[one.definition].language}]
    hits = [hit for hit in hits if hit.score >= LEAST]
    best: dict[tuple[str, int], Hit] = {}
    for hit in sorted(hits, key=lambda hit: (-hit.score, hit.path, hit.line)):
        if kinds is None or hit.kind in kinds:
            best.setdefault((hit.path, hit.line), hit)
    logger.debug("%d of %d candidates for %r", len(best), len(found), text[:80])
    return list(best.values())[:limit]


def _hit(row: Row, found: Found) -> Hit:
    worth = PRIVATE if row.name.startswith("_") else WHOLE_FILE if row.kind == "file" else 1.0
    return row.hit(found.score * worth, found.why)


def _by_words(store: Store, text: str) -> list[Found]:
    weights, scores = _weigh(store, terms(text))
    enough = sum(weights.values()) * LEAST
    likely = sorted((-score, row) for row, score in scores.items() if score >= enough)[:CANDIDATES]
    if not likely:
        return []
    marks = ", ".join("?" * len(likely))
    rows = store.rows(
        f"SELECT rowid, name, doc, scope, body FROM words WHERE rowid IN ({marks})",  # noqa: S608 - marks only
        [row for _, row in likely],
    )
    judged = (
        _judge(number, _Columns(*(frozenset(one.split()) for one in columns)), weights) for number, *columns in rows
    )
    return [one for one in judged if one.score >= LEAST]


def _weigh(store: Store, wanted: Sequence[Term]) -> tuple[dict[Term, float], dict[int, float]]:
    """The weight of each term by how rare it is, and a first score of each definition that has any of them."""
    total = store.rows("SELECT COUNT(*) FROM words_docsize")[0][0]
    weights: dict[Term, float] = {}
    scores: dict[int, float] = {}
    for term in wanted:
        head, body = _having(store, "{name scope doc}", term.match()), _having(store, "body", f'"{term.stem}"')
        weight = math.log1p(total / (1 + max(len(head), len(body))))
        weights[term] = weight = weight if head or body or not term.common else weight * UNHEARD
        for row in head:
            scores[row] = scores.get(row, 0.0) + weight
        for row in body - head:
            scores[row] = scores.get(row, 0.0) + weight * _WEIGHTS["body"]
    return weights, scores


def _having(store: Store, columns: str, match: str) -> set[int]:
    return {row for (row,) in store.rows("SELECT rowid FROM words WHERE words MATCH ?", (f"{columns} : ({match})",))}


def _judge(definition: int, columns: _Columns, weights: Mapping[Term, float]) -> Found:
    """How much of the need the definition meets, and how much of its name is about the need."""
    met = 0.0
    reasons: dict[str, list[str]] = {}
    taken = {term.stem for term in weights}
    named: set[str] = set()
    things = False
    for term, weight in weights.items():
        worth, where, word = _meet(term, columns, taken)
        met += weight * worth
        things = things or (bool(where) and not term.action)
        if where:
            reasons.setdefault(where, []).append(term.said)
            taken.add(word)
        if where == "name":
            named.add(word)
    coverage = met / sum(weights.values())
    if not things and not all(term.action for term in weights):
        coverage *= DEED_ALONE
    focus = len(named) / len(columns.name) if columns.name else 0.0
    why = "; ".join(f"{where}: {', '.join(said)}" for where, said in reasons.items())
    return Found(definition, coverage * (1 - FOCUS + FOCUS * focus), why)


def _meet(term: Term, columns: _Columns, taken: Collection[str]) -> tuple[float, str, str]:
    """What the best place of a term is worth, which it is, and the word that stands there.

    A word that is meant by another term, or meets it, is no synonym of this one: `count` is not both amount and money.
    """
    best = (0.0, "", "")
    for where, words in zip(_Columns._fields, columns, strict=True):
        worth = _WEIGHTS[where]
        if worth <= best[0]:
            break
        if term.stem in words:
            best = (worth, where, term.stem)
            continue
        others = term.alternatives.intersection(words).difference(taken) if where != "body" else ()
        if others and worth * ALTERNATIVE > best[0]:
            best = (worth * ALTERNATIVE, where, min(others))
    return best


def _by_shape(store: Store, text: str) -> list[Found]:
    """Definitions that look like the functions in a piece of code."""
    if "\n" not in text.strip():
        return []
    source = text.encode("utf-8", "replace")
    found: list[Found] = []
    for language in _languages(store):
        for definition in language.extract(source).definitions:
            start, end = definition.body
            if definition.kind in {"function", "method"}:
                shape = neighbours.sketch_of(language, source[start:end])
                found += [
                    Found(number, share, f"{share:.0%} of the shape of {definition.name}")
                    for number, share in neighbours.near(store, shape)
                    if share >= ALIKE
                ]
    return found


def _languages(store: Store) -> list[Language]:
    """Those of the project: no other has anything to compare with, and its grammar need not be loaded."""
    named = store.rows("SELECT DISTINCT language FROM files WHERE language != ''")
    return [BY_NAME[name] for (name,) in named if name in BY_NAME]
