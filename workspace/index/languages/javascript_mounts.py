"""What a JavaScript or TypeScript file says of routers: which take each other in, and where their names come from."""

import re
from collections.abc import Iterable, Iterator

from tree_sitter import Node

from backend_developer.workspace.index.languages import javascript_names
from backend_developer.workspace.index.languages.bindings import Router
from backend_developer.workspace.index.languages.javascript_names import Reference, required
from backend_developer.workspace.index.languages.javascript_settled import settled
from backend_developer.workspace.index.languages.javascript_variables import Variables, option
from backend_developer.workspace.index.languages.tree import Parsed, field, matches, said, text_of, unquoted
from backend_developer.workspace.index.records import Definition, Link

OWNER = re.compile(
    r"(?:app|router|routes?|server|api|fastify)\w*$|\w+(?:App|Router|Routes?|Server|Api)$", re.IGNORECASE
)
"""What routers are called."""

_RETURNS = "(return_statement (identifier) @value)"
_CALLS = "(call_expression function: (_) @function arguments: (arguments) @arguments)"
_PREFIX_NAME = re.compile(r"(?:[\w$]+\.)*(?:\w*(?:prefix|path|base|url|api)|[A-Z][A-Z0-9_]*)$", re.IGNORECASE)
_CONSTANT = re.compile(
    rb"""\b(\w*(?:prefix|api|base)\w*)[ \t]*(?::[ \t]*string[ \t]*)?[:=][ \t]*["'](/[^"'\s]*)["']""", re.IGNORECASE
)
_NAME = re.compile(r"[\w$]+")
_TAKERS = frozenset({"use", "register", "route"})


