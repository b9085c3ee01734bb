"""What the rule must know of a language with a tree-sitter grammar: what its functions and log calls are called."""

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

from tree_sitter import Node

from backend_developer.workspace.index.languages.tree import text_of

HOLE = "{}"
"""Stands for what a template fills in."""

LOGGER_NAME = re.compile(r"(?i:_*(?:\w*_)?log(?:ger|ging)?)|\w*[a-z0-9]Log(?:ger)?")


class Dialect(ABC):
    """What the rule must know of one language."""

    functions: ClassVar[frozenset[str]]
    scopes: ClassVar[frozenset[str]] = frozenset()
    """Nodes whose name stands before that of a function inside."""
    statements: ClassVar[frozenset[str]]
    calls: ClassVar[frozenset[str]]
    tails: ClassVar[frozenset[str]] = frozenset()
    """Nodes that end with a value, in a language where that is no statement."""
    barren: ClassVar[frozenset[str]] = frozenset()
    """Some of the nodes in which no function stands, so that they need not be entered."""
    quote: ClassVar[str]
    """What begins and ends strings that may run over several lines."""

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
