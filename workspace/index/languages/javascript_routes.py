"""Routes of JavaScript and TypeScript projects by calls: Express and what routes as it does."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from backend_developer.workspace.index.languages import javascript_mounts, javascript_nest
from backend_developer.workspace.index.languages.bindings import Router
from backend_developer.workspace.index.languages.calls import chained, last_argument
from backend_developer.workspace.index.languages.tree import Parsed, Routing, called_route, matches, text_of, unquoted
from backend_developer.workspace.index.records import Definition

_VERB = re.compile(r"get|post|put|patch|delete|all|options|head")
_SIGNS = re.compile(
    rb"\.(?:get|post|put|patch|delete|all|options|head)\(\s*[\"'`]/|\.(?:use|register|route)\(|Router\("
    rb"|[(,] ?(?:app|router|server|fastify)[,)]"
)
"""What a file has that says something of routers."""
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


def called(source: bytes, parsed: Parsed) -> Routing:
    """The routes that calls of a router declare, and what is said of routers."""
    told = javascript_mounts.constants(source)
    told += javascript_nest.links(source, parsed) if b"nestjs" in source else []
    if not _SIGNS.search(source):
        passed_on = b"export" in source and (b" from " in source or b"require(" in source)
        return Routing([], told + (javascript_mounts.passed_on(parsed.root) if passed_on else []))
    mounts = javascript_mounts.Mounts(source, parsed)
    routes, links = mounts.links(list(_routes(source, parsed, mounts)))
    return Routing(routes, told + links)


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
