"""The rule on near-copies: a new function that the project already has is named with the one to call."""

import logging
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from itertools import chain
from typing import Literal

from backend_developer.contract import Finding
from backend_developer.nodes.gates.house_rules.change import Change
from backend_developer.workspace.index import Hit, Pair
from backend_developer.workspace.index.sources import defined_in, to_utf8

logger = logging.getLogger(__name__)

Level = Literal["warning", "error"]
_Place = tuple[str, int]

_NAMELESS = "default"
"""What a function without a name is called that JavaScript exports: it need not stand in the text."""


class _Before:
    """What the changed files were, as far as it tells a new function from an old one."""

    def __init__(self, changes: Collection[Change]) -> None:
        self._changes: Mapping[str, Change] = {change.path: change for change in changes}
        self._names: dict[str, frozenset[str]] = {}

    def is_new(self, hit: Hit) -> bool:
        """Whether the task wrote a function: neither its name nor, from where it may have moved, its text is old."""
        change = self._changes.get(hit.path)
        if change is None or change.after is None:
            return False
        block = _lines(change.after)[hit.line - 1 : hit.end_line]
        # Mostly it is an old one of its own file, which takes no parsing to tell.
        if _holds(_lines(change.before or b""), block):
            return False
        return not self._had(change, hit) and block not in self

    def __contains__(self, block: Sequence[bytes]) -> bool:
        return self._lines.issuperset(block) and _whole(block) in self._text

    def _had(self, change: Change, hit: Hit) -> bool:
        """Whether a file defined a function of this name. It is only parsed where the name stands in it."""
        own = hit.name.rpartition(".")[2]
        if own.isidentifier() and own != _NAMELESS and own.encode() not in (to_utf8(change.before or b"") or b""):
            return False
        return hit.name in self._named(change)

    @cached_property
    def _lines(self) -> frozenset[bytes]:
        olds = (change.before for change in self._changes.values() if change.before is not None)
        return frozenset(chain.from_iterable(map(_lines, olds)))

    @cached_property
    def _text(self) -> bytes:
        olds = (change.before for change in self._changes.values() if change.before is not None)
        return b"\n".join(_whole(_lines(old)) for old in olds)

    def _named(self, change: Change) -> frozenset[str]:
        if change.path not in self._names:
            self._names[change.path] = frozenset(defined_in(change.path, change.before or b""))
        return self._names[change.path]


def check_duplicates(
    pairs: Sequence[Pair], changes: Collection[Change], judged: Collection[str], level: Level
) -> list[Finding]:
    """Judge the near-copies that the index found around the changed files; `judged` are the paths of those that count.

    Old copies are left alone. A function is told once, with an old one that it is like where there is one.
    """
    before = _Before(changes)
    news = {
        _place(hit) for pair in pairs for hit in (pair.first, pair.second) if hit.path in judged and before.is_new(hit)
    }
    found: dict[_Place, Finding] = {}
    for pair in sorted(pairs, key=lambda pair: news.issuperset(_places(pair))):
        first_is_new = _place(pair.first) in news
        copy, original = (pair.first, pair.second) if first_is_new else (pair.second, pair.first)
        if _place(copy) in news and _place(copy) not in found and _place(original) not in found:
            found[_place(copy)] = _finding(copy, original, pair.similarity, level)
    logger.info("pairs=%d findings=%d", len(pairs), len(found))
    return list(found.values())


def _places(pair: Pair) -> tuple[_Place, _Place]:
    return _place(pair.first), _place(pair.second)


def _place(hit: Hit) -> _Place:
    return hit.path, hit.line


def _finding(copy: Hit, original: Hit, similarity: float, level: Level) -> Finding:
    return Finding(
        source="house_rules",
        code="near-copy",
        message=f"{copy.name} has {similarity:.0%} of the shape of {original.name} in {original.path}:{original.line}: "
        "call that one, or move what both need to one place",
        file=copy.path,
        line=copy.line,
        level=level,
    )


def _holds(lines: Sequence[bytes], block: Sequence[bytes]) -> bool:
    return _whole(block) in _whole(lines)


def _whole(lines: Sequence[bytes]) -> bytes:
    """Lines as a text in which whole lines can be looked for."""
    return b"\n%b\n" % b"\n".join(lines)


def _lines(text: bytes) -> list[bytes]:
    """Lines without their indentation, which a move may change."""
    return [line.strip() for line in text.split(b"\n")]
