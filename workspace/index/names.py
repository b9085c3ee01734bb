"""Which router a name means, wherever it comes from: names are followed from file to file."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from backend_developer.workspace.index.modules import Modules
from backend_developer.workspace.index.records import Link

NAMES = 24
"""Names that are followed from where a router is taken in to where it is made."""
STARS = 2
"""Modules in a row of which all is taken over, that are looked through where a name may be of any."""

_CONSTANT = re.compile(r"\$\{(?:[\w.]+\.)?(\w+)\}")
_PART = re.compile(r"\(\)|[.#:]?[^.#:()]+")
"""Of a name: `users`, `.router`, and what `records.Link` has for parameters, results and variables."""


class Node(NamedTuple):
    """A router: the module that makes it, and its name there."""

    module: str
    name: str


class Names:
    """The names that the files of a project have for routers, and for prefixes."""

    def __init__(self, links: Sequence[tuple[str, Link]], paths: Iterable[str]) -> None:
        """What the files say, each with its path; `paths` are those of all files."""
        self._modules = Modules(paths, {path: link.name for path, link in links if link.kind == "root"})
        self._aliases: dict[tuple[str, str], Link] = {}
        self._stars: dict[str, list[Link]] = {}
        self._constants: dict[str, dict[str, str]] = {}
        self.own: dict[Node, str] = {}
        """The routers that are made, each with the prefix that its own file has."""
        self._several: set[Node] = set()
        made: dict[Node, set[str]] = {}
        for path, link in links:
            if link.kind == "alias" and link.name == "*":
                self._stars.setdefault(path, []).append(link)
            elif link.kind == "alias":
                self._alias(self._holder(path, link), link)
            elif link.kind == "constant":
                self._constants.setdefault(link.name, {})[path] = link.prefix
            elif link.kind == "own":
                self.own[Node(self.home(path), link.name)] = link.prefix
                made.setdefault(Node(self.home(path), link.name), set()).add(path)
        self._several |= {node for node, files in made.items() if len(files) > 1}

    def home(self, path: str) -> str:
        """The module that a file is part of."""
        return self._modules.home(path)

    def find(self, at: str, module: str, name: str, way: frozenset[tuple[str, str]] = frozenset()) -> Node | None:
        """The router that a file means by a name; None where its module is not in the project, or several are meant.

        A name that leads back to itself, as that of a module which a package takes from itself, is passed over.
        """
        found = self._modules.find(module, at) if module else at
        if found is None or len(way) == NAMES:
            return None
        name = self._without_default(found, name)
        parts = _PART.findall(name)
        for cut in range(len(parts), 0, -1):
            key = (found, "".join(parts[:cut]))
            if Node(*key) in self._several:
                return None
            if (link := self._aliases.get(key)) and key not in way:
                return self.find(found, link.module, f"{link.target}{''.join(parts[cut:])}".lstrip("."), way | {key})
        key = (found, name)
        rest = "".join(parts[1:])
        within = rest.startswith(".") or (not rest and found.endswith(".py"))
        if parts and within and (inner := self._modules.inner(parts[0], found)):
            return self.find(inner, "", rest.lstrip("."), way | {key})
        if (home := self._modules.home(found)) != found:
            return self.find(home, "", name, way | {key})
        return self._by_star(found, name, way) or self._at_last(found, name)

    def _without_default(self, module: str, name: str) -> str:
        """The name of what a script names as a part of all that it takes from another one."""
        inner = name.removeprefix("default.")
        return inner if inner != name and self._knows(module, inner) else name

    def _knows(self, module: str, name: str) -> bool:
        head = "".join(_PART.findall(name)[:1])
        return (module, head) in self._aliases or Node(module, head) in self.own

    def _by_star(self, at: str, name: str, way: frozenset[tuple[str, str]]) -> Node | None:
        """What comes from a module of which all is taken over, where that names it."""
        key = (at, name)
        if key in way or sum(one == "*" for _, one in way) == STARS:
            return None
        for link in self._stars.get(at, ()):
            if not link.module:
                node = self.find(at, "", f"{link.target}.{name}", way | {key, (at, "*")})
                if node and self._knows(*node):
                    return node
            elif (module := self._modules.find(link.module, at)) and self._knows(module, name):
                return self.find(module, "", name, way | {key})
        return None

    def filled(self, prefix: str, path: str) -> str | None:
        """With the values of its constants; None where one is unknown, or there are several and none of this file."""
        values: dict[str, str] = {}
        for name in _CONSTANT.findall(prefix):
            known = self._constants.get(name, {})
            if path not in known and len(set(known.values())) != 1:
                return None
            values[name] = known.get(path) or next(iter(known.values()))
        filled = _CONSTANT.sub(lambda found: values[found[1]], prefix)
        return None if "${" in filled else filled

    def _holder(self, path: str, link: Link) -> str:
        """What a name is known in: that of an import in its file, any other in all files of its module."""
        return path if link.module and "." not in link.name else self._modules.home(path)

    def _alias(self, holder: str, link: Link) -> None:
        """Of a name that means several things in a file, the first counts; in a module of many files, none."""
        known = self._aliases.setdefault((holder, link.name), link)
        if known.target != link.target and self._modules.shared(holder):
            self._several.add(Node(holder, link.name))

    def _at_last(self, module: str, name: str) -> Node | None:
        """A name that leads nowhere else is that of a router: of Django's list of patterns for a module of these."""
        if module.endswith(".py"):
            return Node(module, name.removesuffix(".urls") or "urlpatterns")
        return Node(module, name)
