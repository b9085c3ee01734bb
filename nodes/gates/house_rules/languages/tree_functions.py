"""The functions of a file in a language with a tree-sitter grammar, and whether they log.

The tree is walked by hand, and an old function is not entered: a query looks at every node of a file, and takes twice
as long as to make an object of each. So what is not judged costs no more than to be parsed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import NamedTuple
from weakref import ReferenceType, ref

from tree_sitter import Language as Grammar
from tree_sitter import Node, QueryCursor

from backend_developer.nodes.gates.house_rules.languages.function import WORD, Function, IsOld, LogState
from backend_developer.nodes.gates.house_rules.languages.tree import HOLE, Dialect
from backend_developer.workspace.index.languages import language_of
from backend_developer.workspace.index.languages.tree import TreeLanguage, query

TRIVIAL_STATEMENTS = 3
"""A function with fewer statements of its own is too small to log."""

_PREFIX = re.compile(r"\s*\[[^\]:]+:([^\]]+)\]")
_TOKEN = re.compile(rb'"(?:\\.|[^"\\])*"|`[^`]*`|\'(?:\\.|[^\'\\\n])*\'|\w+|[^\w\s]')
"""A string is one token, so that the blanks in it count."""

_SCOPE, _FUNCTION, _STATEMENT, _CALL = range(4)


_NOTHING = (-1,)


class _Kinds(NamedTuple):
    """The nodes that the rule looks at, by the numbers of their kinds in the grammar."""

    meanings: dict[int, list[int]]
    """Each one's meanings, in their order."""
    tails: frozenset[int]


class _Site(NamedTuple):
    """A node that the rule looks at."""

    start: int
    negative_end: int
    meaning: int
    node: Node


@dataclass(frozen=True, eq=False)
class _File:
    """A file that is read, with what its functions share."""

    dialect: Dialect
    grammar: Grammar
    root: Node
    text: bytes
    kinds: _Kinds

    def sites(self, node: Node) -> list[_Site]:
        """What the rule looks at inside a node, from its beginning to its end, outer before inner."""
        meanings, tails = self.kinds
        found: list[_Site] = []
        waiting = [node]
        while waiting:
            one = waiting.pop()
            kind = one.kind_id
            if kind in meanings:
                found += [_Site(one.start_byte, -one.end_byte, meaning, one) for meaning in meanings[kind]]
            if below := one.named_children:
                waiting += below
                if kind in tails:
                    found.append(_Site(below[-1].start_byte, -below[-1].end_byte, _STATEMENT, below[-1]))
        found.sort(key=_order)
        return found

    @cached_property
    def bare(self) -> bytes:
        """The text with blanks for comments, every byte at its place."""
        text = bytearray(self.text)
        question = f"[{' '.join(f'({kind})' for kind in _comments(self.grammar))}] @comment"
        for comment in QueryCursor(query(self.grammar, question)).captures(self.root).get("comment", ()):
            text[comment.start_byte : comment.end_byte] = b" " * (comment.end_byte - comment.start_byte)
        return bytes(text)


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
    file: _File
    named: bool
    parent: "TreeFunction | None"
    sites: list[_Site]
    """What the outermost function has inside."""
    inner: "list[ReferenceType[TreeFunction]]" = field(default_factory=list)
    """Functions without a name that stand directly in it. Weakly held: they hold it, and all of the file's tree."""

    @property
    def called(self) -> str:
        """Any name will do for a function that has none."""
        return super().called if self.named else "handler"

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

    @property
    def _bare(self) -> bytes:
        name = self.node.child_by_field_name("name")
        return self.file.bare[name.end_byte if name else self.node.start_byte : self.node.end_byte]

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
            if meaning == _FUNCTION:
                open_.append(node)
                found[node.id] = _Contents([], [])
            elif meaning == _CALL:
                found[open_[-1].id].calls.append(node)
            elif meaning == _STATEMENT and node.id not in counted:
                counted.add(node.id)
                found[open_[-1].id].statements.append(node)
        return found

    def _is_prefixed(self, message: str) -> bool:
        found = _PREFIX.match(message)
        if not found:
            return False
        names = self.name.split(".")
        return not self.named or found[1] in {*names, ".".join(names[-2:]), HOLE}