class Mounts:
    """The routers of one file that has any."""

    def __init__(self, source: bytes, parsed: Parsed) -> None:
        self._source, self._parsed = source, parsed
        self._imports = javascript_names.imported(parsed.root)
        self._variables = Variables(source, parsed, self._imports)

    def router(self, owner: Node) -> Router:
        """What the object of a call stands for."""
        return self._variables.router(owner)

    def is_router(self, owner: Node) -> bool:
        """Whether the object of a call is one, by how it is made or by its name."""
        first = self._variables.first(owner)
        return self._variables.makes(first) or OWNER.search(text_of(first)) is not None

    def links(self, routes: list[Definition]) -> tuple[list[Definition], list[Link]]:
        """The routes and what the file says of routers. Those that stand in it alone are taken in at once."""
        mounts = list(dict.fromkeys(self._mounts()))
        names = [*javascript_names.exported(self._parsed.root, self._variables.refer), *self._returned()]
        given = {_NAME.findall(link.target)[0] for link in names if _NAME.match(link.target)}
        given |= {link.name for link in names} | javascript_names.exports(self._parsed.root) | self._imports.keys()
        routes, mounts = settled(routes, mounts, given)
        wanted = {one.router for one in routes} | {link.name for link in mounts}
        wanted |= {link.target for link in (*mounts, *names) if not link.module}
        made = {found[0] for one in wanted if (found := _NAME.match(one))} - self._imports.keys()
        return routes, [
            *mounts, *names, *self._aliases(wanted), *(Link("own", name) for name in sorted(made)),
        ]  # fmt: skip

    def _mounts(self) -> Iterator[Link]:
        for found in matches(self._parsed.grammar, _CALLS, self._parsed.root):
            function, arguments = found["function"][0], found["arguments"][0]
            given = [one for one in arguments.named_children if one.type != "comment"]
            verb, owner = field(function, "property"), function.child_by_field_name("object")
            if owner and verb in _TAKERS and given:
                yield from self._taken(self._variables.router(owner), verb, given, arguments)
            elif not owner or verb == "default" or self._is_import(owner):
                yield from self._handed(function, given)

    def _taken(self, by: Router, verb: str, given: list[Node], arguments: Node) -> Iterator[Link]:
        if verb == "register":
            prefix, targets, suffix = option(arguments), given[:1], "#0"
        else:
            prefix, targets = _address(given)
            suffix = ""
        for one in targets if prefix is not None and (verb != "route" or len(given) > 1) else ():
            target = self._variables.refer(one)
            if target and target.own and self._is_known(target):
                name = target.name.removesuffix(".routes()") if b"koa" in self._source else target.name
                yield Link("mount", by.name, by.below(prefix or "").prefix, target.module, f"{name}{suffix}")

    def _handed(self, function: Node, given: list[Node]) -> Iterator[Link]:
        """A router that is given to a function, which gives it routes."""
        for number, one in enumerate(given):
            if one.type == "identifier" and self.is_router(one):
                target, by = (
                    self._variables.refer(function),
                    self._variables.bindings.find(text_of(one), one.start_byte),
                )
                if target and target.own and self._is_known(target):
                    yield Link("mount", by.name, by.prefix, target.module, f"{target.name}#{number}")

    def _is_import(self, node: Node) -> bool:
        return bool(required(node)) or text_of(node) in self._imports

    def _is_known(self, target: Reference) -> bool:
        """Whether something may come of a name: those of packages, and of what is given nowhere, lead to nothing."""
        head = _NAME.match(target.name)
        return bool(target.module) or not head or head[0] not in self._imports or self._imports[head[0]].own

    def _returned(self) -> Iterator[Link]:
        """Variables that are what their function returns."""
        for found in matches(self._parsed.grammar, _RETURNS, self._parsed.root):
            value = found["value"][0]
            name, outer = (
                self._variables.bindings.find(text_of(value), value.start_byte).name,
                self._variables.around(value.start_byte),
            )
            if outer and name.startswith(f"{outer.name}:"):
                yield Link("alias", name, "", "", f"{outer.name}()")

    def _aliases(self, wanted: Iterable[str]) -> Iterator[Link]:
        """Where the names come from that routers are told by."""
        waiting, seen = list(wanted), set[str]()
        while waiting:
            name = waiting.pop()
            parts = name.split(".")
            keys = {".".join(parts[:cut]) for cut in range(1, len(parts) + 1)} | set(_NAME.findall(name)[:1])
            for key in sorted(keys - seen):
                seen.add(key)
                found = self._imports.get(key) or self._variables.given(key)
                if found and found.own:
                    yield Link("alias", key, "", *found)
                    waiting += [] if found.module else [found.name]


def constants(source: bytes) -> list[Link]:
    """The names that a file has for prefixes."""
    if b'"/' not in source and b"'/" not in source:
        return []
    return [Link("constant", said(name), said(value)) for name, value in dict.fromkeys(_CONSTANT.findall(source))]


def passed_on(root: Node) -> list[Link]:
    """What a file without routers of its own takes from others and gives on."""
    imports = javascript_names.imported(root)

    def refer(node: Node) -> Reference | None:
        node = javascript_names.unwrapped(node)
        module = required(node)
        return Reference(module, javascript_names.DEFAULT) if module else imports.get(text_of(node))

    given = list(javascript_names.exported(root, refer))
    spoken = javascript_names.exports(root) - {link.name for link in given}
    listed = (Link("alias", name, "", *imports[name]) for name in sorted(spoken & imports.keys()) if imports[name].own)
    return [*given, *listed]


def _address(given: list[Node]) -> tuple[str | None, list[Node]]:
    """What `use` is given: the prefix, None where it cannot be told, and what is taken in."""
    first = given[0]
    if first.type in {"string", "template_string"}:
        return unquoted(text_of(first)), given[1:]
    if first.type in {"array", "regex"}:
        return None, []
    if len(given) > 1 and first.type in {"identifier", "member_expression"} and _PREFIX_NAME.match(text_of(first)):
        return f"${{{text_of(first)}}}", given[1:]
    return "", given
