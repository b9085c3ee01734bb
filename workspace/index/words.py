"""Words of code and of prose, brought to one form so that a described need meets the name that serves it."""

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import chain

IDENTIFIER = re.compile(rb"[\w\x80-\xff]+")

_SUBWORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d{3,}|[^\W\d_A-Za-z]+")

_STOP = """
a an and are as at be but by can do does for from had has have if in into is it its may no none not of off on or
our out over own self cls so such than that the their them then there these they this those through to too under
until up upon use used uses using very was we were what when where which while who will with within would you
your def class return true false import else elif try except raise lambda yield async await pass global и в во
на с со по для из от до к ко у о об не что это как или а но бы же ли
"""

STOP = frozenset(_STOP.split())
"""Words that say nothing about what a piece of code is for."""

_SUFFIXES = """
ifications ification izations isations ization isation ifying ations ifies ified ifier ation ators ating ative ator
ated ater izing ising izer iser ized ised ify ize ise ate ment able ible ness ing ion ers ors er or ed ly e
"""

_ENDINGS = tuple(_SUFFIXES.split())
_LEAST_STEM = 3

_WHOLE_WORDS = """
buffer character computer container customer filter folder header layer letter member number order parameter paper
power server timer transfer
"""

_WHOLE = frozenset(_WHOLE_WORDS.split())
"""Words whose ending is no grammatical one: a customer is nothing custom, a header is not the head."""

REMEMBERED = 200_000
"""Tokens after which the memory of them is emptied."""

_DOUBLE = re.compile(r"([bdgmnprt])\1$")


class _Stems(dict[str, str]):
    """Word to stem; each word is worked out once."""

    def __missing__(self, word: str) -> str:
        self[word] = stem = _stem(word)
        return stem


class _Parts(dict[bytes, tuple[str, ...]]):
    """Token to the stems in it; each identifier is worked out once."""

    def __missing__(self, token: bytes) -> tuple[str, ...]:
        if len(self) > REMEMBERED:
            self.clear()
        if IDENTIFIER.fullmatch(token):
            self[token] = parts = tuple(split(token.decode("utf-8", "replace")))
            return parts
        # Strings and comments are seldom seen twice, but their words are.
        return tuple(stems(IDENTIFIER.findall(token)))


def split(text: str) -> list[str]:
    """Stems of all words in a name or a sentence, in order: `createUser` gives `cre`, `user`."""
    words = (part.lower() for part in _SUBWORD.findall(text))
    return [_STEMS[word] for word in words if len(word) > 1 and word not in STOP]


def raw(text: str) -> list[str]:
    """The same words, not stemmed."""
    words = (part.lower() for part in _SUBWORD.findall(text))
    return [word for word in words if len(word) > 1 and word not in STOP]


def stem(word: str) -> str:
    """A word without its grammatical endings; the same for `validate`, `validator` and `validation`."""
    return _STEMS[word]


def vocabulary(source: bytes) -> set[str]:
    """The different stems in a piece of text."""
    return stems(IDENTIFIER.findall(source))


def stems(tokens: Iterable[bytes]) -> set[str]:
    """The different stems in tokens of source text, comments and strings included."""
    return set(chain.from_iterable(map(_PARTS.__getitem__, set(tokens))))


def of_code(names: set[bytes], texts: bytes) -> set[str]:
    """The different stems in a piece of code: in its names, and in its strings and comments, which may say keywords.

    `texts` is one piece, since strings and comments would else each be taken apart alone.
    """
    return stems(names.union(IDENTIFIER.findall(texts)))


@lru_cache(maxsize=20_000)
def column(text: str) -> str:
    """The different stems in a name or a sentence, as one column of the full-text table."""
    return joined(vocabulary(text.encode("utf-8", "replace")))


def joined(words: Iterable[str]) -> str:
    """Words as one column of the full-text table, the same for the same words."""
    return " ".join(sorted(words))


def _stem(word: str) -> str:
    word = _singular(word)
    if not word.isascii() or word in _WHOLE:
        return word
    while shorter := _without_ending(word):
        word = shorter
    return word


def _singular(word: str) -> str:
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes", "zes")):
        return word[:-2]
    return word[:-1]


def _without_ending(word: str) -> str:
    if not word.endswith(_ENDINGS):  # So it is for each word in the end, and told at once.
        return ""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) >= len(ending) + _LEAST_STEM:
            return _DOUBLE.sub(r"\1", word.removesuffix(ending))
    return ""


_STEMS = _Stems()
_PARTS = _Parts()
