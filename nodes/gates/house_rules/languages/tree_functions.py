"""The functions of a file in a language with a tree-sitter grammar, and whether they log.

One query a file finds functions and what their names begin with; another, asked of a function alone, its statements
and calls. So what is not judged costs no more than to be parsed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import NamedTuple
from weakref import WeakSet

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

_ORDER = ("scope", "function", "statement", "call")


@dataclass(frozen=True, eq=False)
class _File:
    """A file that is read, with what its functions share."""

    dialect: Dialect
    grammar: Grammar
    root: Node
    text: bytes

    def captures(self, node: Node, *what: str) -> list[tuple[str, Node]]:
        """The nodes of these kinds inside a node, from its beginning to its end, outer before inner."""
        found = QueryCursor(query(self.grammar, _question(self.grammar, self.dialect, what))).captures(node)
        sites = [
            (one.start_byte, -one.end_byte, place, kind, one)
            for place, kind in enumerate(_ORDER)
            for one in found.get(kind, ())
        ]
        sites.sort(key=lambda site: site[:3])
        return [site[3:] for site in sites]

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
    inner: "WeakSet[TreeFunction]" = field(default_factory=WeakSet)
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
        return self.log == "none" and any(one.log == "prefixed" for one in self.inner)

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
        for what, node in self.file.captures(self.node, "function", "statement", "call"):
            while open_ and open_[-1].end_byte <= node.start_byte:
                open_.pop()
            if what == "function":
                open_.append(node)
                found[node.id] = _Contents([], [])
            elif what == "call":
                found[open_[-1].id].calls.append(node)
            elif node.id not in counted:
                counted.add(node.id)
                found[open_[-1].id].statements.append(node)
        return found

    def _is_prefixed(self, message: str) -> bool:
        found = _PREFIX.match(message)
        if not found:
            return False
        names = self.name.split(".")
        return not self.named or found[1] in {*names, ".".join(names[-2:]), HOLE}


def functions(dialect: Dialect, suffix: str, text: str, is_old: IsOld) -> list[Function]:
    """The functions of a file, outer before inner; none where it does not parse."""
    language = language_of(suffix)
    assert isinstance(language, TreeLanguage)
    source = text.encode("utf-8", "replace")
    parsed = language.parse(source)
    if parsed.root.has_error:
        return []
    return list(_walk(_File(dialect, parsed.grammar, parsed.root, source), text.split("\n"), is_old))


@cache
def _question(grammar: Grammar, dialect: Dialect, what: tuple[str, ...]) -> str:
    """The query of a dialect, without the nodes that its grammar does not have: JavaScript has no abstract classes."""
    groups = {"function": dialect.functions, "scope": dialect.scopes, "statement": dialect.statements,
              "call": dialect.calls}  # fmt: skip
    parts = []
    for capture in what:
        known = [kind for kind in sorted(groups[capture]) if grammar.id_for_node_kind(kind, True) is not None]
        parts.append(f"[{' '.join(f'({kind})' for kind in known)}] @{capture}" if known else "")
    return "\n".join((*parts, dialect.tails if "statement" in what else ""))


@cache
def _comments(grammar: Grammar) -> list[str]:
    kinds = (grammar.node_kind_for_id(number) for number in range(grammar.node_kind_count))
    return sorted({kind for kind in kinds if kind and "comment" in kind and grammar.id_for_node_kind(kind, True)})


def _walk(file: _File, lines: list[str], is_old: IsOld) -> Iterator[TreeFunction]:
    """From the beginning of the file to its end, with the scopes that are open."""
    scopes: list[_Scope] = []
    passed = 0
    for what, node in file.captures(file.root, "scope", "function"):
        start = node.start_byte
        if start < passed:
            continue
        while scopes and scopes[-1].end <= start:
            scopes.pop()
        if what == "scope":
            scopes.append(_Scope(node.end_byte, file.dialect.scope(node), None))
            continue
        inside = next((one.function for one in reversed(scopes) if one.function), None)
        block = lines[node.start_point.row : node.end_point.row + 1]
        if inside is None and is_old(block):
            passed = node.end_byte
            continue
        function = _function(file, node, scopes, inside, block)
        scopes.append(_Scope(node.end_byte, function.name.rpartition(".")[2], function))
        yield function


def _function(
    file: _File, node: Node, scopes: list[_Scope], inside: TreeFunction | None, block: list[str]
) -> TreeFunction:
    own = file.dialect.name(node)
    around = [scope.name for scope in scopes if scope.name]
    name = ".".join((*around, own)) if own else file.dialect.label(node)
    line = node.start_point.row + 1
    function = TreeFunction(name=name, line=line, source=block, parent=inside, node=node, file=file, named=bool(own))
    if inside and not own:
        inside.inner.add(function)
    return function
