"""From a need, in words or in code, to the definitions that serve it."""

import logging
import math
import re
from collections.abc import Collection, Mapping, Sequence, Set
from heapq import nsmallest
from typing import Any, NamedTuple

from backend_developer.workspace.index import neighbours
from backend_developer.workspace.index.guesses import Guessed, guessed
from backend_developer.workspace.index.languages import BY_NAME
from backend_developer.workspace.index.languages.base import Language
from backend_developer.workspace.index.meaning import Meaning
from backend_developer.workspace.index.records import Hit, Wanted
from backend_developer.workspace.index.rows import Row, by_number
from backend_developer.workspace.index.store import Store, marks
from backend_developer.workspace.index.terms import ALTERNATIVE, Term, terms

logger = logging.getLogger(__name__)

CANDIDATES = 80
"""Definitions that are judged by all their words, or more where more are asked for."""
LEAST = 0.2
"""Score that a definition must have to be named at all."""
ALIKE = 0.5
"""Share of shape that given code and a definition must have in common."""

STEEP = 2.5
"""How soon the score that is told comes near 1: a name that meets the whole need is told as 0.92."""
UNHEARD = 0.4
"""What a common word weighs that the project does not have at all, beside any other."""
FOREIGN = 0.4
"""What a need costs of which the project has no word, in part where it lacks a part: that speaks for no counterpart."""
_PLACES = {"name": 1.0, "doc": 0.9, "scope": 0.7, "body": 0.3}
"""What a word is worth by the best place where it stands."""
_BEST = 0.6
"""Part of the score that comes from the best places; the rest adds up over all of them."""
_BESIDE = {"name": 0.4, "doc": 0.15, "scope": 0.25, "body": 0.15}
"""What a word adds by each place where it stands. Rounded from a fit over eleven projects."""

NEAR = 0.2
"""Part of the score that comes from the nearness in meaning of the need and the name, where words differ."""

NAMED = 0.55
"""Part of the score that comes from the names that a need gives, where it gives any."""
TOLD = 0.25
"""And from its words, which are the whole score without names. Both by trying on the half that is tuned on."""

_KINDS = {"class": 0.1, "model": 0.1, "method": 0.07, "file": 0.2}
"""What a definition is worth less than a function: that alone can be called as it is."""
PRIVATE = 0.1
"""What a definition is worth less that its file keeps to itself."""
SPECIAL = 0.13
"""The same for a method that the language calls, not a person."""
ASIDE = 0.11
"""The same for what only shows or helps to try the product."""
_ASIDE = re.compile(r"(^|/)(examples?|docs?|tests?|testing|benchmarks?|scripts?|types|demo)/|\.d\.ts$")


class _Columns(NamedTuple):
    """The words of a definition by where they stand, the place that counts most first."""

    name: Set[str]
    doc: Set[str]
    scope: Set[str]
    body: Set[str]


class _Need(NamedTuple):
    """The terms of a need as one project sees them."""

    weights: Mapping[Term, float]
    """How rare each is."""
    words: frozenset[str]
    """All that can meet any term."""
    foreign: float
    """Share of the weight whose words the project does not have."""
    meaning: Meaning


class Found(NamedTuple):
    """A definition with its score and the reason for it."""

    definition: int
    score: float
    why: str
    shape: bool = False
    """Whether it was found by its shape, and the score is the share of it."""


def similar(
    store: Store,
    wanted: Wanted,
    kinds: Collection[str] | None = None,
    language: str | None = None,
    limit: int = 10,
    least: float = LEAST,
) -> list[Hit]:
    """The best hits, best first; none where nothing in the project comes near the need by `least`."""
    found = [*_by_shape(store, wanted.text), *_by_words(store, wanted, max(CANDIDATES, limit), least)]
    rows = by_number(store, {one.definition for one in found})
    hits = [
        row.hit(worth if one.shape else _told(worth), one.why)
        for one in found
        if (worth := one.score - _cost(row := rows[one.definition])) >= least and language in {None, row.language}
    ]
    best: dict[tuple[str, int], Hit] = {}
    for hit in sorted(hits, key=lambda hit: (-hit.score, hit.path, hit.line)):
        if kinds is None or hit.kind in kinds:
            best.setdefault((hit.path, hit.line), hit)
    logger.debug("%d of %d candidates for %r", len(best), len(found), wanted.text[:80])
    return list(best.values())[:limit]


def _told(worth: float) -> float:
    """What is told of a worth, which has no upper end: below 1, where two are all the nearer the better they are."""
    return 1 - math.exp(-STEEP * worth)


def _cost(row: Row) -> float:
    """What a definition is worth less for what it is and for where it stands."""
    cost = _KINDS.get(row.kind, 0.0) + (ASIDE if _ASIDE.search(row.path) else 0.0)
    if row.name.startswith("__"):
        return cost + SPECIAL
    return cost + (PRIVATE if row.name.startswith("_") else 0.0)


