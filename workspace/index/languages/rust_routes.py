"""Routes of Rust projects: axum, actix-web, Rocket."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from backend_developer.workspace.index.languages.tree import (
    Parsed,
    Site,
    called_route,
    chained,
    field,
    matches,
    route,
    text_of,
    unquoted,
)
from backend_developer.workspace.index.records import Definition

_MARK = re.compile(r"#\[\s*(?:\w+::)?(get|post|put|patch|delete|head|options)\s*\(\s*\"([^\"]*)\"")
_CALLS = """
(call_expression
  function: (field_expression field: (field_identifier) @verb)
  arguments: (arguments . (string_literal) @url . (_) @handlers)) @call
"""
_RESOURCES = """
(call_expression
  function: (scoped_identifier name: (identifier) @verb)
  arguments: (arguments . (string_literal) @url .)) @call
"""
_HANDLER = re.compile(r"\b(get|post|put|patch|delete|head|options|any)\(\s*(?:\)\s*\.to\(\s*)?([\w:]+)?")


def marked(handler: Definition, site: Site) -> Iterator[Definition]:
    """The routes that the attributes of a function declare."""
    for mark in site.marks:
        if found := _MARK.match(text_of(mark)):
            yield route(handler, found[1].upper(), found[2], "actix")


def called(source: bytes, parsed: Parsed) -> Iterator[Definition]:
    """The routes that calls of a router declare."""
    if b".route(" in source:
        for found in matches(parsed.grammar, _CALLS, parsed.root):
            if text_of(found["verb"][0]) == "route":
                yield from _routes(found, text_of(found["handlers"][0]))
    if b"resource(" in source:
        for found in matches(parsed.grammar, _RESOURCES, parsed.root):
            if text_of(found["verb"][0]) == "resource":
                yield from _routes(found, _behind(found["call"][0]))


def _routes(found: dict[str, list[Node]], handlers: str) -> Iterator[Definition]:
    url = unquoted(text_of(found["url"][0]))
    framework = "actix" if "web::" in handlers else "axum"
    for verb, handler in _HANDLER.findall(handlers):
        yield called_route(found["call"][0], "ANY" if verb == "any" else verb.upper(), url, handler, framework)


def _behind(resource: Node) -> str:
    """The `.route(...)` calls behind `web::resource("/users")`, and nothing behind those."""
    calls = chained(resource, "field_expression", "field")
    return " ".join(field(node, "arguments") for verb, node in calls if verb == "route")
