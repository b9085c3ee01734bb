"""What a C# file says of routers: groups of the minimal API, the methods that these are handed to, and base classes.

Names of types are known in the whole project, so that no import is looked at.
"""

import re
from collections.abc import Iterator

from tree_sitter import Node

from backend_developer.workspace.index.languages.bindings import DEPTH, Bindings, Router
from backend_developer.workspace.index.languages.spans import Span, Spans
from backend_developer.workspace.index.languages.tree import Parsed, field, matches, said, text_of, unquoted
from backend_developer.workspace.index.records import Definition, Link

INHERITED = "@inherited"
"""What takes in the classes that others have their routes from."""

_NODES = """
[(method_declaration) (local_function_statement)] @function
[(class_declaration) (record_declaration) (struct_declaration)] @type
(variable_declarator name: (identifier) (_) @value) @variable
(invocation_expression function: (_) @called arguments: (argument_list) @arguments)
"""
_BUILDER = re.compile(r"\b(?:IEndpointRouteBuilder|RouteGroupBuilder|WebApplication)\b")
_BUILT = re.compile(r"\.Build\(\)$|WebApplication\.Create\(")
_BASE = re.compile(
    rb"\[Route\(\s*\"([^\"]*)\"\s*\)\]\s*(?:\[[^\]]*\]\s*)*(?:public\s+|internal\s+)?abstract\s+(?:partial\s+)?class\s+(\w+)"
)
_OWN = re.compile(r"Map(?:Get|Post|Put|Patch|Delete|Methods|Group|Controllers|Fallback\w*|Hub|RazorPages)$")


class Mounts:
    """The routers of one file that has any."""

    def __init__(self, parsed: Parsed) -> None:
        self._bindings = Bindings()
        self._routers: set[str] = set()
        self._extensions: list[Link] = []
        self._calls: list[tuple[Node, Node]] = []
        found = list(matches(parsed.grammar, _NODES, parsed.root))
        self._types = Spans(
            Span(one.start_byte, one.end_byte, field(one, "name")) for match in found for one in match.get("type", ())
        )
        functions = [one for match in found for one in match.get("function", ())]
        self._inside = Spans(Span(one.start_byte, one.end_byte, self._name(one)) for one in functions)
        for one in sorted(functions, key=lambda one: one.start_byte):
            self._enter(one)
        variables = [(match["variable"][0], match["value"][0]) for match in found if "variable" in match]
        for variable, value in sorted(variables, key=lambda one: one[0].start_byte):
            self._bind(variable, value)
        self._calls = [(match["called"][0], match["arguments"][0]) for match in found if "called" in match]

    def router(self, node: Node, depth: int = DEPTH) -> Router | None:
        """What an expression stands for; None where its prefix cannot be told. A chain is about what it begins with."""
        function = node.child_by_field_name("function") if node.type == "invocation_expression" else None
        inner = function.child_by_field_name("expression") if function else None
        if function is None or inner is None:
            return self._bindings.find(text_of(node), node.start_byte)
        router = self.router(inner, depth - 1) if depth else None
        if router is None or field(function, "name") != "MapGroup":
            return router
        given = _arguments(node.child_by_field_name("arguments"))
        literal = given and given[0].type == "string_literal"
        return router.below(f"/{unquoted(text_of(given[0])).lstrip('/')}") if literal else None

    def links(self, routes: list[Definition]) -> list[Link]:
        """What the file says of routers, given its routes."""
        heads = {re.split(r"[.#:]", one.router)[0] for one in routes if one.router}
        links = [*self._extensions, *self._mounts(), *(Link("own", head) for head in sorted(heads))]
        return list(dict.fromkeys(links))

    def _name(self, function: Node) -> str:
        """With its class; of a function that stands in no class, its own."""
        owner = self._types.innermost(function.start_byte)
        return f"{owner}.{field(function, 'name')}" if owner else field(function, "name")

    def _enter(self, function: Node) -> None:
        name, listed = self._name(function), function.child_by_field_name("parameters")
        for number, one in enumerate(listed.named_children if listed else ()):
            router = Router(f"{name}#{number}")
            if _BUILDER.search(field(one, "type")):
                self._routers.add(router.name)
                if number == 0 and any(text_of(child) == "this" for child in one.children):
                    self._extensions.append(Link("alias", field(function, "name"), "", "", name))
            self._bindings.bind(field(one, "name"), function.start_byte, function.end_byte, router)

    def _bind(self, variable: Node, value: Node) -> None:
        function = next(self._inside.around(variable.start_byte), None)
        name = field(variable, "name")
        fresh = Router(f"{function.says if function else ''}:{name}:{variable.start_byte}")
        router = fresh if _BUILT.search(text_of(value)) else self.router(value)
        if router and (router == fresh or router.name in self._routers):
            self._routers.add(router.name)
        start, end = variable.end_byte, function.end if function else variable.end_byte + (1 << 40)
        self._bindings.bind(name, start, end, router or fresh)

    def _mounts(self) -> Iterator[Link]:
        for called, arguments in self._calls:
            of, method = called.child_by_field_name("expression"), field(called, "name")
            by = self.router(of) if of else None
            if by and by.name in self._routers and not _OWN.match(method):
                yield Link("mount", by.name, by.prefix, "", f"{method}#0")
                continue
            for number, one in enumerate(_arguments(arguments)):
                handed = self.router(one)
                if handed and handed.name in self._routers:
                    yield Link("mount", handed.name, handed.prefix, "", f"{self._means(called)}#{number}")

    def _means(self, called: Node) -> str:
        """The method that is called: with its class, be that named, made in place or the one around."""
        of = called.child_by_field_name("expression")
        if of is None:
            owner = self._types.innermost(called.start_byte)
            return f"{owner}.{text_of(called)}" if owner else text_of(called)
        owner = field(of, "type") if of.type == "object_creation_expression" else text_of(of)
        return f"{owner.rpartition('.')[2]}.{field(called, 'name')}"


def inherited(source: bytes) -> list[Link]:
    """The prefixes that classes give the routes of those that derive from them."""
    if b"abstract" not in source:
        return []
    found = [(said(prefix), said(name)) for prefix, name in _BASE.findall(source)]
    mounts = [Link("mount", INHERITED, f"/{prefix}", "", name) for prefix, name in found]
    return [*mounts, *(Link("own", name) for _, name in found)]


def _arguments(listed: Node | None) -> list[Node]:
    given = (one for one in listed.named_children if one.type == "argument") if listed else ()
    return [one.named_children[-1] for one in given if one.named_children]
