"""The functions of a file in a language with a tree-sitter grammar, and whether they log.

One query a file finds functions, scopes, statements and calls; a language says in a `Dialect` what they are called.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import ClassVar, NamedTuple

from tree_sitter import Language as Grammar
from tree_sitter import Node, QueryCursor

from backend_developer.nodes.gates.house_rules.languages.function import Function, LogState
from backend_developer.workspace.index.languages import language_of
from backend_developer.workspace.index.languages.tree import TreeLanguage, query, text_of

TRIVIAL_STATEMENTS = 3
"""A function with fewer statements of its own is too small to log."""

HOLE = "{}"
"""Stands for what a template fills in."""

PREFIX = re.compile(r"\s*\[[^\]:]+:([^\]]+)\]")
LOGGER_NAME = re.compile(r"(?i:_*(?:\w*_)?log(?:ger|ging)?)|\w*[a-z0-9]Log(?:ger)?")


class Dialect(ABC):
    """What the rule must know of one language."""

    functions: ClassVar[frozenset[str]]
    scopes: ClassVar[frozenset[str]] = frozenset()
    """Nodes whose name stands before that of a function inside."""
    statements: ClassVar[frozenset[str]]
    calls: ClassVar[frozenset[str]]
    tails: ClassVar[str] = ""
    """A query for the values that a block ends with, in a language where they are no statements."""

    def name(self, node: Node) -> str:
        """The name of a function, with that of its receiver; empty where it has none."""
        return text_of(node.child_by_field_name("name"))

    def label(self, node: Node) -> str:
        """What a function without a name is called in a finding."""
        return "the function without a name"

    def scope(self, node: Node) -> str:
        """The name of a scope."""
        return text_of(node.child_by_field_name("name"))

    @abstractmethod
    def messages(self, call: Node) -> list[str] | None:
        """The texts that a log call is given, in order; None for any other call."""

    @abstractmethod
    def exempt(self, node: Node, name: str) -> bool:
        """Whether a function that is not small needs no log call all the same."""

    def logs_by_itself(self, node: Node) -> bool:
        """Whether something at its head has its calls logged, with module and function."""
        return False


class _Scope(NamedTuple):
    end: int
    name: str
    function: "TreeFunction | None"


@dataclass(frozen=True, eq=False)
class TreeFunction(Function):
    """A function as its grammar reads it."""

    node: Node
    dialect: Dialect
    named: bool
    statements: list[Node] = field(default_factory=list)
    calls: list[Node] = field(default_factory=list)
    inner: "list[TreeFunction]" = field(default_factory=list)
    """Functions without a name that stand directly in it."""

    @property
    def called(self) -> str:
        """Any name will do for a function that has none."""
        return super().called if self.named else "handler"

    @cached_property
    def exempt(self) -> bool:
        """Small, handing all over to a function inside it that logs, or exempt by its language's custom."""
        if len(self.statements) < TRIVIAL_STATEMENTS or self.dialect.exempt(self.node, self.called):
            return True
        return self.log == "none" and any(one.log == "prefixed" for one in self.inner)

    @cached_property
    def log(self) -> LogState:
        """The prefix may name the function, its class and itself, or a function around it."""
        if self.dialect.logs_by_itself(self.node):
            return "prefixed"
        state: LogState = "none"
        for call in self.calls:
            messages = self.dialect.messages(call)
            if messages is None:
                continue
            if any(self._is_prefixed(message) for message in messages):
                return "prefixed"
            state = "plain"
        return state

    @cached_property
    def fingerprint(self) -> str:
        """Its tokens, from the parameters on, without comments."""
        name = self.node.child_by_field_name("name")
        return " ".join(_tokens(self.node, name.end_byte if name else 0))

    def _is_prefixed(self, message: str) -> bool:
        found = PREFIX.match(message)
        if not found:
            return False
        names = self.name.split(".")
        return not self.named or found[1] in {*names, ".".join(names[-2:]), HOLE}


def functions(dialect: Dialect, suffix: str, text: str) -> list[Function]:
    """All functions of a file, outer before inner; none where it does not parse."""
    language = language_of(suffix)
    assert isinstance(language, TreeLanguage)
    source = text.encode("utf-8", "replace")
    parsed = language.parse(source)
    if parsed.root.has_error:
        return []
    found = QueryCursor(query(parsed.grammar, _question(parsed.grammar, dialect))).captures(parsed.root)
    return list(_walk(dialect, found, text.split("\n")))


@cache
def _question(grammar: Grammar, dialect: Dialect) -> str:
    """The query of a dialect, without the nodes that its grammar does not have: JavaScript has no abstract classes."""
    parts = []
    groups = {"function": dialect.functions, "scope": dialect.scopes, "statement": dialect.statements,
              "call": dialect.calls}  # fmt: skip
    for capture, kinds in groups.items():
        known = [kind for kind in sorted(kinds) if grammar.id_for_node_kind(kind, True) is not None]
        parts.append(f"[{' '.join(f'({kind})' for kind in known)}] @{capture}" if known else "")
    return "\n".join((*parts, dialect.tails))


def _walk(dialect: Dialect, found: dict[str, list[Node]], lines: list[str]) -> Iterator[TreeFunction]:
    """From the beginning of the file to its end, with the scopes that are open."""
    sites = [(node.start_byte, -node.end_byte, what, node) for what in _ORDER for node in found.get(what, ())]
    sites.sort(key=lambda site: (site[0], site[1], _ORDER.index(site[2])))
    scopes: list[_Scope] = []
    counted: set[int] = set()
    for start, _, what, node in sites:
        while scopes and scopes[-1].end <= start:
            scopes.pop()
        inside = next((one.function for one in reversed(scopes) if one.function), None)
        if what == "scope":
            scopes.append(_Scope(node.end_byte, dialect.scope(node), None))
        elif what == "function":
            function = _function(dialect, node, scopes, inside, lines)
            scopes.append(_Scope(node.end_byte, function.name.rpartition(".")[2], function))
            yield function
        elif inside and what == "call":
            inside.calls.append(node)
        elif inside and node.id not in counted:
            counted.add(node.id)
            inside.statements.append(node)


_ORDER = ("scope", "function", "statement", "call")


def _function(
    dialect: Dialect, node: Node, scopes: list[_Scope], inside: TreeFunction | None, lines: list[str]
) -> TreeFunction:
    own = dialect.name(node)
    around = [scope.name for scope in scopes if scope.name]
    name = ".".join((*around, own)) if own else dialect.label(node)
    first, last = node.start_point.row, node.end_point.row
    function = TreeFunction(name, first + 1, "\n".join(lines[first : last + 1]), inside, node, dialect, bool(own))
    if inside and not own:
        inside.inner.append(function)
    return function


def _tokens(node: Node, start: int) -> Iterator[str]:
    waiting = [node]
    while waiting:
        current = waiting.pop()
        if "comment" in current.type or current.end_byte <= start:
            continue
        if current.child_count == 0:
            yield text_of(current)
        waiting += reversed(current.children)


def arguments(call: Node) -> Sequence[Node]:
    """What a call is given."""
    given = call.child_by_field_name("arguments")
    return given.named_children if given else ()


def only_assigns(body: Node | None) -> bool:
    """Whether the body of a constructor only keeps what it is given."""
    statements = body.named_children if body else []
    return all(
        "comment" in one.type
        or text_of(one).startswith("super(")
        or any(child.type == "assignment_expression" for child in one.named_children)
        for one in statements
    )
