"""Python's functions and classes told by lines and indentation, for files of which nothing else is wanted: tests.

Two thirds of Django's sources are tests, and a parser reads each of their expressions, only to tell where definitions
begin and end. Here no more than their heads is read. Where a file leaves a doubt, the answer is none, and the parser
is to be asked. Measured on 20,825 files (CPython 3.11 with its tests, Django 5.2, installed packages): a tenth leaves a
doubt; of 283,762 definitions in the others all are the parser's, but for last lines in 13 files, most of which have
oddly indented comments.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

_TRIPLE = re.compile(rb"\"\"\"|'''")
_PLAIN = re.compile(rb"(?:[^\"'#\n]+|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*')*")
"""What may stand before a string on its line, where it is neither in a comment nor in another string."""
_COMMENT_GOES_ON = re.compile(rb"#[^\n]*\\\n")
_OPENING = re.compile(rb"\n( *)(?:@\w|(?:(?:async +)?def|(class)) +([\w\x80-\xff]+))")
_SIMPLE_HEAD = re.compile(rb" *(?:\([^()\[\]{}\"'#:]*\))? *(?:->[^()\[\]{}\"'#:\n]*)?:")
_HEAD_TOKEN = re.compile(
    rb"#[^\n]*|\"\"\"[\s\S]*?\"\"\"|'''[\s\S]*?'''|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|[()\[\]{}:]"
)
_BEFORE_BODY = re.compile(rb"(?: *(?:#[^\n]*)?\n)* *")
_STATEMENT = re.compile(rb"[A-Za-z_@\x80-\xff]")


class Head(NamedTuple):
    """A definition by its places in the file, in bytes; lines count from 1."""

    is_class: bool
    start: int
    name_start: int
    name_end: int
    body: int
    """Where its first statement begins."""
    end: int
    line: int
    end_line: int
    column: int
    """The indentation of its body."""


class Nested(NamedTuple):
    """A definition among others, in the order of the file."""

    head: Head
    depth: int
    """How many definitions stand around it."""
    decorated_from: int
    """Where its decorators begin; -1 where it has none."""


@dataclass(slots=True)
class _Open:
    """A definition whose end is looked for, by its places in the text that is read."""

    is_class: bool
    indent: int
    start: int
    name: tuple[int, int]
    body: int
    column: int
    depth: int
    decorated_from: int
    end: int = -1


class _DoubtError(Exception):
    """Only a parser can tell."""


def outline(source: bytes) -> list[Nested] | None:
    """The definitions of a file, outer before inner; None where only a parser can tell."""
    if b"\t" in source or b"\r" in source or b"\f" in source:
        return None
    try:
        found = _Reading(_logical(source)).found
    except _DoubtError:
        return None
    return list(_placed(source, found))


def _placed(source: bytes, found: list[_Open]) -> Iterator[Nested]:
    """The text that was read has one byte more before the first line."""
    line, counted = 1, 0
    for one in found:
        start, end = one.start - 1, one.end - 1
        line, counted = line + source.count(b"\n", counted, start), start
        head = Head(
            one.is_class, start, one.name[0] - 1, one.name[1] - 1, one.body - 1, end, line,
            line + source.count(b"\n", start, end), one.column,
        )  # fmt: skip
        yield Nested(head, one.depth, one.decorated_from - 1 if one.decorated_from >= 0 else -1)


class _Reading:
    """One way through a text, from its beginning to its end."""

    def __init__(self, text: bytes) -> None:
        self._text = text
        self._open: list[_Open] = []
        self._seen = 0
        self.found: list[_Open] = []
        decorated_from = -1
        for opening in _OPENING.finditer(text):
            start = opening.end(1)
            self._close(opening.start())
            self._close_from(len(opening[1]), opening.start())
            if len(opening[1]) != (self._open[-1].column if self._open else 0):
                raise _DoubtError  # In an `if`, or in brackets.
            if opening[3] is None:
                decorated_from = decorated_from if decorated_from >= 0 else start
                continue
            self._enter(opening, decorated_from)
            decorated_from = -1
        self._close(len(text))
        self._close_from(0, len(text))

    def _enter(self, opening: re.Match[bytes], decorated_from: int) -> None:
        body = self._body(opening.end())
        column = body - self._text.rfind(b"\n", 0, body) - 1
        entered = _Open(
            opening[2] is not None, len(opening[1]), opening.end(1), opening.span(3), body, column, len(self._open),
            decorated_from,
        )  # fmt: skip
        self._open.append(entered)
        self._seen = body
        self.found.append(entered)

    def _body(self, after_name: int) -> int:
        simple = _SIMPLE_HEAD.match(self._text, after_name)
        colon = simple.end() if simple else self._colon(after_name)
        before = _BEFORE_BODY.match(self._text, colon)
        return before.end() if before else colon

    def _colon(self, after_name: int) -> int:
        """The end of a head that holds more than names: its first colon outside of brackets."""
        depth = 0
        for token in _HEAD_TOKEN.finditer(self._text, after_name):
            if token[0] in b"([{":
                depth += 1
            elif token[0] in b")]}":
                depth -= 1
            elif token[0] == b":" and not depth:
                return token.end()
        raise _DoubtError

    def _close(self, until: int) -> None:
        """End what ends before a place by a line that is no definition."""
        at = self._seen
        while self._open and (dedent := _dedent(self._open[-1].indent).search(self._text, at, until)):
            if not _STATEMENT.match(self._text, dedent.end() - 1):
                raise _DoubtError  # It may stand in brackets.
            at = dedent.start()
            self._close_from(dedent.end() - at - 2, at)
        self._seen = until

    def _close_from(self, indent: int, at: int) -> None:
        """End what a line of this indentation ends."""
        while self._open and self._open[-1].indent >= indent:
            closed = self._open.pop()
            closed.end = self._last(closed, at)

    def _last(self, closed: _Open, at: int) -> int:
        """The end of the last line that is a definition's own: comments are, until one that is not indented."""
        end = below = self._stripped(closed.body, at)
        while (newline := self._text.rfind(b"\n", closed.body, below)) >= 0:
            line = self._text[newline + 1 : below]
            own = line.lstrip(b" ")
            if not own.startswith(b"#"):
                break
            below = self._stripped(closed.body, newline)
            end = end if len(line) - len(own) > closed.indent else below
        return end

    def _stripped(self, start: int, end: int) -> int:
        """Where a part of the text ends without the blanks behind it."""
        while end > start and self._text[end - 1] in b" \n\v":
            end -= 1
        return end


