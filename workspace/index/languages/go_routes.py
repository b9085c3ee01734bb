"""Routes of Go projects: net/http, gin, echo, chi, fiber, gorilla."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from backend_developer.workspace.index.languages.tree import (
    Parsed,
    called_route,
    chained,
    field,
    last_argument,
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
_GROUP = re.compile(rb"\b(\w+)\s*:?=\s*(\w+)\.(?:Group|Party)\(\s*\"([^\"]*)\"")
_METHODS = re.compile(r"\"([A-Z]+)\"|Method(\w+)")
_FRAMEWORKS = (
    (b"gin-gonic/gin", "gin"),
    (b"labstack/echo", "echo"),
    (b"go-chi/chi", "chi"),
    (b"gofiber/fiber", "fiber"),
    (b"gorilla/mux", "gorilla"),
)


def called(source: bytes, parsed: Parsed) -> Iterator[Definition]:
    """The routes that calls of a router declare."""
    if b'"/' not in source and b" /" not in source and b"`/" not in source:
        return
    framework = next((name for mark, name in _FRAMEWORKS if mark in source), "")
    prefixes = _prefixes(source)
    for found in matches(parsed.grammar, _CALLS, parsed.root):
        owner, verb, url = (text_of(found[name][0]) for name in ("owner", "verb", "url"))
        path = unquoted(url)
        address = _URL.fullmatch(path if path or owner not in prefixes else "/")
        if address and (verb in _HANDLE or _VERB.fullmatch(verb)):
            call = found["call"][0]
            method = address[1] or (_methods(call) if verb in _HANDLE else verb.upper())
            plain = "net/http" if verb in _HANDLE else "go"
            yield called_route(
                call, method, prefixes.get(owner, "") + address[2], last_argument(call), framework or plain
            )


def _prefixes(source: bytes) -> dict[str, str]:
    """Name of a group of routes to its prefix, groups within groups included."""
    found: dict[str, str] = {}
    for name, parent, prefix in _GROUP.findall(source):
        found[name.decode()] = found.get(parent.decode(), "") + prefix.decode("utf-8", "replace")
    return found


def _methods(call: Node) -> str:
    """gorilla's `.Methods("GET")` behind a route; any where there is none."""
    for verb, chain in chained(call, "selector_expression", "field"):
        if verb == "Methods":
            named = _METHODS.findall(field(chain, "arguments"))
            return ",".join((text or constant).upper() for text, constant in named) or "ANY"
    return "ANY"
