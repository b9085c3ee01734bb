"""A file in a language with a tree-sitter grammar, as the rule on logging reads it: what its nodes mean to the rule."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from tree_sitter import Language as Grammar
from tree_sitter import Node, QueryCursor

from backend_developer.nodes.gates.house_rules.languages.tree import Dialect
from backend_developer.workspace.index.languages.tree import query

SCOPE, FUNCTION, STATEMENT, CALL, NOTHING = range(5)


class Kinds(NamedTuple):
    """The nodes that the rule looks at, by the numbers of their kinds in the grammar."""

    meanings: dict[int, int]
    tails: frozenset[int]
    barren: frozenset[int]


class Site(NamedTuple):
    """A node that the rule looks at."""

    start: int
    negative_end: int
    meaning: int
    node: Node


@dataclass(frozen=True, eq=False)
class File:
    """A file that is read, with what its functions share."""

    dialect: Dialect
    grammar: Grammar
    root: Node
    text: bytes
    kinds: Kinds

    def meaning(self, node: Node) -> int:
        """What a node means to the rule."""
        return self.kinds.meanings.get(node.kind_id, NOTHING)

    def sites(self, node: Node) -> list[Site]:
        """What the rule looks at inside a node, from its beginning to its end, outer before inner."""
        meanings, tails, _ = self.kinds
        found: list[Site] = []
        waiting = [node]
        while waiting:
            one = waiting.pop()
            kind = one.kind_id
            if kind in meanings:
                found.append(Site(one.start_byte, -one.end_byte, meanings[kind], one))
            if below := one.named_children:
                waiting += below
                if kind in tails:
                    found.append(Site(below[-1].start_byte, -below[-1].end_byte, STATEMENT, below[-1]))
        found.sort(key=_order)
        return found

    def calls_around(self, place: int, function: Node) -> Iterator[Node]:
        """The calls around a byte, inner before outer, where they are a function's own and not of one inside it."""
        calls: list[Node] = []
        # From the outside: a parent is looked for from the root on.
        one = _child_at(place, function)
        while one is not None:
            meaning = self.meaning(one)
            if meaning == FUNCTION:
                return
            if meaning == CALL:
                calls.append(one)
            one = _child_at(place, one)
        yield from reversed(calls)

    def bare(self, function: Node) -> bytes:
        """The text of a function from after its name on, with blanks for comments."""
        name = function.child_by_field_name("name")
        begin = name.end_byte if name else function.start_byte
        text = bytearray(self.text[: function.end_byte])
        question = f"[{' '.join(f'({kind})' for kind in _comments(self.grammar))}] @comment"
        for comment in QueryCursor(query(self.grammar, question)).captures(function).get("comment", ()):
            text[comment.start_byte : comment.end_byte] = b" " * (comment.end_byte - comment.start_byte)
        return bytes(text[begin:])


@cache
def kinds(grammar: Grammar, dialect: Dialect) -> Kinds:
    """The numbers of a dialect's nodes, without those that its grammar does not have: JavaScript has no namespaces."""
    groups = {
        SCOPE: dialect.scopes, FUNCTION: dialect.functions, STATEMENT: dialect.statements, CALL: dialect.calls,
    }  # fmt: skip
    meanings = {kind: meaning for meaning, names in groups.items() for kind in _numbers(grammar, names)}
    return Kinds(meanings, *(frozenset(_numbers(grammar, names)) for names in (dialect.tails, dialect.barren)))


def _child_at(place: int, node: Node) -> Node | None:
    """The child around a byte."""
    return next((one for one in node.named_children if one.start_byte <= place < one.end_byte), None)


def _order(site: Site) -> tuple[int, int, int]:
    return site[:3]


def _numbers(grammar: Grammar, names: frozenset[str]) -> Iterator[int]:
    for name in names:
        kind = grammar.id_for_node_kind(name, True)
        if kind is not None:
            yield kind


@cache
def _comments(grammar: Grammar) -> list[str]:
    kinds_ = (grammar.node_kind_for_id(number) for number in range(grammar.node_kind_count))
    return sorted({kind for kind in kinds_ if kind and "comment" in kind and grammar.id_for_node_kind(kind, True)})
