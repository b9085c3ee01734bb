"""What a pattern finds in a project: definitions by their name, those that serve its words, and matching lines."""

import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from backend_developer.contract import CallFailed
from backend_developer.workspace.index.languages import BY_NAME
from backend_developer.workspace.index.mounts import addressed, resolved
from backend_developer.workspace.index.records import Hit, Pair, Wanted
from backend_developer.workspace.index.rows import Row, select
from backend_developer.workspace.index.search import similar
from backend_developer.workspace.index.store import Store
from backend_developer.workspace.lines import LineSearch, compile_pattern

logger = logging.getLogger(__name__)

SERVING = 10
LINE_CHARS = 160
COUNTED = 5_000
"""Matching lines after which counting stops."""

_TYPE = re.compile(r"\s--?t(?:ype)?[= ]+['\"]?([\w#+]+)['\"]?\s*$")
_META = re.compile(r"[\\^$.?*+()\[\]{}]")
_ALIASES = {"js": "javascript", "ts": "typescript", "py": "python", "golang": "go", "rs": "rust", "c#": "csharp"}


@dataclass(frozen=True, slots=True)
class Pattern:
    """A query, understood."""

    text: str
    expression: re.Pattern[str]
    suffixes: tuple[str, ...]
    """Empty for all files."""

    def takes(self, path: str) -> bool:
        """Whether a file is of the type that is asked for."""
        return not self.suffixes or path.endswith(self.suffixes)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of what is found is taken along."""

    definitions: int
    lines: int
    lines_of_a_file: int


@dataclass(frozen=True, slots=True)
class Line:
    """A line that matches."""

    path: str
    line: int
    text: str


@dataclass(slots=True)
class Matches:
    """Lines that match: those within the limits, and how many there are."""

    shown: list[Line] = field(default_factory=list)
    lines: int = 0
    files: int = 0


@dataclass(frozen=True, slots=True)
class Finds:
    """All that a pattern finds."""

    definitions: list[Hit]
    """By their name: whole names first, product code before tests."""
    defined: int
    """How many definitions there are."""
    serving: list[Hit]
    """By their purpose, or by names that come near alternatives; for plain words only."""
    matches: Matches


def understand(query: str, type: str | None) -> Pattern:  # noqa: A002 - the tool's own parameter
    """Read a query in any of the forms that people and models write."""
    text = query.strip().removeprefix("code-index ").strip()
    if found := _TYPE.search(text):
        type, text = type or found[1], text[: found.start()].strip()  # noqa: A001 - as above
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        text = text[1:-1]
    text = text.replace("\\|", "|").strip("| ")
    return Pattern(text, _expression(text), _suffixes(type))


def look_up(store: Store, root: Path, pattern: Pattern, limits: Limits) -> Finds:
    """All that a pattern finds, within the limits."""
    named = _named(store, pattern)
    serving = _serving(store, pattern, {(row.path, row.line) for row in named})
    paths = store.rows("SELECT path FROM files ORDER BY code DESC, path")
    matches = _matches(root, (path for (path,) in paths if pattern.takes(path)), pattern.expression, limits)
    hits = [row.hit(1.0, "its name matches") for row in named[: limits.definitions]]
    return Finds(hits, len(named), serving, matches)


def concerned(pairs: Iterable[Pair], pattern: Pattern) -> list[Pair]:
    """Of near-copies, those of which one has a name or a path that matches."""
    search = pattern.expression.search
    return [
        pair
        for pair in pairs
        if any(pattern.takes(one.path) and (search(one.name) or search(one.path)) for one in (pair.first, pair.second))
    ]


def _expression(text: str) -> re.Pattern[str]:
    try:
        return compile_pattern(text, re.IGNORECASE)
    except CallFailed as error:
        logger.debug("taken literally: %s", error)
    return re.compile("|".join(re.escape(one) for one in text.split("|")), re.IGNORECASE)


def _suffixes(kind: str | None) -> tuple[str, ...]:
    if not kind:
        return ()
    kind = kind.casefold().lstrip("*.")
    language = BY_NAME.get(_ALIASES.get(kind, kind))
    return language.suffixes if language else (f".{kind}",)


def _named(store: Store, pattern: Pattern) -> list[Row]:
    search, whole = pattern.expression.search, pattern.expression.fullmatch
    rows = [
        row for row in resolved(store, select(store, "kind != 'file'")) if search(row.name) and pattern.takes(row.path)
    ]
    return sorted(rows, key=lambda row: (not row.code, not whole(row.name), row.path, row.line))


def _serving(store: Store, pattern: Pattern, named: set[tuple[str, int]]) -> list[Hit]:
    if _META.search(pattern.text):
        return []
    guesses = tuple(pattern.text.split("|"))
    wanted = Wanted(pattern.text) if len(guesses) == 1 else Wanted("", guesses)
    hits = addressed(store, similar(store, wanted, limit=3 * SERVING))
    return [hit for hit in hits if (hit.path, hit.line) not in named and pattern.takes(hit.path)][:SERVING]


def _matches(root: Path, paths: Iterable[str], expression: re.Pattern[str], limits: Limits) -> Matches:
    found = Matches()
    search = LineSearch(root, expression)
    for path in paths:
        hits = list(search.hits(path))
        if hits:
            found.files += 1
            found.lines += len(hits)
            room = min(limits.lines_of_a_file, limits.lines - len(found.shown))
            found.shown += [Line(path, hit.line, hit.text[:LINE_CHARS]) for hit in hits[:room]]
        if found.lines > COUNTED:
            break
    return found
