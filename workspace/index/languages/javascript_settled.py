"""Routers that one file alone knows: their routes and mounts are told as those of the router that takes them in."""

from collections.abc import Collection

from backend_developer.workspace.index.languages.bindings import Router, chained
from backend_developer.workspace.index.records import Definition, Link

DEPTH = 16
"""Routers that take each other in within one file."""


def settled(
    routes: list[Definition], mounts: list[Link], known: Collection[str]
) -> tuple[list[Definition], list[Link]]:
    """Routes and mounts, moved; `known` are the names that other files may mean by something, or that mean another."""
    routers = {one.router for one in routes if one.router.partition(".")[0] not in known}
    targets = [link.target for link in mounts]
    within = {
        link.target: Router(link.name, link.prefix)
        for link in mounts
        if link.target in routers and not link.module and targets.count(link.target) == 1 and "$" not in link.prefix
    }
    moved = {name: router for name in within if (router := _settle(name, within)).name != name}
    return [_route(one, moved) for one in routes], [_mount(one, moved) for one in mounts if one.target not in moved]


def _settle(name: str, within: dict[str, Router]) -> Router:
    """The router at the end of those that take this one in; itself where they go round in a circle."""
    router, seen = Router(name), set[str]()
    while taken := within.get(router.name):
        if router.name in seen or len(seen) == DEPTH:
            return Router(name)
        seen.add(router.name)
        router = taken.below(router.prefix)
    return router


def _route(one: Definition, moved: dict[str, Router]) -> Definition:
    by = moved.get(one.router)
    return one._replace(router=by.name, name=chained(by.prefix, one.name).rstrip("/") or "/") if by else one


def _mount(one: Link, moved: dict[str, Router]) -> Link:
    by = moved.get(one.name)
    return one._replace(name=by.name, prefix=chained(by.prefix, one.prefix)) if by else one
