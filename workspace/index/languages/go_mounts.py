"""What a Go file says of routers: which take each other in, and which functions they are handed to."""

import re
from collections.abc import Iterable, Iterator

from tree_sitter import Node

from backend_developer.workspace.index.languages.bindings import Router
from backend_developer.workspace.index.languages.go_variables import STRINGS, VALUE_NAME, VALUE_TYPE, Variables
from backend_developer.workspace.index.languages.tree import Parsed, field, matches, said, text_of, unquoted
from backend_developer.workspace.index.records import Definition, Link

STRIPPED = "http.StripPrefix"

_CALLS = "(call_expression function: (_) @function arguments: (argument_list) @arguments)"
_RETURNS = "(return_statement (expression_list . (identifier) @value))"
_IMPORTS = "(import_spec path: (_) @path) @import"
_VERSION = re.compile(r"/v\d+$")
_HEAD = re.compile(r"\w+")
_MAKERS = re.compile(rb"^func[ \t]+(New\w*)\([^\n{]*\)[ \t]*\(?[ \t]*\*?([A-Za-z]\w*)[ \t]*[{,]", re.MULTILINE)
_FIELDS = """
(type_spec name: (_) @struct type: (struct_type (field_declaration_list
  (field_declaration name: (_) @name type: [(type_identifier) (qualified_type) (pointer_type)] @type))))
"""
_VALUES = frozenset({"identifier", "selector_expression", "call_expression"})


class Mounts:
    """The routers of one file that has any."""

    def __init__(self, source: bytes, parsed: Parsed) -> None:
        self._source, self._parsed = source, parsed
        self._variables = Variables(parsed)

    def router(self, owner: Node) -> Router:
        """What the operand of a call stands for."""
        return self._variables.refer(owner)

    def is_router(self, router: Router) -> bool:
        """Whether it is one by how it is made, by its type, or by having groups."""
        return router.name in self._variables.routers

    def links(self, routes: list[Definition]) -> list[Link]:
        """What the file says of routers, given its routes."""
        self._variables.routers.update(one.router for one in routes)
        mounts, names = list(dict.fromkeys(self._mounts())), list(dict.fromkeys(self._returned()))
        wanted = {one.router for one in routes} | {name for link in mounts for name in (link.name, link.target)}
        return [*mounts, *names, *self._imported(wanted), *values(self._source, self._parsed)]

    def _mounts(self) -> Iterator[Link]:
        for found in matches(self._parsed.grammar, _CALLS, self._parsed.root):
            function, given = found["function"][0], found["arguments"][0].named_children
            operand, verb = function.child_by_field_name("operand"), field(function, "field")
            by = self._variables.refer(operand) if operand else None
            if by and verb in {"Mount", "Route", "Handle", "Use"} and len(given) > 1 and given[0].type in STRINGS:
                yield from self._taken(by, verb, unquoted(text_of(given[0])), given[1])
            elif not by or by.name not in self._variables.routers:
                yield from self._handed(function, given)

    def _taken(self, by: Router, verb: str, prefix: str, given: Node) -> Iterator[Link]:
        suffix = "#0" if verb == "Route" else ""
        if verb == "Handle":
            prefix, handler = stripped(given)
            if handler is None:
                return
            given = handler
        if given.type in _VALUES or given.type == "composite_literal":
            target = self._variables.refer(given)
            if not target.prefix:
                yield Link("mount", by.name, by.below(prefix).prefix, "", f"{target.name}{suffix}")

    def _handed(self, function: Node, given: Iterable[Node]) -> Iterator[Link]:
        """A router, or a part of one, that is given to a function, which gives it routes."""
        for number, one in enumerate(given):
            by = self._variables.refer(one) if one.type in _VALUES else None
            if by and by.name in self._variables.routers:
                yield Link("mount", by.name, by.prefix, "", f"{self._variables.refer(function).name}#{number}")

    def _returned(self) -> Iterator[Link]:
        """Variables that are what their function returns."""
        for found in matches(self._parsed.grammar, _RETURNS, self._parsed.root):
            value = found["value"][0]
            name, outer = self._variables.refer(value).name, self._variables.around(value.start_byte)
            if outer and name.startswith(f"{outer.name}:"):
                yield Link("alias", name, "", "", f"{outer.name}()")

    def _imported(self, wanted: Iterable[str]) -> Iterator[Link]:
        """The packages that routers are told by."""
        heads = {head[0] for name in wanted if (head := _HEAD.match(name))}
        yield from (Link("alias", name, "", path) for name, path in _packages(self._parsed) if name in heads)


def values(source: bytes, parsed: Parsed) -> list[Link]:
    """The types of what constructors give and structs hold: the methods of a value are told by its type."""
    made = [Link("alias", f"{said(name)}()", "", "", said(kind)) for name, kind in _MAKERS.findall(source)]
    return made + (list(_fields(parsed)) if b" struct" in source and VALUE_NAME.search(source) else [])


def _fields(parsed: Parsed) -> Iterator[Link]:
    packages = dict(_packages(parsed))
    for found in matches(parsed.grammar, _FIELDS, parsed.root):
        name, kind = (text_of(found[one][0]) for one in ("name", "type"))
        if value := VALUE_TYPE.fullmatch(kind):
            package, _, of_type = value[1].rpartition(".")
            if not package or package in packages:
                holder = text_of(found["struct"][0])
                yield Link("alias", f"{holder}.{name}", "", packages.get(package, ""), of_type)


def _packages(parsed: Parsed) -> Iterator[tuple[str, str]]:
    """The packages that a file imports, by their names in it."""
    for found in matches(parsed.grammar, _IMPORTS, parsed.root):
        path = unquoted(text_of(found["path"][0]))
        yield field(found["import"][0], "name") or _VERSION.sub("", path).rpartition("/")[2], path


def stripped(handler: Node) -> tuple[str, Node | None]:
    """The prefix that a handler does not see, and the handler, of `http.StripPrefix("/api", users)`; else None."""
    arguments = handler.child_by_field_name("arguments")
    given = arguments.named_children if arguments else []
    if field(handler, "function") != STRIPPED or len(given) != 2 or given[0].type not in STRINGS:
        return "", None
    return unquoted(text_of(given[0])), None if text_of(given[1]).startswith("http.") else given[1]