def _by_words(store: Store, wanted: Wanted, candidates: int, least: float) -> list[Found]:
    """Definitions by their words, and where names are given by these too."""
    need, scores = _weigh(store, terms(wanted.text))
    near = guessed(store, wanted.names, candidates) if wanted.names else {}
    likely = {row for _, row in nsmallest(candidates, ((-score, row) for row, score in scores.items()))} | set(near)
    judged = [
        _judge(number, _Columns(*(frozenset(one.split()) for one in columns)), need)
        for number, *columns in _columns(store, sorted(likely))
    ]
    if wanted.names:
        judged = [_with_names(one, near.get(one.definition)) for one in judged]
    return [one for one in judged if one.score >= least]


def _columns(store: Store, numbers: Sequence[int]) -> list[tuple[Any, ...]]:
    sql = f"SELECT rowid, name, doc, scope, body FROM words WHERE rowid IN ({marks(numbers)})"  # noqa: S608 - marks only
    return store.rows(sql, numbers)


def _with_names(one: Found, near: Guessed | None) -> Found:
    score = TOLD * one.score
    if near is None:
        return one._replace(score=score)
    named = f"named like {near.name}"
    return one._replace(score=score + NAMED * near.closeness, why=f"{named}; {one.why}" if one.why else named)


def _weigh(store: Store, wanted: Sequence[Term]) -> tuple[_Need, dict[int, float]]:
    """The terms as the project sees them, and a first score of each definition that has any of them."""
    total = store.rows("SELECT COUNT(*) FROM words_docsize")[0][0]
    weights: dict[Term, float] = {}
    scores: dict[int, float] = {}
    foreign = 0.0
    for term in wanted:
        head, body = _having(store, "{name scope doc}", term.match()), _having(store, "body", f'"{term.stem}"')
        weight = math.log1p(total / (1 + max(len(head), len(body))))
        weights[term] = weight = weight if head or body or not term.common else weight * UNHEARD
        foreign += 0.0 if body or _having(store, "{name scope doc}", f'"{term.stem}"') else weight
        for row in head:
            scores[row] = scores.get(row, 0.0) + weight
        for row in body - head:
            scores[row] = scores.get(row, 0.0) + weight * _PLACES["body"]
    words = frozenset(word for term in weights for word in (term.stem, *term.alternatives))
    share = foreign / (sum(weights.values()) or 1.0)
    return _Need(weights, words, share, Meaning(term.stem for term in weights)), scores


def _having(store: Store, columns: str, match: str) -> set[int]:
    return {row for (row,) in store.rows("SELECT rowid FROM words WHERE words MATCH ?", (f"{columns} : ({match})",))}


def _judge(definition: int, columns: _Columns, need: _Need) -> Found:
    """How much of the need the definition meets, in the best places and in all of them."""
    best = beside = 0.0
    reasons: dict[str, list[str]] = {}
    taken = {term.stem for term in need.weights}
    standing = zip(_Columns._fields, columns, strict=True)
    places = [(place, known) for place, words in standing if (known := words & need.words)]
    for term, weight in need.weights.items():
        worth, where, word = 0.0, "", ""
        for place, words in places:
            share, mine = _meet(term, words, taken)
            if share:
                beside += weight * share * _BESIDE[place]
                if share * _PLACES[place] > worth:
                    worth, where, word = share * _PLACES[place], place, mine
        if where:
            best += weight * worth
            reasons.setdefault(where, []).append(term.said)
            taken.add(word)
    score = (_BEST * best + beside) / (sum(need.weights.values()) or 1.0) - FOREIGN * need.foreign
    if score + NEAR >= LEAST:
        score += NEAR * need.meaning.nearness(columns.name, columns.scope)
    why = "; ".join(f"{where}: {', '.join(said)}" for where, said in reasons.items())
    return Found(definition, score, why)


def _meet(term: Term, words: Set[str], taken: Set[str]) -> tuple[float, str]:
    """How well the words of a place meet a term, and the word that does.

    A word that is meant by another term, or meets it, is no synonym of this one: `count` is not both amount and money.
    """
    if term.stem in words:
        return 1.0, term.stem
    others = term.alternatives & words
    others = others and others - taken
    return (ALTERNATIVE, min(others)) if others else (0.0, "")


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
                    Found(number, share, f"{share:.0%} of the shape of {definition.name}", shape=True)
                    for number, share in neighbours.near(store, shape)
                    if share >= ALIKE
                ]
    return found


def _languages(store: Store) -> list[Language]:
    """Those of the project: no other has anything to compare with, and its grammar need not be loaded."""
    named = store.rows("SELECT DISTINCT language FROM files WHERE language != ''")
    return [BY_NAME[name] for (name,) in named if name in BY_NAME]
