"""What the changed files were before the task: which of their functions need no judgement now."""

import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property
from itertools import islice

from backend_developer.nodes.gates.house_rules.change import Change
from backend_developer.nodes.gates.house_rules.languages import functions_of
from backend_developer.nodes.gates.house_rules.languages.function import WORD, Function


class Before:
    """The changed files as they were.

    A function is looked for by its lines, which takes no parsing; only one that was edited, and does not log, is looked
    for by what it does, and only in files that hold all of its words.
    """

    def __init__(self, changes: Sequence[Change]) -> None:
        self._files = [(change.path, text_of(change.before)) for change in changes if change.before is not None]
        self._parsed: tuple[int, Sequence[Function]] = (-1, ())
        self._mentions: dict[str, Sequence[int]] = {}
        self._known_words: dict[int, frozenset[str]] = {}

    def stood(self, lines: Sequence[str]) -> bool:
        """Whether the lines of a function stood in one of the files, as a whole function. False where in doubt."""
        for file, row in self._places.get(lines[0], ()):
            there, end = self._lines[file], row + len(lines)
            if there[row:end] == lines and not _goes_on(there, end, lines[0]):
                return True
        return False

    def had(self, function: Function) -> bool:
        """Whether the same body stood in one of the files, under whatever name and at whatever place."""
        if self.stood(function.source):
            return True
        return any(
            one.outline == function.outline and one.fingerprint == function.fingerprint
            for file in self._holding(function.words)
            for one in self._functions(file)
        )

    @cached_property
    def _lines(self) -> list[list[str]]:
        return [text.split("\n") for _, text in self._files]

    @cached_property
    def _places(self) -> dict[str, list[tuple[int, int]]]:
        """File and row of each line."""
        places: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for file, lines in enumerate(self._lines):
            for row, line in enumerate(lines):
                places[line].append((file, row))
        return places

    def _holding(self, words: frozenset[str]) -> list[int]:
        """The files that hold all of these words."""
        wanted = sorted(words, key=len, reverse=True)  # Long ones are rare.
        texts = self._searched
        files = self._mentioning(wanted[0]) if wanted else range(len(texts))
        for word in wanted[1:]:
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


def _goes_on(lines: Sequence[str], end: int, first: str) -> bool:
    """Whether what follows is indented as if it belonged to the same function: the new one may have lost its end."""
    following = next((line for line in islice(lines, end, None) if line.strip()), "")
    return _indent(following) > _indent(first)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
