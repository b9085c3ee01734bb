"""Documentation that stands in comments above a definition, in the languages that write it there."""

import re
from collections.abc import Iterator

_LINES = re.compile(r"^(?://[/!]?|--|#)")
_STARS = re.compile(r"^[ \t]*\*+(?!/)[ \t]?", re.MULTILINE)
_TAGS = re.compile(r"</?(?:summary|remarks|para|see|c|code|inheritdoc)\b[^>]*>")
_DIRECTIVE = re.compile(r"^(?:go:\w+|eslint-|@ts-|nolint|SPDX-|!/|\+build)")
_TAG = re.compile(r"^\s*(?:@\w+|<(?:param|returns|exception)\b)", re.MULTILINE)
_LEADING = re.compile(rb"\s*(?:#![^\n]*\n\s*)?(?:/\*([\s\S]*?)\*/[ \t\r]*\n?|((?:[ \t]*(?://|--)[^\n]*\n)+))")
_FILE_FOLLOWS = re.compile(rb"[ \t\r]*(?:\n|$|package |import |using |use |[\"']use strict)")
_LICENCE = re.compile(r"copyright|licen[sc]e|SPDX", re.IGNORECASE)
LINES = 40
"""Lines of a comment that are looked at."""


def above(source: bytes, position: int, limit: int) -> str:
    """First paragraph of the comment that ends right above a position; empty where there is none."""
    end = _end_before(source, position)
    if source.endswith(b"*/", 0, end):
        opened = source.rfind(b"/*", 0, end)
        return _prose(source[opened + 2 : end - 2].decode("utf-8", "replace"), limit) if opened >= 0 else ""
    return _prose("\n".join(text for _, text in reversed(list(_comment_lines(source, end)))), limit)


def beginning(source: bytes, position: int) -> int:
    """Where the comment starts that ends right above a position; the position itself where there is none."""
    end = _end_before(source, position)
    if source.endswith(b"*/", 0, end):
        return max(source.rfind(b"/*", 0, end), 0)
    return min((start for start, _ in _comment_lines(source, end)), default=position)


def first(source: bytes, limit: int) -> str:
    """First paragraph of the comment that a file begins with; empty where it is a licence or about what follows."""
    found = _LEADING.match(source)
    if not found:
        return ""
    raw = found[1] if found[1] is not None else found[2]
    if not raw.lstrip().startswith(b"//!") and not _FILE_FOLLOWS.match(source, found.end()):
        return ""
    lines = [_LINES.sub("", line.strip()) for line in raw.decode("utf-8", "replace").split("\n")]
    prose = _prose("\n".join(lines), limit)
    return "" if _LICENCE.search(prose) else prose


def _end_before(source: bytes, position: int) -> int:
    """The end of what stands before a position on lines of its own, no empty line between; 0 where there is nothing."""
    start = source.rfind(b"\n", 0, position) + 1
    if start != position and not source[start:position].isspace():
        return 0
    end = start
    while end and source[end - 1] in b" \t\r\n":
        end -= 1
    return end if source.count(b"\n", end, start) <= 1 else 0


def _comment_lines(source: bytes, end: int) -> Iterator[tuple[int, str]]:
    """The lines of a comment that ends at a place, the last first: where each starts, and what it says."""
    for _ in range(LINES):
        start = source.rfind(b"\n", 0, max(end, 0)) + 1
        line = source[start:end].decode("utf-8", "replace").strip() if end > 0 else ""
        mark = _LINES.match(line)
        if not mark or line.startswith(("#[", "#!")):
            return
        yield start, line[mark.end() :]
        end = start - 1


def _prose(text: str, limit: int) -> str:
    text = _TAGS.sub(" ", _STARS.sub("", text))
    if tag := _TAG.search(text):
        text = text[: tag.start()]
    lines = [line.strip() for line in text.split("\n")]
    kept = "\n".join(line for line in lines if not _DIRECTIVE.match(line)).strip()
    return " ".join(re.split(r"\n\s*\n", kept)[0].split())[:limit]
