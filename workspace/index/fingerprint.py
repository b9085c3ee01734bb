"""Shape of a piece of code, blind to its names: near-copies have nearly the same.

The tokens are blinded (every identifier is one symbol, every string another), cut into shingles of six, and hashed;
the smallest hashes are kept. Their overlap estimates the Jaccard similarity of the shingle sets ("bottom-k" MinHash,
Broder 1997; one hash function, so that it costs one sort and no arithmetic in Python). The few smallest are the rows
of the neighbour table: two pieces that are alike share at least one of them almost surely.
"""

import re
from collections.abc import Iterable
from itertools import islice
from zlib import crc32

SHINGLE = 6
KEPT = 48
BANDS = 10
MIN_TOKENS = 30
"""Shorter pieces look alike by nature."""

Sketch = tuple[int, ...]
"""Hashes of 32 bits, ascending."""

CALLS = 3
"""Calls up to which straight-line code only passes on what it is given: a delegation, or a constructor."""

_IDENTIFIER, _STRING, _NUMBER, _NOTHING = 1, 2, 3, 0
_OPENS = crc32(b"(")
_WORK = frozenset(
    crc32(token)
    for token in b"if elif else for foreach while loop switch match select case try except catch finally with "
    b"yield assert + / %".split()
)
"""What makes more of a function than a row of calls, in any of the languages."""
_QUOTES = frozenset(b"\"'`")
_LETTERS = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_") | frozenset(range(128, 256))


class Blinder(dict[bytes, int]):
    """Token to symbol for one language; each token is worked out once."""

    def __init__(self, tokens: re.Pattern[bytes], keywords: Iterable[bytes], comments: tuple[bytes, ...]) -> None:
        super().__init__()
        self._tokens = tokens
        self.keywords = frozenset(keywords)
        self._comments = comments

    def __missing__(self, token: bytes) -> int:
        if len(self) > 200_000:
            self.clear()
        self[token] = symbol = self._symbol(token)
        return symbol

    def tokens(self, source: bytes) -> list[bytes]:
        """The tokens of a piece of source text, comments among them."""
        return self._tokens.findall(source)

    def blind(self, tokens: list[bytes]) -> list[int]:
        """The symbols of tokens, comments left out."""
        return [symbol for symbol in map(self.__getitem__, tokens) if symbol]

    def names_and_texts(self, tokens: list[bytes]) -> tuple[set[bytes], bytes]:
        """The different identifiers among tokens; and all others in one piece: strings, comments, numbers and signs.

        Keywords are left out.
        """
        different = set(tokens) - self.keywords
        names = {token for token in different if self[token] == _IDENTIFIER}
        return names, b"\n".join(different - names)

    def _symbol(self, token: bytes) -> int:
        if token.startswith(self._comments):
            return _NOTHING
        if token in self.keywords:
            return crc32(token)
        if token[0] in _LETTERS:
            return _STRING if token[-1] in _QUOTES else _IDENTIFIER
        if token[0] in _QUOTES:
            return _STRING
        return _NUMBER if token[:1].isdigit() else crc32(token)


def sketch(symbols: list[int]) -> Sketch | None:
    """The smallest hashes of the shingles, sorted; None where there is too little to compare, or nothing of its own.

    The hash of a tuple of integers is the same in all processes of one Python version; on another the store starts
    anew.
    """
    if len(symbols) < MIN_TOKENS or passes_on(symbols):
        return None
    shingles = zip(*(islice(symbols, start, None) for start in range(SHINGLE)), strict=False)
    return tuple(sorted({value & 0xFFFFFFFF for value in map(hash, shingles)})[:KEPT])


def passes_on(symbols: list[int]) -> bool:
    """Whether a function decides and computes nothing: it assigns, and makes so few calls that they are its purpose."""
    if not _WORK.isdisjoint(symbols):
        return False
    pairs = zip(symbols, islice(symbols, 1, None), strict=False)
    # One more, since most languages write a function's own name like a call.
    return sum(one == _IDENTIFIER and two == _OPENS for one, two in pairs) <= CALLS + 1


def similarity(one: Sketch, two: Sketch) -> float:
    """Estimated share of shingles in common, from 0 to 1; exact where both have fewer than are kept."""
    common = set(one).intersection(two)
    union = sorted({*one, *two})[:KEPT]
    return sum(value in common for value in union) / len(union) if union else 0.0
