"""Where the addresses of a router begin: what its files say of each other, put together.

Each file says for itself which routers it takes in, below which prefix, and where its names come from (`Link`). That is
stored by file and put together at each question, so a file that changes is read alone and moves the addresses of all.
What cannot be told keeps the address that its own file gives it.
"""

import logging
from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from backend_developer.workspace.index.applications import Applications
from backend_developer.workspace.index.names import Names, Node
from backend_developer.workspace.index.records import Hit, Link
from backend_developer.workspace.index.rows import Row, select
from backend_developer.workspace.index.store import Store

logger = logging.getLogger(__name__)

ADDRESSES = 16
"""Beginnings of one router that are told; a router that is mounted more often is a maze."""
LOOKS = 1_000
"""Mounts that are looked at on the way up from one router."""


OF_ALL = frozenset({"application", "global", "versioned", "version"})
"""What is said of all routes of an application."""


class _Mount(NamedTuple):
    """What a router is taken in by."""

    by: Node
    prefix: str
    placed: bool


class Routers:
    """The routers of one project, as its index knows them."""

    def __init__(self, store: Store) -> None:
        """Read what all files of product code say. Raises `sqlite3.Error`."""
        said = store.rows(
            "SELECT path, kind, name, prefix, module, target FROM links JOIN files ON files.id = file"
            " WHERE code ORDER BY path, links.rowid"
        )
        links = [(path, Link(*link)) for path, *link in said]
        paths = store.rows("SELECT path FROM files WHERE language != ''") if links else []
        self._names = Names(links, (path for (path,) in paths))
        filled = [(path, link, self._names.filled(link.prefix, path)) for path, link in links if link.kind in OF_ALL]
        self._applications = Applications(
            [(path, link._replace(prefix=prefix)) for path, link, prefix in filled if prefix is not None]
        )
        self._beginnings: dict[Node, list[str]] = {}
        self._mounts: dict[Node, list[_Mount]] = {}
        for path, link in links:
            if link.kind in {"mount", "placed"}:
                self._mount(path, link)
        logger.debug("%d links, %d routers that are mounted", len(links), len(self._mounts))

    def addresses(self, row: Row) -> list[str]:
        """All addresses of a route, as many as its router has; the one of its own file where no more is known."""
        if not row.router:
            return [row.name]
        home = self._names.home(row.path)
        node = self._names.find(row.path, "", row.router) or Node(home, row.router)
        rest = row.name.removeprefix(self._names.own.get(node, "")) if node.module == home else row.name
        rest = "" if rest == "/" and not row.path.endswith(".py") else rest
        whole = [_joined(one, rest) for one in self._begin(node)]
        if row.framework == "nestjs":
            return [each for one in whole for each in self._applications.whole(row.path, row.scope, one)]
        return [_of_handler(one, row.scope) for one in whole] if row.framework == "asp.net" else whole

    def _mount(self, path: str, link: Link) -> None:
        prefix = self._names.filled(link.prefix, path)
        target = self._names.find(path, link.module, link.target)
        by = self._names.find(path, "", link.name)
        if prefix is not None and target and by and target != by:
            self._mounts.setdefault(target, []).append(_Mount(by, prefix, link.kind == "placed"))

    def _begin(self, node: Node) -> list[str]:
        if node not in self._beginnings:
            found = list(dict.fromkeys(self._ways_up(node)))[:ADDRESSES]
            self._beginnings[node] = found or [self._names.own.get(node, "")]
        return self._beginnings[node]

    def _ways_up(self, node: Node) -> Iterable[str]:
        """The prefixes from each root down to a router; a way that comes back to itself leads nowhere."""
        waiting = deque([(node, "", frozenset({node}))])
        for _ in range(LOOKS):
            if not waiting:
                return
            at, below, way = waiting.popleft()
            own, mounts = self._names.own.get(at, ""), self._mounts.get(at, ())
            if not mounts:
                yield _chained(own, below)
            for mount in mounts:
                if mount.by not in way:
                    prefix = _chained(mount.prefix, below if mount.placed else _chained(own, below))
                    waiting.append((mount.by, prefix, way | {mount.by}))


def resolved(store: Store, rows: list[Row]) -> list[Row]:
    """The rows, those of routes named by all their addresses."""
    if not any(row.kind == "route" for row in rows):
        return rows
    routers = store.remembered(Routers)
    return [row._replace(name=", ".join(routers.addresses(row))) if row.kind == "route" else row for row in rows]


def addressed(store: Store, hits: list[Hit]) -> list[Hit]:
    """The hits, those of routes named by all their addresses."""
    if not any(hit.kind == "route" for hit in hits):
        return hits
    routers = store.remembered(Routers)
    return [_addressed(store, routers, hit) if hit.kind == "route" else hit for hit in hits]


def _addressed(store: Store, routers: Routers, hit: Hit) -> Hit:
    rows = select(store, "kind = 'route' AND path = ? AND line = ?", (hit.path, hit.line))
    mine = [row for row in rows if row.hit(hit.score, hit.why) == hit]
    return replace(hit, name=f"{hit.detail} {', '.join(routers.addresses(mine[0]))}") if mine else hit


def _of_handler(address: str, handler: str) -> str:
    """With the names of the controller and its method, where a class that it derives from leaves room for them."""
    controller, _, action = handler.rpartition(".")
    controller = controller.rpartition(".")[2].removesuffix("Controller")
    return address.replace("[controller]", controller).replace("[action]", action)


def _chained(prefix: str, below: str) -> str:
    return f"{prefix.rstrip('/')}/{below.lstrip('/')}" if prefix and below else prefix or below


def _joined(prefix: str, own: str) -> str:
    prefix = f"/{prefix.strip('/')}" if prefix.strip("/") else ""
    return _chained(prefix, own) or "/"
