"""Where the addresses of a router begin: what its files say of each other, put together.

Each file says for itself which routers it takes in, below which prefix, and where its names come from (`Link`). That is
stored by file and put together at each question, so a file that changes is read alone and moves the addresses of all.
What cannot be told keeps the address that its own file gives it.
"""

import logging
import re
from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from backend_developer.workspace.index.modules import Modules
from backend_developer.workspace.index.records import Hit, Link
from backend_developer.workspace.index.rows import Row, select
from backend_developer.workspace.index.store import Store

logger = logging.getLogger(__name__)

ADDRESSES = 16
"""Beginnings of one router that are told; a router that is mounted more often is a maze."""
LOOKS = 1_000
"""Mounts that are looked at on the way up from one router."""
NAMES = 10
"""Names that are followed from where a router is taken in to where it is made."""

_CONSTANT = re.compile(r"\$\{(?:[\w.]+\.)?(\w+)\}")


class Node(NamedTuple):
    """A router: the module that makes it, and its name there."""

    module: str
    name: str


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
        self._modules = Modules(path for (path,) in paths)
        self._aliases = {(path, link.name): link for path, link in reversed(links) if link.kind == "alias"}
        self._stars = [(path, link) for path, link in links if link.kind == "alias" and link.name == "*"]
        self._own = {Node(path, link.name): link.prefix for path, link in links if link.kind == "own"}
        self._constants: dict[str, dict[str, str]] = {}
        for path, link in links:
            if link.kind == "constant":
                self._constants.setdefault(link.name, {})[path] = link.prefix
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
        node = self._find(row.path, "", row.router) or Node(row.path, row.router)
        rest = row.name.removeprefix(self._own.get(node, "")) if node.module == row.path else row.name
        return [_joined(one, rest) for one in self._begin(node)]

    def _mount(self, path: str, link: Link) -> None:
        prefix = self._filled(link.prefix, path)
        target = self._find(path, link.module, link.target)
        by = self._find(path, "", link.name)
        if prefix is not None and target and by and target != by:
            self._mounts.setdefault(target, []).append(_Mount(by, prefix, link.kind == "placed"))

    def _begin(self, node: Node) -> list[str]:
        if node not in self._beginnings:
            found = list(dict.fromkeys(self._ways_up(node)))[:ADDRESSES]
            self._beginnings[node] = found or [self._own.get(node, "")]
        return self._beginnings[node]

    def _ways_up(self, node: Node) -> Iterable[str]:
        """The prefixes from each root down to a router; a way that comes back to itself leads nowhere."""
        waiting = deque([(node, "", frozenset({node}))])
        for _ in range(LOOKS):
            if not waiting:
                return
            at, below, way = waiting.popleft()
            own, mounts = self._own.get(at, ""), self._mounts.get(at, ())
            if not mounts:
                yield _chained(own, below)
            for mount in mounts:
                if mount.by not in way:
                    prefix = _chained(mount.prefix, below if mount.placed else _chained(own, below))
                    waiting.append((mount.by, prefix, way | {mount.by}))

    def _find(self, at: str, module: str, name: str, names: int = NAMES) -> Node | None:
        """The router that a file means by a name; None where its module is not in the project."""
        found = self._modules.find(module, at) if module else at
        if found is None or names == 0:
            return None
        parts = name.split(".") if name else []
        for cut in range(len(parts), 0, -1):
            link = self._aliases.get((found, ".".join(parts[:cut])))
            if link and not self._of_itself(found, link):
                return self._find(found, link.module, ".".join(filter(None, [link.target, *parts[cut:]])), names - 1)
        if parts and (inner := self._modules.inner(parts[0], found)):
            return self._find(inner, "", ".".join(parts[1:]), names - 1)
        return self._by_star(found, name, names) or _at_last(found, name)

    def _of_itself(self, at: str, link: Link) -> bool:
        """Whether a package takes a module from itself: the name is that of the module then."""
        return link.name == link.target and bool(link.module) and self._modules.find(link.module, at) == at

    def _by_star(self, at: str, name: str, names: int) -> Node | None:
        """What comes from a module of which all is taken over, where that names it."""
        for path, link in self._stars:
            if path == at and (module := self._modules.find(link.module, at)) and (module, name) in self._aliases:
                return self._find(module, "", name, names - 1)
        return None

    def _filled(self, prefix: str, path: str) -> str | None:
        """With the values of its constants; None where one is unknown, or there are several and none of this file."""
        values: dict[str, str] = {}
        for name in _CONSTANT.findall(prefix):
            known = self._constants.get(name, {})
            if path not in known and len(set(known.values())) != 1:
                return None
            values[name] = known.get(path) or next(iter(known.values()))
        return _CONSTANT.sub(lambda found: values[found[1]], prefix)


def resolved(store: Store, rows: list[Row]) -> list[Row]:
    """The rows, those of routes named by all their addresses."""
    if not any(row.kind == "route" for row in rows):
        return rows
    routers = Routers(store)
    return [row._replace(name=", ".join(routers.addresses(row))) if row.kind == "route" else row for row in rows]


def addressed(store: Store, hits: list[Hit]) -> list[Hit]:
    """The hits, those of routes named by all their addresses."""
    if not any(hit.kind == "route" for hit in hits):
        return hits
    routers = Routers(store)
    return [_addressed(store, routers, hit) if hit.kind == "route" else hit for hit in hits]


def _addressed(store: Store, routers: Routers, hit: Hit) -> Hit:
    rows = select(store, "kind = 'route' AND path = ? AND line = ?", (hit.path, hit.line))
    mine = [row for row in rows if row.hit(hit.score, hit.why) == hit]
    return replace(hit, name=f"{hit.detail} {', '.join(routers.addresses(mine[0]))}") if mine else hit


def _chained(prefix: str, below: str) -> str:
    return f"{prefix.rstrip('/')}/{below.lstrip('/')}" if prefix and below else prefix or below


def _joined(prefix: str, own: str) -> str:
    prefix = f"/{prefix.strip('/')}" if prefix.strip("/") else ""
    return _chained(prefix, own) or "/"


def _at_last(module: str, name: str) -> Node:
    """A name that leads nowhere else is that of a router: of Django's list of patterns for a module of these."""
    return Node(module, name.removesuffix(".urls") or "urlpatterns")
