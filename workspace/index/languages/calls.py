"""Calls: those that are chained to one, and what one is given."""

from collections.abc import Iterator

from tree_sitter import Node

from backend_developer.workspace.index.languages.tree import field, text_of

CHAIN = 16
"""Calls in a chain that are looked at."""


def chained(call: Node, access: str, name: str) -> Iterator[tuple[str, Node]]:
    """The calls that are chained to a call, each with its name: `.get(a)` and `.post(b)` of `x("/y").get(a).post(b)`.

    `access` is the grammar's node between two calls, `name` its field. Of a longer chain the first are given: a parent
    is looked for from the root on, so that each takes longer than the last.
    """
    for _ in range(CHAIN):
        between = call.parent
        if between is None or between.type != access or between.parent is None or between.parent.type != call.type:
            return
        call = between.parent
        yield field(between, name), call


def last_argument(call: Node) -> str:
    """The handler of a route: what stands before it is middleware."""
    arguments = call.child_by_field_name("arguments")
    given = arguments.named_children if arguments else []
    return text_of(given[-1]) if given else ""
