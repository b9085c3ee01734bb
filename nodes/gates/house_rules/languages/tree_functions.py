"""The functions of a file in a language with a tree-sitter grammar, and whether they log.

The tree is walked by hand, since a query looks at every node of a file: neither an old function is entered nor, where
only silent ones are wanted, one that is seen to log. So what needs no judgement costs little more than to be parsed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import NamedTuple
from weakref import ReferenceType, ref

from tree_sitter import Node

from backend_developer.nodes.gates.house_rules.languages.function import WORD, Function, IsOld, LogState
from backend_developer.nodes.gates.house_rules.languages.reading import Reading, Rows
from backend_developer.nodes.gates.house_rules.languages.tree import HOLE, Dialect
from backend_developer.nodes.gates.house_rules.languages.tree_file import (
    CALL,
    FUNCTION,
    SCOPE,
    STATEMENT,
    File,
    Site,
    kinds,
)
from backend_developer.workspace.index.languages import language_of
from backend_developer.workspace.index.languages.tree import TreeLanguage

TRIVIAL_STATEMENTS = 3
"""A function with fewer statements of its own is too small to log."""

_PREFIX = re.compile(r"\s*\[[^\]:]+:([^\]]+)\]")
_PLACE = re.compile(rb"\[[^\]:]+:[^\]]+\]")
"""Stands in most messages with the prefix."""
_PLACES = 8
"""As many are looked at before a function is read as a whole."""
_TOKEN = re.compile(rb'"(?:\\.|[^"\\])*"|`[^`]*`|\'(?:\\.|[^\'\\\n])*\'|\w+|[^\w\s]')
"""A string is one token, so that the blanks in it count."""


class _Contents(NamedTuple):
    """What belongs to a function itself, without the insides of functions in it."""

    statements: list[Node]
    calls: list[Node]


class _Scope(NamedTuple):
    end: int
    name: str
    function: "TreeFunction | None"


@dataclass(frozen=True, eq=False)
class TreeFunction(Function):
    """A function as its grammar reads it."""

    node: Node
    file: File
    named: bool
    parent: "TreeFunction | None"
    inner: "list[ReferenceType[TreeFunction]]" = field(default_factory=list)
    """Functions without a name that stand directly in it. Weakly held: they hold it, and all of the file's tree."""

    @property
    def called(self) -> str:
        """Any name will do for a function that has none."""
        return super().called if self.named else "handler"

    @property
    def rows(self) -> Rows:
        """As its grammar has it: in some with its attributes."""
        return self.node.start_point.row, self.node.end_point.row

    @cached_property
    def sites(self) -> list[Site]:
        """What the rule looks at, itself and all that stands in it."""
        return self.file.sites(self.node)

    @property
    def plainly_logs(self) -> bool:
        """Whether one of its own log calls begins with the prefix, told by a glance. False where in doubt."""
        places = _PLACE.finditer(self.file.text, self.node.start_byte, self.node.end_byte)
        return any(
            self._is_prefixed(message)
            for place in islice(places, _PLACES)
            for call in self.file.calls_around(place.start(), self.node)
            for message in self.file.dialect.messages(call) or ()
        )

    @cached_property
    def exempt(self) -> bool:
        """Small, handing all over to a function inside it that logs, or exempt by its language's custom."""
        own = self._contents[self.node.id]
        if len(own.statements) < TRIVIAL_STATEMENTS or self.file.dialect.exempt(self.node, self.called):
            return True
        return self.log == "none" and any(
            (one := reference()) is not None and one.log == "prefixed" for reference in self.inner
        )

    @cached_property
    def log(self) -> LogState:
        """The prefix may name the function, its class and itself, or a function around it."""
        if self.file.dialect.logs_by_itself(self.node):
            return "prefixed"
        state: LogState = "none"
        for call in self._contents[self.node.id].calls:
            messages = self.file.dialect.messages(call)
            if messages is None:
                continue
            if any(self._is_prefixed(message) for message in messages):
                return "prefixed"
            state = "plain"
        return state

    @cached_property
    def fingerprint(self) -> str:
        """Its tokens, from the parameters on, without comments."""
        return b" ".join(_TOKEN.findall(self._bare)).decode("utf-8", "replace")

    @cached_property
    def words(self) -> frozenset[str]:
        """Those of its tokens."""
        return frozenset(WORD.findall(self._bare.decode("utf-8", "replace")))

    @cached_property
    def _bare(self) -> bytes:
        return self.file.bare(self.node)

    @cached_property
    def _contents(self) -> dict[int, _Contents]:
        """Those of the outermost function and of all in it, by the ids of their nodes."""
        if self.parent:
            return self.parent._contents
        found: dict[int, _Contents] = {}
        open_: list[Node] = []
        counted: set[int] = set()
        for start, _, meaning, node in self.sites:
            while open_ and open_[-1].end_byte <= start:
                open_.pop()
            if meaning == FUNCTION:
                open_.append(node)
                found[node.id] = _Contents([], [])
            elif meaning == CALL:
                found[open_[-1].id].calls.append(node)
            elif meaning == STATEMENT and node.id not in counted:
                counted.add(node.id)
                found[open_[-1].id].statements.append(node)
        return found

    def _is_prefixed(self, message: str) -> bool:
        found = _PREFIX.match(message)
        if not found:
            return False
        names = self.name.split(".")
        return not self.named or found[1] in {*names, ".".join(names[-2:]), HOLE}


