"""The tool `code_index`: definitions and lines for a pattern, as readable text.

It answers calls of the form `code-index "create\\|update\\|delete" --type py`.
"""

import logging
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from backend_developer.workspace.index.index import CodeIndex
from backend_developer.workspace.index.languages import BY_NAME
from backend_developer.workspace.index.records import Hit
from backend_developer.workspace.index.rows import Row, select
from backend_developer.workspace.index.search import similar
from backend_developer.workspace.index.store import Store

logger = logging.getLogger(__name__)

DEFINITIONS = 30
LINES = 40
LINES_OF_A_FILE = 6
LINE_CHARS = 160
DOC_CHARS = 80
COUNTED = 5_000
"""Matching lines after which counting stops."""

_TYPE = re.compile(r"\s--?t(?:ype)?[= ]+['\"]?([\w#+]+)['\"]?\s*$")
_EXPLODES = re.compile(r"\([^()]*[+*}][^()]*\)\s*[+*{]")
_META = re.compile(r"[\\^$.|?*+()\[\]{}]")
_SUFFIXES: dict[str, tuple[str, ...]] = {
    "js": (".js", ".jsx", ".mjs", ".cjs"),
    "ts": (".ts", ".tsx", ".mts", ".cts"),
    "py": (".py", ".pyi"),
    "rust": (".rs",),
    "csharp": (".cs",),
    "c#": (".cs",),
    "javascript": (".js", ".jsx", ".mjs", ".cjs"),
    "typescript": (".ts", ".tsx", ".mts", ".cts"),
}


@dataclass(frozen=True, slots=True)
class Pattern:
    """A query, understood."""

    text: str
    expression: re.Pattern[str]
    suffixes: tuple[str, ...]
    """Empty for all files."""


@dataclass(slots=True)
class Matches:
    """Lines that match."""

    shown: list[str] = field(default_factory=list)
    lines: int = 0
    files: int = 0


async def code_index(index: CodeIndex, query: str, type: str | None = None) -> str:  # noqa: A002 - the tool's own parameter
    """Definitions whose name matches, those that serve the words, and matching lines; each with path and line.

    Alternatives are parted by `|` or `\\|`; what is no regular expression is taken literally. Case is ignored.
    """
    pattern = understand(query, type)
    if not pattern.text:
        return "The query is empty: give words or a pattern, such as `create|update|delete`."
    answer = await index.ask(lambda store: _answer(store, index.root, pattern))
    logger.info("%r of type %s: %d characters", pattern.text, type, len(answer))
    return answer


def understand(query: str, type: str | None) -> Pattern:  # noqa: A002 - as above
    """Read a query in any of the forms that people and models write."""
    text = query.strip().removeprefix("code-index ").strip()
    if found := _TYPE.search(text):
        type, text = type or found[1], text[: found.start()].strip()  # noqa: A001 - as above
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        text = text[1:-1]
    text = text.replace("\\|", "|").strip("| ")
    return Pattern(text, _expression(text), _suffixes(type))


def _expression(text: str) -> re.Pattern[str]:
    if not _EXPLODES.search(text):
        try:
            return re.compile(text, re.IGNORECASE)
        except (re.error, OverflowError, RecursionError):
            logger.debug("%r is no regular expression, taken literally", text)
    return re.compile("|".join(re.escape(one) for one in text.split("|")), re.IGNORECASE)


def _suffixes(kind: str | None) -> tuple[str, ...]:
    if not kind:
        return ()
    kind = kind.casefold().lstrip("*.")
    language = BY_NAME.get(kind)
    return language.suffixes if language else _SUFFIXES.get(kind, (f".{kind}",))


def _answer(store: Store, root: Path, pattern: Pattern) -> str:
    named = _named(store, pattern)
    serving = [] if _META.search(pattern.text) else _serving(store, pattern, {(row.path, row.line) for row in named})
    paths = store.rows("SELECT path FROM files ORDER BY code DESC, path")
    matches = _matches(root, (path for (path,) in paths if _of_type(path, pattern)), pattern.expression)
    sections = [
        _section("Definitions", [_row(row) for row in named[:DEFINITIONS]], len(named)),
        _section("Serving these words", [_hit(one) for one in serving], len(serving)),
        _section(f"Lines in {matches.files} files", matches.shown, matches.lines),
    ]
    return "\n\n".join(filter(None, sections)) or f"Nothing matches {pattern.text!r}."


def _named(store: Store, pattern: Pattern) -> list[Row]:
    """Definitions whose name matches: whole names first, product code before tests."""
    search, whole = pattern.expression.search, pattern.expression.fullmatch
    rows = [row for row in select(store, "kind != 'file'") if search(row.name) and _of_type(row.path, pattern)]
    return sorted(rows, key=lambda row: (not row.code, not whole(row.name), row.path, row.line))


def _serving(store: Store, pattern: Pattern, named: set[tuple[str, int]]) -> list[Hit]:
    hits = similar(store, pattern.text, limit=DEFINITIONS)
    return [hit for hit in hits if (hit.path, hit.line) not in named and _of_type(hit.path, pattern)][:10]


def _of_type(path: str, pattern: Pattern) -> bool:
    return not pattern.suffixes or path.endswith(pattern.suffixes)


def _matches(root: Path, paths: Iterable[str], expression: re.Pattern[str]) -> Matches:
    found = Matches()
    for path in paths:
        lines = list(_matching_lines(root / path, expression))
        if lines:
            found.files += 1
            found.lines += len(lines)
            room = min(LINES_OF_A_FILE, LINES - len(found.shown))
            found.shown += [f"{path}:{number}: {line.strip()[:LINE_CHARS]}" for number, line in lines[:room]]
        if found.lines > COUNTED:
            break
    return found


def _matching_lines(file: Path, expression: re.Pattern[str]) -> Iterator[tuple[int, str]]:
    try:
        text = file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return
    if expression.search(text) is None:
        return
    for number, line in enumerate(text.split("\n"), start=1):
        if expression.search(line[:1_000]):
            yield number, line


def _row(row: Row) -> str:
    scope = f" in {row.scope}" if row.scope and row.kind != "route" else ""
    shown = f"{row.detail} {row.name} -> {row.scope}" if row.kind == "route" else row.signature
    return f"{row.path}:{row.line} {_label(row.kind)}{shown}{scope}{f' - {row.doc[:DOC_CHARS]}' if row.doc else ''}"


def _hit(hit: Hit) -> str:
    shown = hit.name if hit.kind == "route" else hit.signature
    return f"{hit.path}:{hit.line} {_label(hit.kind)}{shown} ({hit.why})"


def _label(kind: str) -> str:
    """The kind, where the signature does not tell it."""
    return "" if kind in {"function", "method", "class"} else f"{kind} "


def _section(title: str, lines: list[str], total: int) -> str:
    if not lines:
        return ""
    count = f"{len(lines)} of {total}" if total > len(lines) else str(total)
    return "\n".join([f"{title} ({count})", *lines])
