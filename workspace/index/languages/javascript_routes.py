"""Routes of JavaScript and TypeScript projects: Express and what routes as it does, and NestJS."""

import re
from collections.abc import Iterable, Iterator

from tree_sitter import Node

from backend_developer.workspace.index.languages.tree import (
    Parsed,
    Site,
    called_route,
    chained,
    last_argument,
    matches,
    route,
    text_of,
    unquoted,
)
from backend_developer.workspace.index.records import Definition

_VERB = re.compile(r"get|post|put|patch|delete|all|options|head")
_OWNER = re.compile(
    r"(?:app|router|routes?|server|api|fastify)\w*$|\w+(?:App|Router|Routes?|Server|Api)$", re.IGNORECASE
)
_MARK = re.compile(r"@(Get|Post|Put|Patch|Delete|All|Options|Head)\s*\(\s*(?:[\"'`]([^\"'`]*)[\"'`])?")
_CONTROLLER = re.compile(r"@Controller\s*\(\s*(?:\{[\s\S]*?path:\s*)?(?:[\"'`]([^\"'`]*)[\"'`])?")
_MOUNTED = re.compile(rb"""\b(\w+)\.use\(\s*["'`](/[^"'`]*)["'`]\s*,(?:[^()\n]*,)?\s*(\w+)\s*\)""")
_CALLS = """
(call_expression
  function: (member_expression object: (_) @owner property: (property_identifier) @verb)
  arguments: (arguments . [(string) (template_string)] @url . (_) @second)) @call
"""
_CHAINS = """
(call_expression
  function: (member_expression property: (property_identifier) @route)
  arguments: (arguments . (string) @url .)) @call
"""


def controller(marks: Iterable[Node]) -> str:
    """The prefix that a controller gives its routes: `/` for none of its own, empty where it is no controller."""
    for mark in marks:
        if found := _CONTROLLER.match(text_of(mark)):
            return f"/{found[1] or ''}"
    return ""


def marked(handler: Definition, site: Site) -> Iterator[Definition]:
    """The routes that the decorators of a controller's method declare."""
    if not site.scope.routes:
        return
    for mark in site.marks:
        if found := _MARK.match(text_of(mark)):
            method = "ANY" if found[1] == "All" else found[1].upper()
            yield route(handler, method, f"{site.scope.routes}/{found[2] or ''}", "nestjs")


def called(source: bytes, parsed: Parsed) -> Iterator[Definition]:
    """The routes that calls of a router declare."""
    framework = next((name for name in ("express", "fastify", "koa", "hono") if name.encode() in source), "express")
    mounted = {name.decode(): url.decode("utf-8", "replace") for _, url, name in _MOUNTED.findall(source)}
    if any(verb in source for verb in (b'("/', b"('/", b"(`/", b"(\n")):
        for found in matches(parsed.grammar, _CALLS, parsed.root):
            yield from _called(found, mounted, framework)
    if b".route(" in source:
        for found in matches(parsed.grammar, _CHAINS, parsed.root):
            if text_of(found["route"][0]) == "route":
                yield from _chained(found["call"][0], unquoted(text_of(found["url"][0])), framework)


def _called(found: dict[str, list[Node]], mounted: dict[str, str], framework: str) -> Iterator[Definition]:
    owner, verb, url = (text_of(found[name][0]) for name in ("owner", "verb", "url"))
    path = unquoted(url)
    if _VERB.fullmatch(verb) and path.startswith("/") and _OWNER.search(owner):
        call = found["call"][0]
        yield called_route(call, _method(verb), mounted.get(owner, "") + path, last_argument(call), framework)


def _chained(call: Node, url: str, framework: str) -> Iterator[Definition]:
    """The verbs after `router.route("/users")`."""
    for verb, node in chained(call, "member_expression", "property"):
        if _VERB.fullmatch(verb):
            yield called_route(node, _method(verb), url, last_argument(node), framework)


def _method(verb: str) -> str:
    return "ANY" if verb == "all" else verb.upper()
