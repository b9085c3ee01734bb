"""Which router a variable of a Go file stands for, and what an expression refers to."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from tree_sitter import Node

from backend_developer.workspace.index.languages.bindings import DEPTH, Bindings, Router
from backend_developer.workspace.index.languages.spans import Span, Spans
from backend_developer.workspace.index.languages.tree import Parsed, field, matches, text_of, unquoted

STRINGS = frozenset({"interpreted_string_literal", "raw_string_literal"})

_NODES = """
[(function_declaration) (method_declaration) (func_literal)] @function
(short_var_declaration) @value
(assignment_statement) @value
(var_spec) @value
"""
_MADE = re.compile(
    r"(?:gin\.(?:New|Default)|chi\.(?:NewRouter|NewMux)|echo\.New|fiber\.New|http\.NewServeMux|mux\.NewRouter)$"
)
_TYPES = re.compile(
    r"^\*?(?:gin\.(?:RouterGroup|IRouter|IRoutes|Engine)|chi\.(?:Router|Mux)|echo\.(?:Echo|Group)|http\.ServeMux"
    r"|mux\.Router|fiber\.(?:Router|App|Group))$"
)
_VALUE = r"(?:Handlers?|Controller|Resource|Server|Service|Endpoints?|API|Api|Module)"
VALUE_TYPE = re.compile(rf"\*?((?:\w+\.)?\w*{_VALUE})")
"""Types of values whose methods are handed routers."""
VALUE_NAME = re.compile(rb"\w%b\b" % _VALUE.encode())
_GROUPS = frozenset({"Group", "Party", "Route", "PathPrefix"})
"""Methods that give a part of a router, below a prefix."""
_SAME = frozenset({"With", "Subrouter", "StrictSlash", "Use"})
"""Methods that give the router again, as far as its addresses go."""
_RECEIVER = re.compile(r"(\w+)\s+\*?\s*(\w+)")


class Function(NamedTuple):
    """A function by its name in the package: `Setup`, `Server.routes`; one without a name by where it begins."""

    node: Node
    name: str


class Variables:
    """The variables of one file."""

    def __init__(self, parsed: Parsed) -> None:
        self.routers: set[str] = set()
        """Names of what is a router by how it is made, by its type, or by having groups."""
        self._bindings = Bindings()
        self._functions: dict[int, Function] = {}
        found = [(key, one) for match in matches(parsed.grammar, _NODES, parsed.root) for key, (one,) in match.items()]
        self._inside = Spans(Span(node.start_byte, node.end_byte, "") for key, node in found if key == "function")
        for key, node in sorted(found, key=lambda one: (one[1].start_byte, -one[1].end_byte)):
            if key == "function":
                self._bind_function(node)
            else:
                self._bind_value(node)

    def refer(self, node: Node, depth: int = DEPTH) -> Router:
        """What an expression stands for: a router or a part of one, a function, a value by its type."""
        kind, inner = node.type, node.child_by_field_name("operand")
        if not depth:
            return Router(f"@{node.start_byte}")
        if kind == "selector_expression" and inner:
            return Router(f"{self.refer(inner, depth - 1).name}.{field(node, 'field')}")
        if kind in {"unary_expression", "parenthesized_expression"} and node.named_children:
            return self.refer(node.named_children[0], depth - 1)
        if kind == "composite_literal":
            return Router(field(node, "type"))
        function = node.child_by_field_name("function") if kind == "call_expression" else None
        return self._called(node, function, depth) if function else self._bindings.find(text_of(node), node.start_byte)

    def _called(self, call: Node, function: Node, depth: int) -> Router:
        """What a call gives: of a router's method, the router or a part of it."""
        operand, verb = function.child_by_field_name("operand"), field(function, "field")
        if operand and verb in _SAME:
            return self.refer(operand, depth - 1)
        prefix = _prefix(verb, call) if operand else None
        if operand is None or prefix is None:
            return Router(f"{self.refer(function, depth - 1).name}()")
        router = self.refer(operand, depth - 1).below(prefix)
        self.routers.add(router.name)
        return router

    def around(self, place: int) -> Function | None:
        """The innermost function around a byte."""
        return next((self._functions[span.start] for span in self._inside.around(place)), None)

    def _bind_function(self, node: Node) -> None:
        name, receiver = field(node, "name"), _RECEIVER.search(field(node, "receiver"))
        if receiver:
            name = f"{receiver[2]}.{name}"
            self._bindings.bind(receiver[1], node.start_byte, node.end_byte, Router(receiver[2]))
        self._functions[node.start_byte] = function = Function(node, name or f"@{node.start_byte}")
        for number, (parameter, kind) in enumerate(_parameters(node)):
            taken = self._taken_in(node) if number == 0 and not name else None
            of_type = VALUE_TYPE.fullmatch(kind)
            router = taken or Router(of_type[1] if of_type else f"{function.name}#{number}")
            if taken or _TYPES.match(kind):
                self.routers.add(router.name)
            self._bindings.bind(parameter, node.start_byte, node.end_byte, router)

    def _taken_in(self, literal: Node) -> Router | None:
        """The part of a router that a function in place is handed: `r.Route("/users", func(r chi.Router) {...})`."""
        arguments = literal.parent
        call = arguments.parent if arguments and arguments.type == "argument_list" else None
        if call is None or field(call, "function").rpartition(".")[2] not in _GROUPS:
            return None
        return self.refer(call)

    def _bind_value(self, node: Node) -> None:
        left, right = _first(node, "left", "name"), _first(node, "right", "value")
        if not left or not right or left.type != "identifier":
            return
        variable, outer = text_of(left), self.around(node.start_byte)
        made = right.type == "call_expression" and _MADE.search(field(right, "function"))
        if made:
            name = f"{outer.name}:{variable}:{node.start_byte}" if outer else variable
            self.routers.add(name)
        elif not outer:
            return
        router = Router(name) if made else self.refer(right)
        self._bindings.bind(variable, node.end_byte if outer else 0, _reach(node, outer), router)


def _reach(node: Node, outer: Function | None) -> int:
    """Where a variable ends: that of a declaration with its block, another with its function."""
    if outer is None:
        return (node.parent.parent or node.parent).end_byte if node.parent else node.end_byte
    block = node.parent
    while (
        block and block.type not in {"block", "if_statement", "for_statement"} and node.type != "assignment_statement"
    ):
        block = block.parent
    return (block if block and node.type != "assignment_statement" else outer.node).end_byte


def _first(node: Node, *fields: str) -> Node | None:
    """The first of the names or values of a statement."""
    found = next((one for name in fields if (one := node.child_by_field_name(name))), None)
    return found.named_children[0] if found and found.type == "expression_list" and found.named_children else found


def _prefix(verb: str, call: Node) -> str | None:
    """The prefix of a group; None where a call is no group or its prefix cannot be told."""
    arguments = call.child_by_field_name("arguments")
    given = arguments.named_children if arguments else []
    if verb not in _GROUPS or not given:
        return None
    if given[0].type in STRINGS:
        return unquoted(text_of(given[0]))
    return "" if given[0].type == "func_literal" else None


def _parameters(function: Node) -> Iterator[tuple[str, str]]:
    """Names and types, one for each."""
    listed = function.child_by_field_name("parameters")
    for one in listed.named_children if listed else ():
        if one.type == "comment":
            continue
        kind = field(one, "type")
        for name in one.children_by_field_name("name") or [one]:
            yield text_of(name) if name != one else "", kind