def _order(site: _Site) -> tuple[int, int, int]:
    return site[:3]


def functions(dialect: Dialect, suffix: str, text: str, is_old: IsOld) -> list[Function]:
    """The functions of a file, outer before inner; none where it does not parse."""
    language = language_of(suffix)
    assert isinstance(language, TreeLanguage)
    source = text.encode("utf-8", "replace")
    parsed = language.parse(source)
    if parsed.root.has_error:
        return []
    file = _File(dialect, parsed.grammar, parsed.root, source, _kinds(parsed.grammar, dialect))
    return list(_Walk(file, text.split("\n"), is_old).through())


@cache
def _kinds(grammar: Grammar, dialect: Dialect) -> _Kinds:
    """The numbers of a dialect's nodes, without those that its grammar does not have: JavaScript has no namespaces."""
    meanings: dict[int, list[int]] = {}
    for meaning, names in (
        (_SCOPE, dialect.scopes), (_FUNCTION, dialect.functions), (_STATEMENT, dialect.statements),
        (_CALL, dialect.calls),
    ):  # fmt: skip
        for kind in _numbers(grammar, names):
            meanings.setdefault(kind, []).append(meaning)
    return _Kinds(meanings, frozenset(_numbers(grammar, dialect.tails)))


def _numbers(grammar: Grammar, names: frozenset[str]) -> Iterator[int]:
    for name in names:
        kind = grammar.id_for_node_kind(name, True)
        if kind is not None:
            yield kind


@cache
def _comments(grammar: Grammar) -> list[str]:
    kinds = (grammar.node_kind_for_id(number) for number in range(grammar.node_kind_count))
    return sorted({kind for kind in kinds if kind and "comment" in kind and grammar.id_for_node_kind(kind, True)})


class _Walk:
    """One way through a file, from its beginning to its end, with the scopes that are open."""

    def __init__(self, file: _File, lines: list[str], is_old: IsOld) -> None:
        self._file, self._lines, self._is_old = file, lines, is_old
        self._scopes: list[_Scope] = []

    def through(self) -> Iterator[TreeFunction]:
        """The functions, without old ones and what stands in them."""
        meanings = self._file.kinds.meanings
        waiting = [self._file.root]
        while waiting:
            node = waiting.pop()
            meaning = meanings.get(node.kind_id, _NOTHING)[0]
            if meaning == _FUNCTION:
                if not self._is_old(self._source(node)):
                    yield from self._into(node)
                continue
            if meaning == _SCOPE:
                self._enter(node)
            waiting += reversed(node.named_children)

    def _into(self, outermost: Node) -> Iterator[TreeFunction]:
        sites = self._file.sites(outermost)
        for _, _, meaning, node in sites:
            if meaning == _SCOPE:
                self._enter(node)
            elif meaning == _FUNCTION:
                yield self._function(node, sites)

    def _enter(self, scope: Node) -> None:
        self._leave(scope)
        self._scopes.append(_Scope(scope.end_byte, self._file.dialect.scope(scope), None))

    def _leave(self, following: Node) -> None:
        """The scopes that end before a node."""
        while self._scopes and self._scopes[-1].end <= following.start_byte:
            self._scopes.pop()

    def _function(self, node: Node, sites: list[_Site]) -> TreeFunction:
        self._leave(node)
        inside = next((one.function for one in reversed(self._scopes) if one.function), None)
        own = self._file.dialect.name(node)
        around = [scope.name for scope in self._scopes if scope.name]
        function = TreeFunction(
            name=".".join((*around, own)) if own else self._file.dialect.label(node),
            line=node.start_point.row + 1, source=self._source(node), parent=inside, node=node, file=self._file,
            named=bool(own), sites=[] if inside else sites,
        )  # fmt: skip
        if inside and not own:
            inside.inner.append(ref(function))
        self._scopes.append(_Scope(node.end_byte, function.name.rpartition(".")[2], function))
        return function

    def _source(self, node: Node) -> list[str]:
        return self._lines[node.start_point.row : node.end_point.row + 1]