def functions(dialect: Dialect, suffix: str, reading: Reading, is_old: IsOld | None) -> list[Function]:
    """The functions of a file, outer before inner; none where it does not parse.

    With `is_old` only those that may be silent.
    """
    language = language_of(suffix)
    assert isinstance(language, TreeLanguage)
    source = reading.text.encode("utf-8", "replace")
    parsed = language.parse(source)
    if parsed.root.has_error:
        return []
    file = File(dialect, parsed.grammar, parsed.root, source, kinds(parsed.grammar, dialect))
    return list(_Walk(file, reading, is_old).through())


class _Walk:
    """One way through a file, from its beginning to its end, with the scopes that are open."""

    def __init__(self, file: File, reading: Reading, is_old: IsOld | None) -> None:
        self._file, self._reading, self._is_old = file, reading, is_old
        self._scopes: list[_Scope] = []

    def through(self) -> Iterator[TreeFunction]:
        """The functions that are wanted."""
        meanings, _, barren = self._file.kinds
        waiting = [self._file.root]
        while waiting:
            node = waiting.pop()
            meaning = meanings.get(node.kind_id)
            if meaning == FUNCTION:
                yield from self._into(node)
                continue
            if meaning == SCOPE:
                self._enter(node)
            waiting += [below for below in reversed(node.named_children) if below.kind_id not in barren]

    def _into(self, node: Node) -> Iterator[TreeFunction]:
        reading, is_old, rows = self._reading, self._is_old, (node.start_point.row, node.end_point.row)
        if is_old and reading.is_old(rows, is_old):
            return
        outermost = self._function(node)
        if is_old and reading.needs_none(rows, is_old, logs=outermost.plainly_logs):
            return
        yield outermost
        for _, _, meaning, one in outermost.sites[1:]:
            if meaning == SCOPE:
                self._enter(one)
            elif meaning == FUNCTION:
                yield self._function(one)

    def _enter(self, scope: Node) -> None:
        self._leave(scope)
        self._scopes.append(_Scope(scope.end_byte, self._file.dialect.scope(scope), None))

    def _leave(self, following: Node) -> None:
        """The scopes that end before a node."""
        while self._scopes and self._scopes[-1].end <= following.start_byte:
            self._scopes.pop()

    def _function(self, node: Node) -> TreeFunction:
        self._leave(node)
        inside = next((one.function for one in reversed(self._scopes) if one.function), None)
        own = self._file.dialect.name(node)
        around = [scope.name for scope in self._scopes if scope.name]
        function = TreeFunction(
            name=".".join((*around, own)) if own else self._file.dialect.label(node),
            line=node.start_point.row + 1, reading=self._reading, parent=inside, node=node, file=self._file,
            named=bool(own),
        )  # fmt: skip
        if inside and not own:
            inside.inner.append(ref(function))
        self._scopes.append(_Scope(node.end_byte, function.name.rpartition(".")[2], function))
        return function
