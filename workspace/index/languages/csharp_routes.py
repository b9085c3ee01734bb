"""Routes of ASP.NET: attributes of controllers, and the minimal API."""

import re
from collections.abc import Iterable, Iterator

from tree_sitter import Node

from backend_developer.workspace.index.languages.tree import (
    Parsed,
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
_GROUP = re.compile(rb"\b(\w+)\s*=\s*(\w+)\.MapGroup\(\s*\"([^\"]*)\"")
_FRAMEWORK = "asp.net"


def controller(name: str, found: Definition, marks: Iterable[Node]) -> str:
    """The prefix that a controller gives its routes: `/` for none of its own, empty where it is no controller."""
    text = " ".join(text_of(mark) for mark in marks)
    prefix = _ROUTE.search(text)
    if not prefix and "ApiController" not in text and "Controller" not in found.signature:
        return ""
    return "/" + (prefix[1] if prefix else "").replace("[controller]", name.removesuffix("Controller"))


def marked(handler: Definition, site: Site) -> Iterator[Definition]:
    """The routes that the attributes of a controller's method declare."""
    if not site.scope.routes:
        return
    text = " ".join(text_of(mark) for mark in site.marks)
    own = _ROUTE.search(text)
    for verb, url in _VERB.findall(text):
        address = (url or (own[1] if own else "")).replace("[action]", handler.name)
        whole = address.removeprefix("~") if address.startswith(("/", "~/")) else f"{site.scope.routes}/{address}"
        yield route(handler, verb.upper(), whole, _FRAMEWORK)


def called(source: bytes, parsed: Parsed) -> Iterator[Definition]:
    """The routes that calls of the minimal API declare."""
    if b".Map" not in source:
        return
    prefixes: dict[str, str] = {}
    for name, parent, prefix in _GROUP.findall(source):
        prefixes[name.decode()] = prefixes.get(parent.decode(), "") + "/" + prefix.decode("utf-8", "replace")
    for found in matches(parsed.grammar, _CALLS, parsed.root):
        owner, verb, url = (text_of(found[name][0]) for name in ("owner", "verb", "url"))
        if verb in _MAPS and url.endswith('"'):
            address, handler = f"{prefixes.get(owner, '')}/{unquoted(url)}", text_of(found["second"][0])
            yield called_route(found["call"][0], _MAPS[verb], address, handler, _FRAMEWORK)
