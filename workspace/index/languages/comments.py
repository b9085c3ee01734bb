"""Documentation that stands in comments above a definition, in the languages that write it there."""

import re

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
    start = source.rfind(b"\n", 0, position) + 1
    before = source[:start].rstrip(b" \t\r\n") if source[start:position].isspace() or start == position else b""
    gap = source[len(before) : start]
    if not before or gap.count(b"\n") > 1:
        return ""
    if before.endswith(b"*/"):
        opened = before.rfind(b"/*")
        return _prose(before[opened + 2 : -2].decode("utf-8", "replace"), limit) if opened >= 0 else ""
    return _prose("\n".join(_comment_lines(before)), limit)


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


def _comment_lines(before: bytes) -> list[str]:
    lines: list[str] = []
    end = len(before)
    while end > 0 and len(lines) < LINES:
        start = before.rfind(b"\n", 0, end) + 1
        line = before[start:end].decode("utf-8", "replace").strip()
        mark = _LINES.match(line)
        if not mark or line.startswith(("#[", "#!")):
            break
        lines.append(line[mark.end() :])
        end = start - 1
    return lines[::-1]


def _prose(text: str, limit: int) -> str:
    text = _TAGS.sub(" ", _STARS.sub("", text))
    if tag := _TAG.search(text):
        text = text[: tag.start()]
    lines = [line.strip() for line in text.split("\n")]
    kept = "\n".join(line for line in lines if not _DIRECTIVE.match(line)).strip()
    return " ".join(re.split(r"\n\s*\n", kept)[0].split())[:limit]
