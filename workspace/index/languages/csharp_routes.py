"""Routes of ASP.NET: attributes of controllers, and the minimal API."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tree_sitter import Node

from backend_developer.workspace.index.languages import csharp_models, csharp_mounts
from backend_developer.workspace.index.languages.bindings import Router
from backend_developer.workspace.index.languages.tree import (
    Parsed,
    Routing,
    Site,
    called_route,
    matches,
    route,
    text_of,
    unquoted,
)
from backend_developer.workspace.index.records import Definition

_CALLS = """
(invocation_expression
  function: (member_access_expression expression: (_) @owner name: (identifier) @verb)
  arguments: (argument_list . (argument (_) @url) . (argument) @second)) @call
"""
_MAPS = {"MapGet": "GET", "MapPost": "POST", "MapPut": "PUT", "MapPatch": "PATCH", "MapDelete": "DELETE"}
_VERB = re.compile(r"\bHttp(Get|Post|Put|Patch|Delete|Head|Options)\b(?:\(\s*\"([^\"]*)\")?")
_ROUTE = re.compile(r"\bRoute\(\s*\"([^\"]*)\"")
_SIGNS = (b".Map", b"RouteBuilder", b"RouteGroupBuilder", b"WebApplication")
_FRAMEWORKS_OWN = frozenset({"ControllerBase", "Controller", "ODataController"})
_ASP_NET = "asp.net"


class Prefix(NamedTuple):
    """Where the addresses of a controller's routes begin."""

    prefix: str
    """`/` for none of its own, empty where it is no controller."""
    base: str = ""
    """The class that it may have its prefix from."""


def controller(name: str, found: Definition, marks: Iterable[Node]) -> Prefix:
    """The prefix that a controller gives its routes, or the class that knows it."""
    text = " ".join(text_of(mark) for mark in marks)
    prefix = _ROUTE.search(text)
    bases = csharp_models.bases(found.signature)
    if not prefix and "ApiController" not in text and not any("Controller" in base for base in bases):
        return Prefix("")
    whole = "/" + (prefix[1] if prefix else "").replace("[controller]", name.removesuffix("Controller"))
    return Prefix(whole, bases[0] if bases and not prefix and bases[0] not in _FRAMEWORKS_OWN else "")


def marked(handler: Definition, site: Site) -> Iterator[Definition]:
    """The routes that the attributes of a controller's method declare."""
    if not site.scope.routes:
        return
    text = " ".join(text_of(mark) for mark in site.marks)
    own = _ROUTE.search(text)
    for verb, url in _VERB.findall(text):
        address = (url or (own[1] if own else "")).replace("[action]", handler.name)
        absolute = address.startswith(("/", "~/"))
        found = route(
            handler, verb.upper(), address.removeprefix("~") if absolute else f"{site.scope.routes}/{address}", _ASP_NET
        )
        yield found._replace(router="" if absolute else site.scope.router)


def called(source: bytes, parsed: Parsed, marked: list[Definition]) -> Routing:
    """The routes that calls of the minimal API declare, and what is said of routers."""
    inherited = csharp_mounts.inherited(source)
    if b"Map" not in source or not any(sign in source for sign in _SIGNS):
        return Routing([], inherited)
    mounts = csharp_mounts.Mounts(parsed)
    routes = list(_routes(parsed, mounts))
    return Routing(routes, inherited + mounts.links(routes))


def _routes(parsed: Parsed, mounts: csharp_mounts.Mounts) -> Iterator[Definition]:
    for found in matches(parsed.grammar, _CALLS, parsed.root):
        verb, url = (text_of(found[name][0]) for name in ("verb", "url"))
        if verb in _MAPS and url.endswith('"'):
            router, handler = mounts.router(found["owner"][0]) or Router(""), text_of(found["second"][0])
            address = f"{router.prefix}/{unquoted(url)}"
            yield called_route(found["call"][0], _MAPS[verb], address, handler, _ASP_NET)._replace(router=router.name)
