"""Cuts in Python, whose functions are told by the indentation of their lines.

Whether it was a function that was cut is for the parser to say, see `reading`.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from backend_developer.nodes.gates.house_rules.languages.function import PLACE
from backend_developer.nodes.gates.house_rules.languages.reading import Reading, Shortener, Stood

_DEF = re.compile(r"^( *)(?:async +)?def\b", re.MULTILINE)
_LONG = ('"""', "'''")
_DOC = re.compile(r':\n *[rR]?"""')
_UNSURE = ("\t", "\f", '\\"""')
"""Tabs may be as wide as one likes, and a quote that is escaped ends nothing."""


class _Block(NamedTuple):
    indent: str
    begin: int
    end: int


def shorten(text: str, stood: Stood) -> Reading | None:
    """The file without the bodies of old functions, and without what follows the log calls of others."""
    if not text.endswith("\n") or any(map(text.__contains__, _UNSURE)):
        return None
    short = Shortener(text)
    for block in _blocks(text):
        source = text[block.begin : block.end - 1]
        if stood(source):
            if _is_whole(source):
                instead = f"{block.indent}def _(): ...\n"
                short.end(block.begin, block.begin, block.end, is_old=True, instead=instead)
        elif (begin := _after_log(text, block)) and not any(map(text[begin : block.end].__contains__, _LONG)):
            short.end(block.begin, begin, block.end, is_old=False)
    return short.reading()


def _blocks(text: str) -> Iterator[_Block]:
    """What looks like a function of several lines, and stands in no other."""
    place = 0
    while found := _DEF.search(text, place):
        following = _line_within(len(found[1])).search(text, found.end())
        place = following.start() + 1 if following else len(text)
        end = _end(text, found.start(), place)
        if "\n" in text[found.start() : end - 1]:
            yield _Block(found[1], found.start(), end)


def _end(text: str, begin: int, end: int) -> int:
    """Where the last line ends that is neither blank nor a comment."""
    while True:
        line = text.rfind("\n", begin, end - 1) + 1
        last = text[line:end].strip()
        if line <= begin or (last and not last.startswith("#")):
            return end
        end = line


def _after_log(text: str, block: _Block) -> int | None:
    """Where the statement has ended in which a message seems to begin with the prefix."""
    found = PLACE.search(text, block.begin, block.end)
    if not found:
        return None
    body = text[block.begin : found.start()].partition(":\n")[2]
    following = _line_at(len(body) - len(body.lstrip(" "))).search(text, found.end(), block.end)
    return following.start() + 1 if following else None


@cache
def _line_within(indent: int) -> re.Pattern[str]:
    """A line that does not belong to what is indented so far, nor ends its parameters."""
    return re.compile(rf"\n {{0,{indent}}}(?=[^\s)])")


@cache
def _line_at(indent: int) -> re.Pattern[str]:
    """A line that begins a statement."""
    return re.compile(rf"\n {{{indent}}}(?!(?:except|elif|else|finally)\b)(?=[^\s)\]}}])")


def _is_whole(source: str) -> bool:
    """Whether no string begins in a function and ends after it, or the other way round: it has but a docstring."""
    if "'''" in source:
        return False
    quotes = source.count('"""')
    return not quotes or (quotes == 2 and _DOC.search(source) is not None)
