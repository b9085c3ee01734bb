"""Where the names of a Rust file come from. A path is told with dots: `crate.users.router`."""

from collections.abc import Iterator
from typing import NamedTuple

from tree_sitter import Node

from backend_developer.workspace.index.languages.tree import Parsed, field, matches, text_of
from backend_developer.workspace.index.records import Link

_USES = "(use_declaration argument: (_) @argument) @use"


class _Use(NamedTuple):
    node: Node
    above: str


def dotted(path: str) -> str:
    """A path without type parameters, with dots."""
    return "".join(path.partition("::<")[0].split()).replace("::", ".").removeprefix("self.")


def imported(parsed: Parsed, heads: set[str]) -> Iterator[Link]:
    """Where those names come from that are wanted, and all that is passed on."""
    for found in matches(parsed.grammar, _USES, parsed.root):
        passed_on = text_of(found["use"][0]).startswith("pub")
        for name, path in _names(found["argument"][0]):
            wanted = name in heads or (passed_on and not name[:1].isupper())
            if wanted and path != name:
                yield Link("alias", name, "", "", path)


def _names(argument: Node) -> Iterator[tuple[str, str]]:
    """The names that a `use` gives, each with its path; `*` for all of a module."""
    waiting = [_Use(argument, "")]
    while waiting:
        node, above = waiting.pop()
        path = field(node, "path")
        if node.type in {"scoped_use_list", "use_list"}:
            inside = f"{above}{path}::" if path else above
            waiting += [_Use(one, inside) for one in (node.child_by_field_name("list") or node).named_children]
        elif node.type == "use_wildcard":
            yield "*", dotted(f"{above}{text_of(node).removesuffix('::*')}")
        elif node.type == "use_as_clause":
            yield field(node, "alias"), dotted(f"{above}{path}")
        elif node.type == "self":
            whole = dotted(above.removesuffix("::"))
            yield whole.rpartition(".")[2], whole
        else:
            whole = dotted(f"{above}{text_of(node)}")
            yield whole.rpartition(".")[2], whole
