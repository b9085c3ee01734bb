"""Cuts in a language with braces: functions are told by their lines, which end with `{` and begin with `}`.

Whether it was a function that was cut is for the parser to say, see `reading`.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from backend_developer.nodes.gates.house_rules.languages.function import PLACE
from backend_developer.nodes.gates.house_rules.languages.reading import Reading, Shortener, Stood

_NO_FUNCTION = re.compile(
    r"\W*(?:\w+\W+){0,3}?(?:class|interface|enum|struct|impl|trait|mod|namespace|record|switch|match|if|for|foreach|while"
    r"|try|import|type)\b"
)
_BRACE = re.compile(r"[{}]")
_OPEN = tuple("([{,=:&|?+")


class _Block(NamedTuple):
    """Places in a text, each the beginning of a line but the last."""

    begin: int
    inside: int
    closing: int
    end: int


def shorten(text: str, quote: str, stood: Stood) -> Reading | None:
    """The file without the insides of old functions, and without what follows the log calls of others.

    `quote` is what begins and ends strings that may run over several lines.
    """
    short = Shortener(text)
    for block in _blocks(text):
        is_old = stood(text[block.begin : block.end])
        begin = block.inside if is_old else _after_log(text, block)
        if begin and _is_whole(text[begin : block.closing], quote):
            short.close(block.begin, begin, block.closing, is_old=is_old)
    return short.reading()


def _blocks(text: str) -> Iterator[_Block]:
    """What looks like a function, and stands in no other."""
    place = 0
    while (brace := text.find("{\n", place)) >= 0:
        place = brace + 2
        begin = text.rfind("\n", 0, brace) + 1
        head = text[begin:brace]
        indent = head[: len(head) - len(head.lstrip())]
        if begin and not head.strip():
            begin = text.rfind("\n", 0, begin - 1) + 1
            head = text[begin : brace - len(indent) - 1]
        if ")" not in head or head.rstrip().endswith(_OPEN) or _NO_FUNCTION.match(head.partition("(")[0]):
            continue
        following = _line_within(len(indent)).search(text, brace + 1)
        if following and text.startswith(f"{indent}}}", following.start() + 1):
            place, end = following.start() + 1, text.find("\n", following.end())
            end = end if end >= 0 else len(text)
            if text[end - 1] != "{":
                yield _Block(begin, brace + 2, place, end)


def _after_log(text: str, block: _Block) -> int | None:
    """Where the statement has ended in which a message seems to begin with the prefix."""
    found = PLACE.search(text, block.inside, block.closing)
    if not found:
        return None
    body = text[block.inside : found.start()]
    indent = body[: len(body) - len(body.lstrip())].rpartition("\n")[2]
    following = _line_at(indent).search(text, found.end(), block.closing)
    if not following:
        return None
    begin = following.start() + 1
    if following[1] in ")}]":
        begin = text.find("\n", begin) + 1
        if text[begin - 2] in "{(":
            return None
    return begin if begin < block.closing else None


@cache
def _line_within(indent: int) -> re.Pattern[str]:
    """A line that does not belong to what is indented so far."""
    return re.compile(rf"\n[ \t]{{0,{indent}}}(?=\S)")


@cache
def _line_at(indent: str) -> re.Pattern[str]:
    return re.compile(rf"\n{indent}(\S)")


def _is_whole(text: str, quote: str) -> bool:
    """Whether no block, string or comment begins in a text and ends after it, or the other way round."""
    depth = 0
    for brace in _BRACE.findall(text):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            return False
    return depth == 0 and text.count(quote) % 2 == 0 and text.count("/*") == text.count("*/")
