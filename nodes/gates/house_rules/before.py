"""What the changed files were before the task: which of their functions need no judgement now."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property
from itertools import chain

from backend_developer.nodes.gates.house_rules.change import Change
from backend_developer.nodes.gates.house_rules.languages import functions_of
from backend_developer.nodes.gates.house_rules.languages.function import WORD, Function

FEW = 4
"""A word that stands in less than this part of the files spares a look through all of them for a longer one."""

_SIGN = re.compile(r"\S")


class Before:
    """The changed files as they were.

    A function is looked for by its lines, which takes no parsing; only one that was edited, and does not log, is looked
    for by what it does, and only in files that hold all of its words.
    """

    def __init__(self, changes: Sequence[Change]) -> None:
        self._files = [(change.path, text_of(change.before)) for change in changes if change.before is not None]
        self._texts = [f"\n{text}\n" for _, text in self._files]
        self._own = {path: file for file, (path, _) in enumerate(self._files)}
        self._parsed: tuple[int, Sequence[Function]] = (-1, ())
        self._mentions: dict[str, Sequence[int]] = {}
        self._known_words: dict[int, frozenset[str]] = {}

    def stood_in(self, path: str, source: str) -> bool:
        """Whether the lines of a function stood in this file, as a whole function. False where in doubt."""
        file = self._own.get(path)
        return file is not None and _stands(source, self._texts[file])

    def stood(self, path: str, source: str) -> bool:
        """The same for all files, this one first."""
        if self.stood_in(path, source):
            return True
        if not self._lines.issuperset(source.split("\n")):
            return False
        return any(_stands(source, self._texts[file]) for file in self._places.get(source.partition("\n")[0], ()))

    def had(self, path: str, function: Function) -> bool:
        """Whether the same body stood in one of the files, under whatever name and at whatever place."""
        if self.stood(path, function.source):
            return True
        return any(
            one.outline == function.outline and one.fingerprint == function.fingerprint
            for file in self._holding(function.words)
            for one in self._functions(file)
        )

    @cached_property
    def _lines(self) -> frozenset[str]:
        """All lines of all files."""
        return frozenset(chain.from_iterable(text.split("\n") for text in self._texts))

    @cached_property
    def _places(self) -> dict[str, list[int]]:
        """Line to the files that it stands in."""
        places: dict[str, list[int]] = defaultdict(list)
        for file, text in enumerate(self._texts):
            for line in set(text.split("\n")):
                places[line].append(file)
        return places

    def _holding(self, words: frozenset[str]) -> list[int]:
        """The files that hold all of these words."""
        wanted = sorted(words, key=len, reverse=True)  # Long ones are rare.
        texts = self._searched
        known = (self._mentions[word] for word in wanted if word in self._mentions)
        files: Sequence[int] = min(known, key=len, default=range(len(texts)))
        if wanted and len(files) * FEW > len(texts):
            files = self._mentioning(wanted[0])
        for word in wanted:
            files = [file for file in files if word in texts[file]]
        return [file for file in files if words <= self._words(file)]

    def _mentioning(self, word: str) -> Sequence[int]:
        """The files in whose text a word stands, be it within another."""
        if word not in self._mentions:
            self._mentions[word] = [file for file, text in enumerate(self._searched) if word in text]
        return self._mentions[word]

    @cached_property
    def _searched(self) -> list[str]:
        """The texts, also as Python reads them: its names are normalized."""
        texts = (text for _, text in self._files)
        return [text if text.isascii() else f"{text}\n{unicodedata.normalize('NFKC', text)}" for text in texts]

    def _words(self, file: int) -> frozenset[str]:
        if file not in self._known_words:
            self._known_words[file] = frozenset(WORD.findall(self._searched[file]))
        return self._known_words[file]

    def _functions(self, file: int) -> Sequence[Function]:
        """One file is kept, the one that was asked for last: to keep a thousand trees costs more than to parse anew."""
        if self._parsed[0] != file:
            self._parsed = file, functions_of(*self._files[file])
        return self._parsed[1]


def text_of(data: bytes | None) -> str:
    """The text of a source file, its lines ended as the languages' grammars have it."""
    text = (data or b"").decode("utf-8-sig", errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _stands(source: str, text: str) -> bool:
    """Whether lines stand in a text that begins and ends with a line's end."""
    lines, place = f"\n{source}\n", -1
    while (place := text.find(lines, place + 1)) >= 0:
        if not _goes_on(text, place + len(lines), source):
            return True
    return False


def _goes_on(text: str, end: int, source: str) -> bool:
    """Whether what follows is indented as if it belonged to the same function: the new one may have lost its end."""
    following = _SIGN.search(text, end)
    return following is not None and following.start() - text.rfind("\n", 0, following.start()) > _indent(source)


def _indent(source: str) -> int:
    """The place of the first sign, as it is counted above: from 1."""
    first = source.partition("\n")[0]
    return len(first) - len(first.lstrip()) + 1
