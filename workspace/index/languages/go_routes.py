"""Routes of Go projects: net/http, gin, echo, chi, fiber, gorilla."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from backend_developer.workspace.index.languages import go_mounts
from backend_developer.workspace.index.languages.calls import chained, last_argument
from backend_developer.workspace.index.languages.tree import (
    Parsed,
    Routing,
    called_route,
    field,
    matches,
    text_of,
    unquoted,
)
from backend_developer.workspace.index.records import Definition

_CALLS = """
(call_expression
  function: (selector_expression operand: (_) @owner field: (field_identifier) @verb)
  arguments: (argument_list . [(interpreted_string_literal) (raw_string_literal)] @url . (_) @second)) @call
"""
_VERB = re.compile(r"GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|Any|Get|Post|Put|Patch|Delete|Head|Options")
_HANDLE = frozenset({"Handle", "HandleFunc"})
_URL = re.compile(r"(?:([A-Z]+)\s+)?(?:[\w.-]*\.[\w.-]*)?(/.*)")
_SIGNS = (b'"/', b" /", b"`/", b"gin.", b"chi.", b"echo.", b"fiber.", b"mux.", b"ServeMux")
_METHODS = re.compile(r"\"([A-Z]+)\"|Method(\w+)")
_FRAMEWORKS = (
    (b"gin-gonic/gin", "gin"),
    (b"labstack/echo", "echo"),
    (b"go-chi/chi", "chi"),
    (b"gofiber/fiber", "fiber"),
    (b"gorilla/mux", "gorilla"),
)


def called(source: bytes, parsed: Parsed) -> Routing:
    """The routes that calls of a router declare, and what is said of routers."""
    if not any(sign in source for sign in _SIGNS):
        return Routing([], go_mounts.values(source, parsed))
    mounts = go_mounts.Mounts(source, parsed)
    routes = list(_routes(source, parsed, mounts))
    return Routing(routes, mounts.links(routes))


def _routes(source: bytes, parsed: Parsed, mounts: go_mounts.Mounts) -> Iterator[Definition]:
    framework = next((name for mark, name in _FRAMEWORKS if mark in source), "")
    for found in matches(parsed.grammar, _CALLS, parsed.root):
        verb, path = text_of(found["verb"][0]), unquoted(text_of(found["url"][0]))
        if verb not in _HANDLE and not _VERB.fullmatch(verb):
            continue
        router = mounts.router(found["owner"][0])
        address = _URL.fullmatch(path if path or not mounts.is_router(router) else "/")
        if address and not (verb == "Handle" and go_mounts.stripped(found["second"][0])[1]):
            call = found["call"][0]
            method = address[1] or (_methods(call) if verb in _HANDLE else verb.upper())
            plain = "net/http" if verb in _HANDLE else "go"
            url = router.below(address[2]).prefix
            yield called_route(call, method, url, last_argument(call), framework or plain)._replace(router=router.name)


def _methods(call: Node) -> str:
    """gorilla's `.Methods("GET")` behind a route; any where there is none."""
    for verb, chain in chained(call, "selector_expression", "field"):
        if verb == "Methods":
            named = _METHODS.findall(field(chain, "arguments"))
            return ",".join((text or constant).upper() for text, constant in named) or "ANY"
    return "ANY"
