"""Routes of JavaScript and TypeScript projects: Express and what routes as it does, and NestJS."""

import re
from collections.abc import Iterable, Iterator

from tree_sitter import Node

from backend_developer.workspace.index.languages import javascript_mounts
from backend_developer.workspace.index.languages.bindings import Router
from backend_developer.workspace.index.languages.tree import (
    Parsed,
    Routing,
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
_MARK = re.compile(r"@(Get|Post|Put|Patch|Delete|All|Options|Head)\s*\(\s*(?:[\"'`]([^\"'`]*)[\"'`])?")
_CONTROLLER = re.compile(r"@Controller\s*\(\s*(?:\{[\s\S]*?path:\s*)?(?:[\"'`]([^\"'`]*)[\"'`])?")
_SIGNS = (b'("/', b"('/", b"(`/", b"(\n", b".route(", b".use(", b".register(", b"outer(", b"outes(")
_CALLS = """
(call_expression
  function: (member_expression object: (_) @owner property: (property_identifier) @verb)
  arguments: (arguments . [(string) (template_string)] @url . (_) @second)) @call
"""
_CHAINS = """
(call_expression
  function: (member_expression object: (_) @owner property: (property_identifier) @route)
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


def called(source: bytes, parsed: Parsed) -> Routing:
    """The routes that calls of a router declare, and what is said of routers."""
    routed = any(sign in source for sign in _SIGNS)
    if not routed:
        passed_on = b"export" in source and (b" from " in source or b"require(" in source)
        return Routing([], javascript_mounts.passed_on(parsed.root) if passed_on else [])
    mounts = javascript_mounts.Mounts(source, parsed)
    return Routing(*mounts.links(list(_routes(source, parsed, mounts))))


def _routes(source: bytes, parsed: Parsed, mounts: javascript_mounts.Mounts) -> Iterator[Definition]:
    framework = next((name for name in ("express", "fastify", "koa", "hono") if name.encode() in source), "express")
    for found in matches(parsed.grammar, _CALLS, parsed.root):
        verb, path = text_of(found["verb"][0]), unquoted(text_of(found["url"][0]))
        owner, call = found["owner"][0], found["call"][0]
        if _VERB.fullmatch(verb) and path.startswith("/") and mounts.is_router(owner):
            yield _route(call, verb, path, framework, mounts.router(owner))
    for found in matches(parsed.grammar, _CHAINS, parsed.root) if b".route(" in source else ():
        if text_of(found["route"][0]) == "route":
            path, router = unquoted(text_of(found["url"][0])), mounts.router(found["owner"][0])
            for verb, call in chained(found["call"][0], "member_expression", "property"):
                if _VERB.fullmatch(verb):
                    yield _route(call, verb, path, framework, router)


def _route(call: Node, verb: str, path: str, framework: str, router: Router) -> Definition:
    method = "ANY" if verb == "all" else verb.upper()
    found = called_route(call, method, router.below(path).prefix, last_argument(call), framework)
    return found._replace(router=router.name)
