"""Django's URLs: the routes of `path`, `re_path` and `url`, those of a router's `register`, and what they include."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from tree_sitter import Language, Node

from backend_developer.workspace.index.languages.spans import Span, Spans
from backend_developer.workspace.index.languages.tree import field, matches, said, text_of
from backend_developer.workspace.index.records import Definition, Link

PATTERNS = "urlpatterns"

_CALLS = """
(call
  function: [(identifier) @function (attribute attribute: (identifier) @function)]
  arguments: (argument_list . (string) @url . (_) @view)) @call
"""
_PATHS = frozenset({"path", "re_path", "url"})
_WORD = re.compile(r"[^\W\d]\w*")
_NAME = re.compile(r"\w+(?:\.\w+)*")
_ADDED = re.compile(rb"(?:^\w+[ \t]*\+?=|[+*])[ \t]*(\w+(?:\.\w+)*)\.urls\b", re.MULTILINE)
_EXTENDED = re.compile(rb"\b(\w+)\.registry\.extend\(\s*(\w+(?:\.\w+)*)\.registry\b")


class Urls(NamedTuple):
    """What a file of URLs says."""

    routes: list[Definition]
    links: list[Link]


class _Call(NamedTuple):
    """A call that gives something an address."""

    node: Node
    function: str
    url: str
    view: Node


def read(source: bytes, grammar: Language, root: Node) -> Urls:
    """Routes with the prefixes of the lists that they are included by in place, and what else is included."""
    calls = [
        _Call(found["call"][0], text_of(found["function"][0]), _address(text_of(found["url"][0])), found["view"][0])
        for found in matches(grammar, _CALLS, root)
    ]
    lists = Spans(_lists(root))
    inside = Spans(
        Span(view.start_byte, view.end_byte, f"{call.url.rstrip('/')}/")
        for call in calls
        if call.function in _PATHS and (view := _included(call.view)) and view.type == "list"
    )
    urls = Urls([], list(_added(source, lists, inside)))
    for call in calls:
        at = call.node.start_byte
        router, address = lists.innermost(at) or PATTERNS, inside.joined(at) + call.url
        if call.function in _PATHS and (included := _included(call.view)):
            urls.links.extend(_mount(router, address, included))
        elif call.function in _PATHS:
            urls.routes.append(_route(call, address, "django", router))
        elif call.function == "register" and _view(call.view).endswith(("ViewSet", "View")):
            owner = call.node.child_by_field_name("function")
            router = field(owner, "object") if owner else ""
            urls.routes.append(_route(call, call.url, "django-rest-framework", router))
    return urls


def _lists(root: Node) -> Iterator[Span]:
    """The statements of a module that give a name to patterns."""
    for statement in root.children:
        given = statement.named_children[0] if statement.type == "expression_statement" else None
        if given and given.type in {"assignment", "augmented_assignment"}:
            yield Span(statement.start_byte, statement.end_byte, field(given, "left"))


def _included(view: Node) -> Node | None:
    """What `include(...)` is given; of a tuple with a namespace, the patterns. None where it is another call."""
    if view.type != "call" or field(view, "function").rpartition(".")[2] != "include":
        return None
    arguments = view.child_by_field_name("arguments")
    given = arguments.named_children[0] if arguments and arguments.named_children else None
    if given and given.type == "tuple" and given.named_children:
        return given.named_children[0]
    return given


def _mount(router: str, prefix: str, included: Node) -> Iterator[Link]:
    text = text_of(included)
    if included.type == "string":
        yield Link("mount", router, prefix, text.lstrip("rRuUbB").strip("\"'"), PATTERNS)
    elif _NAME.fullmatch(text):
        yield Link("mount", router, prefix, "", text)


def _added(source: bytes, lists: Spans, inside: Spans) -> Iterator[Link]:
    """Routers whose addresses become part of a list, or of another router."""
    for found in _ADDED.finditer(source):
        if to := lists.innermost(found.start(1)):
            yield Link("mount", to, inside.joined(found.start(1)), "", said(found[1]))
    for to_router, router in _EXTENDED.findall(source):
        yield Link("mount", said(to_router), "", "", said(router))


def _route(call: _Call, address: str, framework: str, router: str) -> Definition:
    view = " ".join(_view(call.view).split())[:80]
    return Definition(
        kind="route",
        name="/" + address.lstrip("/"),
        scope=_WORD.findall(view)[-1] if _WORD.search(view) else view,
        signature=view,
        doc="",
        line=call.node.start_point.row + 1,
        end_line=call.node.end_point.row + 1,
        body=(call.node.start_byte, call.node.end_byte),
        framework=framework,
        detail="ANY",
        router=router,
    )


def _view(view: Node) -> str:
    return text_of(view).partition(".as_view(")[0]


def _address(literal: str) -> str:
    return literal.lstrip("rRbBuUfF").strip("\"'").removeprefix("^")