@cache
def _dedent(indent: int) -> re.Pattern[bytes]:
    """A line of code that is not indented more; one that begins with a bracket's end goes on with what is before it."""
    return re.compile(rb"\n {0,%d}[^ \n#)\]}]" % indent)


def _logical(source: bytes) -> bytes:
    """A file with a newline before it, and none in its strings and where a line goes on; all other bytes stay."""
    text = bytearray(b"\n" + source)
    for start, end in _triple_quoted(source):
        inside = text[start + 1 : end + 1]
        if b"\n" in inside:
            text[start + 1 : end + 1] = inside.replace(b"\n", b" ")
    if b"\\\n" in text:
        if _COMMENT_GOES_ON.search(text):
            raise _DoubtError
        text = text.replace(b"\\\n", b"  ")
    return bytes(text)


def _triple_quoted(source: bytes) -> Iterator[tuple[int, int]]:
    at = 0
    while found := _TRIPLE.search(source, at):
        start = found.start()
        line = source.rfind(b"\n", at, start) + 1
        plain = _PLAIN.match(source, max(line, at), start)
        assert plain is not None
        if plain.end() < start and source[plain.end()] == ord("#"):
            at = source.find(b"\n", start)
            if at < 0:
                return
        elif plain.end() < start or source.endswith(b"\\\n", 0, line):
            raise _DoubtError
        else:
            at = _closed(source, start, found[0])
            yield start, at


def _closed(source: bytes, start: int, quotes: bytes) -> int:
    """The end of a string that begins at a place."""
    at = source.find(quotes, start + 3)
    while at >= 0:
        before = source[start + 3 : at]
        if (len(before) - len(before.rstrip(b"\\"))) % 2 == 0:
            return at + 3
        at = source.find(quotes, at + 1)
    raise _DoubtError
