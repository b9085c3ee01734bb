"""Routes of Rust projects: axum, actix-web, Rocket."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from backend_developer.workspace.index.languages import rust_mounts
from backend_developer.workspace.index.languages.calls import chained
from backend_developer.workspace.index.languages.tree import (
    Parsed,
    Routing,
    Site,
    called_route,
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
_SIGNS = (b".route(", b"resource(", b".nest(", b".merge(", b".service(", b".configure(", b".mount(")
_HANDLER = re.compile(r"\b(get|post|put|patch|delete|head|options|any)\(\s*(?:\)\s*\.to\(\s*)?([\w:]+)?")


def marked(handler: Definition, site: Site) -> Iterator[Definition]:
    """The routes that the attributes of a function declare."""
    for mark in site.marks:
        if found := _MARK.match(text_of(mark)):
            yield route(handler, found[1].upper(), found[2], "actix")._replace(router=handler.qualified)


def called(source: bytes, parsed: Parsed, marked: list[Definition]) -> Routing:
    """The routes that calls of a router declare, and what is said of routers."""
    if not marked and not any(sign in source for sign in _SIGNS):
        return Routing([], rust_mounts.passed_on(parsed) if b"pub use" in source else [])
    mounts = rust_mounts.Mounts(parsed)
    routes = list(_routes(source, parsed, mounts))
    return Routing(routes, mounts.links([*routes, *marked]))


def _routes(source: bytes, parsed: Parsed, mounts: rust_mounts.Mounts) -> Iterator[Definition]:
    if b".route(" in source:
        for found in matches(parsed.grammar, _CALLS, parsed.root):
            if text_of(found["verb"][0]) == "route":
                yield from _handled(found, text_of(found["handlers"][0]), mounts)
    if b"resource(" in source:
        for found in matches(parsed.grammar, _RESOURCES, parsed.root):
            if text_of(found["verb"][0]) == "resource":
                yield from _handled(found, _behind(found["call"][0]), mounts)


def _handled(found: dict[str, list[Node]], handlers: str, mounts: rust_mounts.Mounts) -> Iterator[Definition]:
    url, call = found["url"][0], found["call"][0]
    router = mounts.router(url)
    framework = "actix" if "web::" in handlers else "axum"
    if router is None:
        return
    for verb, handler in _HANDLER.findall(handlers):
        whole, method = router.below(unquoted(text_of(url))).prefix, "ANY" if verb == "any" else verb.upper()
        yield called_route(call, method, whole, handler, framework)._replace(router=router.name)


def _behind(resource: Node) -> str:
    """The `.route(...)` calls behind `web::resource("/users")`, and nothing behind those."""
    calls = chained(resource, "field_expression", "field")
    return " ".join(field(node, "arguments") for verb, node in calls if verb == "route")
