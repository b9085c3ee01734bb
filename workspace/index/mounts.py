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

from backend_developer.workspace.index.applications import Applications, Prefix
from backend_developer.workspace.index.modules import Modules
from backend_developer.workspace.index.records import Hit, Link
from backend_developer.workspace.index.rows import Row, select
from backend_developer.workspace.index.store import Store

logger = logging.getLogger(__name__)

ADDRESSES = 16
"""Beginnings of one router that are told; a router that is mounted more often is a maze."""
LOOKS = 1_000
"""Mounts that are looked at on the way up from one router."""
NAMES = 24
"""Names that are followed from where a router is taken in to where it is made."""

_CONSTANT = re.compile(r"\$\{(?:[\w.]+\.)?(\w+)\}")
_PART = re.compile(r"\(\)|[.#:]?[^.#:()]+")
"""Of a name: `users`, `.router`, and what `records.Link` has for parameters, results and variables."""


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
        roots = {path: link.name for path, link in links if link.kind == "root"}
        self._modules = Modules((path for (path,) in paths), roots)
        self._aliases = {
            (self._holder(path, link), link.name): link for path, link in reversed(links) if link.kind == "alias"
        }
        self._stars = [(path, link) for path, link in links if link.kind == "alias" and link.name == "*"]
        self._own = {
            Node(self._modules.home(path), link.name): link.prefix for path, link in links if link.kind == "own"
        }
        self._constants: dict[str, dict[str, str]] = {}
        for path, link in links:
            if link.kind == "constant":
                self._constants.setdefault(link.name, {})[path] = link.prefix
        self._applications = Applications(
            (path for path, link in links if link.kind == "application"),
            [
                Prefix(path, prefix, tuple(link.target.split()))
                for path, link in links
                if link.kind == "global" and (prefix := self._filled(link.prefix, path)) is not None
            ],
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
        home = self._modules.home(row.path)
        node = self._find(row.path, "", row.router) or Node(home, row.router)
        rest = row.name.removeprefix(self._own.get(node, "")) if node.module == home else row.name
        rest = "" if rest == "/" and not row.path.endswith(".py") else rest
        whole = [_joined(one, rest) for one in self._begin(node)]
        return [self._applications.whole(row.path, one) for one in whole] if row.framework == "nestjs" else whole

    def _holder(self, path: str, link: Link) -> str:
        """What a name is known in: that of an import in its file, any other in all files of its module."""
        return path if link.module else self._modules.home(path)

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

    def _find(self, at: str, module: str, name: str, way: frozenset[tuple[str, str]] = frozenset()) -> Node | None:
        """The router that a file means by a name; None where its module is not in the project.

        A name that leads back to itself, as that of a module which a package takes from itself, is passed over.
        """
        found = self._modules.find(module, at) if module else at
        if found is None or len(way) == NAMES:
            return None
        name = self._without_default(found, name)
        parts = _PART.findall(name)
        for cut in range(len(parts), 0, -1):
            key = (found, "".join(parts[:cut]))
            if (link := self._aliases.get(key)) and key not in way:
                return self._find(found, link.module, f"{link.target}{''.join(parts[cut:])}".lstrip("."), way | {key})
        key = (found, name)
        rest = "".join(parts[1:])
        within = rest.startswith(".") or (not rest and found.endswith(".py"))
        if parts and within and (inner := self._modules.inner(parts[0], found)):
            return self._find(inner, "", rest.lstrip("."), way | {key})
        if (home := self._modules.home(found)) != found:
            return self._find(home, "", name, way | {key})
        return self._by_star(found, name, way) or _at_last(found, name)

    def _without_default(self, module: str, name: str) -> str:
        """The name of what a script names as a part of all that it takes from another one."""
        inner = name.removeprefix("default.")
        return inner if inner != name and self._knows(module, inner) else name

    def _knows(self, module: str, name: str) -> bool:
        head = "".join(_PART.findall(name)[:1])
        return (module, head) in self._aliases or Node(module, head) in self._own

    def _by_star(self, at: str, name: str, way: frozenset[tuple[str, str]]) -> Node | None:
        """What comes from a module of which all is taken over, where that names it."""
        key = (at, name)
        for path, link in self._stars if key not in way else ():
            if path == at and not link.module:
                node = self._find(at, "", f"{link.target}.{name}", way | {key})
                if node and self._knows(*node):
                    return node
            elif path == at and (module := self._modules.find(link.module, at)) and self._knows(module, name):
                return self._find(module, "", name, way | {key})
        return None

    def _filled(self, prefix: str, path: str) -> str | None:
        """With the values of its constants; None where one is unknown, or there are several and none of this file."""
        values: dict[str, str] = {}
        for name in _CONSTANT.findall(prefix):
            known = self._constants.get(name, {})
            if path not in known and len(set(known.values())) != 1:
                return None
            values[name] = known.get(path) or next(iter(known.values()))
        filled = _CONSTANT.sub(lambda found: values[found[1]], prefix)
        return None if "${" in filled else filled


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


def _chained(prefix: str, below: str) -> str:
    return f"{prefix.rstrip('/')}/{below.lstrip('/')}" if prefix and below else prefix or below


def _joined(prefix: str, own: str) -> str:
    prefix = f"/{prefix.strip('/')}" if prefix.strip("/") else ""
    return _chained(prefix, own) or "/"


def _at_last(module: str, name: str) -> Node:
    """A name that leads nowhere else is that of a router: of Django's list of patterns for a module of these."""
    if not module.endswith(".py"):
        return Node(module, name)
    return Node(module, name.removesuffix(".urls") or "urlpatterns")
