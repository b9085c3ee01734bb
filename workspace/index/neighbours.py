"""Definitions of nearly the same shape, found without comparing each with each."""

import logging
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from itertools import chain, combinations

from backend_developer.workspace.index.fingerprint import BANDS, KEPT, Sketch, similarity, sketch
from backend_developer.workspace.index.languages.base import Language
from backend_developer.workspace.index.records import Hit, Pair
from backend_developer.workspace.index.rows import SOME, Row, by_number
from backend_developer.workspace.index.store import Store, marks

logger = logging.getLogger(__name__)

CROWD = 40
"""A hash that more definitions share is a habit of the language, and says nothing about two of them."""
SHARED = 2
"""Smallest hashes that a pair must share: on Django every pair over `SAME_SHAPE` shares five or more of the ten."""
SAME_SHAPE = 0.75
"""Share of shape above which two functions may be copies."""
SAME_WORDS = 0.5
"""Share of words that two functions of one shape must have in common to count as copies."""
MANDATED_WORDS = 0.9
"""The same for pairs that something else than copying makes alike: an interface, or a convention of the project."""
CONVENTION = 12
"""A hash that more definitions share, tells of a way to write things here, and not of a copy."""
EXACT_SHAPE = 0.95
"""Share of shape above which two long functions are copies whatever their words are."""
LEAST = 36
"""Hashes in a fingerprint below which two functions look alike by nature: about three statements."""


def sketch_of(language: Language, source: bytes) -> Sketch:
    """The fingerprint of a function's text; empty where it is too short."""
    return sketch(language.blinder.blind(language.blinder.tokens(source))) or ()


def near(store: Store, shape: Sketch) -> list[tuple[int, float]]:
    """Definitions that share one of the smallest hashes with a fingerprint, and how similar they are."""
    numbers: set[int] = set()
    for value in shape[:BANDS]:
        found = store.rows("SELECT definition FROM bands WHERE hash = ? LIMIT ?", (value, CROWD + 1))
        if len(found) <= CROWD:
            numbers.update(number for (number,) in found)
    return [(number, similarity(shape, store.sketch(number))) for number in sorted(numbers)]


def duplicates(store: Store, paths: Collection[str] | None = None) -> list[Pair]:
    """Near-copies, the most similar first: in the whole project, or between the given files and all.

    With `paths`, `first` is the one in these files. Of copies within copies only the outer are named.
    """
    sketches = store.sketches()
    pairs = _candidates(sketches, None if paths is None else _defined_in(store, paths))
    long = ((one, two) for one, two in pairs if min(len(sketches[one]), len(sketches[two])) >= LEAST)
    compared = ((one, two, similarity(sketches[one], sketches[two])) for one, two in long)
    alike = [found for found in compared if found[2] >= SAME_SHAPE]
    numbers = {number for one, two, _ in alike for number in (one, two)}
    rows, words = by_number(store, numbers), _words(store, numbers)
    conventional = _conventional(sketches)
    answers = []
    for one, two, share in alike:
        common = _overlap(words[one], words[two])
        shape = conventional.intersection(sketches[one], sketches[two])
        convention = 2 * len(shape) > len(set(sketches[one]).intersection(sketches[two]))
        least = MANDATED_WORDS if convention or _one_interface(rows[one], rows[two]) else SAME_WORDS
        if common >= least or (share >= EXACT_SHAPE and len(sketches[one]) == KEPT):
            answers.append(_pair(rows[one], rows[two], share, common, paths))
    logger.debug("%d near-copies among %d candidate pairs", len(answers), len(pairs))
    return sorted(answers, key=_order)


def _pair(one: Row, two: Row, share: float, common: float, paths: Collection[str] | None) -> Pair:
    why = f"{share:.0%} of the shape and {common:.0%} of the words are the same"
    first, second = sorted((one.hit(share, why), two.hit(share, why)), key=_place)
    if paths is not None and second.path in paths and first.path not in paths:
        first, second = second, first
    return Pair(first, second, round(share, 3))


def _conventional(sketches: dict[int, Sketch]) -> set[int]:
    """The hashes that many definitions share."""
    counts = Counter(chain.from_iterable(sketches.values()))
    return {value for value, count in counts.items() if count > CONVENTION}


def _one_interface(one: Row, two: Row) -> bool:
    """Whether two methods have one name in two classes: an interface then gives them their parameters and answer."""
    return one.name == two.name and bool(one.scope and two.scope) and (one.scope, one.path) != (two.scope, two.path)


def _candidates(sketches: Mapping[int, Sketch], mine: Collection[int] | None) -> list[tuple[int, int]]:
    """Pairs that share enough of their smallest hashes to be worth a comparison; one of each is `mine`."""
    buckets: dict[int, list[int]] = defaultdict(list)
    for number in sorted(sketches):
        for value in sketches[number][:BANDS]:
            buckets[value].append(number)
    some = None if mine is None else frozenset(mine)
    pairs: Counter[tuple[int, int]] = Counter()
    for bucket in buckets.values():
        if 1 < len(bucket) <= CROWD and (some is None or not some.isdisjoint(bucket)):
            pairs.update(combinations(bucket, 2))
    shared = (pair for pair, count in pairs.items() if count >= SHARED)
    return sorted(pair for pair in shared if some is None or not some.isdisjoint(pair))


def _defined_in(store: Store, paths: Iterable[str]) -> set[int]:
    wanted = sorted(paths)
    found: set[int] = set()
    for start in range(0, len(wanted), SOME):
        some = wanted[start : start + SOME]
        sql = f"SELECT definitions.id FROM definitions JOIN files ON files.id = file WHERE path IN ({marks(some)})"  # noqa: S608 - no value in it
        found.update(number for (number,) in store.rows(sql, some))
    return found


def _words(store: Store, numbers: Collection[int]) -> dict[int, frozenset[str]]:
    sql = "SELECT body FROM words WHERE rowid = ?"
    return {number: frozenset(store.rows(sql, (number,))[0][0].split()) for number in numbers}


def _overlap(one: frozenset[str], two: frozenset[str]) -> float:
    return len(one & two) / len(one | two) if one or two else 1.0


def _place(hit: Hit) -> tuple[str, int]:
    return hit.path, hit.line


def _order(pair: Pair) -> tuple[float, tuple[str, int], tuple[str, int]]:
    return -pair.similarity, _place(pair.first), _place(pair.second)
