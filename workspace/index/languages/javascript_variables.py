"""Which router a variable of a JavaScript or TypeScript file stands for, and what an expression refers to."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from tree_sitter import Node

from backend_developer.workspace.index.languages.bindings import DEPTH, Bindings, Router
from backend_developer.workspace.index.languages.javascript_names import DEFAULT, Reference, required, unwrapped
from backend_developer.workspace.index.languages.spans import Span, Spans
from backend_developer.workspace.index.languages.tree import Parsed, field, matches, text_of, unquoted

VALUE_CHARS = 400
"""Of the value of a variable, that are looked at for how a router is made."""
FUNCTIONS = frozenset(
    {"function_declaration", "generator_function_declaration", "function_expression", "arrow_function",
     "method_definition"}
)  # fmt: skip

_FUNCTIONS = f"[{' '.join(f'({one})' for one in sorted(FUNCTIONS))}] @function"
_VALUES = "(variable_declarator name: (identifier) @name value: (_) @value)"
_ASSIGNED = """
(assignment_expression left: (member_expression object: (this) property: (_) @name) right: (_) @value)
"""
_CLASSES = "(class_declaration name: (_) @name) @class"
_MADE = re.compile(r"(?:^|[\s.])(?:Router|express|[Ff]astify|Hono|Koa|Elysia)\(|require\([\"']fastify[\"']\)\(")
_PREFIX = re.compile(r"(?:Router\(\s*\{[^{}]*\bprefix:|\.basePath\()\s*[\"'`](/[^\"'`$]*)[\"'`]")


class Function(NamedTuple):
    """A function by the name that it is called by, unlike any other's in its file."""

    node: Node
    name: str


class Variables:
    """The variables of one file."""

    def __init__(self, source: bytes, parsed: Parsed, imports: Mapping[str, Reference]) -> None:
        self.bindings = Bindings()
        self._values: dict[str, Node] = {}
        self._made: set[str] = set()
        self._end, self._imports = len(source), imports
        self._functions: dict[int, Function] = {}
        self._firsts: dict[int, Node] = {}
        self._begun: dict[int, Router] = {}
        """Routers that are made where a chain of calls begins, by that."""
        nodes = [found["function"][0] for found in matches(parsed.grammar, _FUNCTIONS, parsed.root)]
        self._inside = Spans(Span(node.start_byte, node.end_byte, "") for node in nodes)
        self._classes = Spans(
            Span(found["class"][0].start_byte, found["class"][0].end_byte, text_of(found["name"][0]))
            for found in matches(parsed.grammar, _CLASSES, parsed.root)
        )
        self._bind([*nodes, *(found["value"][0] for found in matches(parsed.grammar, _VALUES, parsed.root))])
        for found in matches(parsed.grammar, _ASSIGNED, parsed.root):
            self._values[self._field(found["name"][0])] = found["value"][0]

    def router(self, owner: Node) -> Router:
        """What the object of a call stands for."""
        first = self.first(owner)
        if first.id in self._begun:
            return self._begun[first.id]
        if first.type == "member_expression" and field(first, "object") == "this":
            return Router(self._field(first.child_by_field_name("property") or first))
        return self.bindings.find(text_of(first), first.start_byte)

    def first(self, owner: Node) -> Node:
        """What a chain of calls begins with."""
        way = [owner]
        while way[-1].id not in self._firsts and (function := way[-1].child_by_field_name("function")):
            way.append(function.child_by_field_name("object") or function)
        first = self._firsts.get(way[-1].id, way[-1])
        self._firsts.update((node.id, first) for node in way)
        return first

    def makes(self, variable: Node) -> bool:
        """Whether a variable is given a router."""
        return variable.id in self._begun or self.router(variable).name in self._made

    def given(self, name: str) -> Reference | None:
        """What a variable is given that is no router by itself."""
        return self.refer(self._values[name]) if name in self._values else None

    def refer(self, node: Node, depth: int = DEPTH) -> Reference | None:
        """What an expression means, where it is a name, a part of one, or what a function returns."""
        node = unwrapped(node)
        if node.type == "identifier":
            return Reference("", self.bindings.find(text_of(node), node.start_byte).name)
        if node.type in FUNCTIONS and node.start_byte in self._functions:
            return Reference("", self._functions[node.start_byte].name)
        if node.type == "member_expression":
            return self._part(node, depth)
        if module := required(node):
            return Reference(module, DEFAULT)
        function = node.child_by_field_name("function") or node.child_by_field_name("constructor")
        if not function or not depth or _MADE.search(f"{text_of(function)}("):
            return None
        of = self.refer(function, depth - 1)
        return of and Reference(of.module, f"{of.name}{'' if node.type == 'new_expression' else '()'}")

    def _part(self, member: Node, depth: int) -> Reference | None:
        """A part of something: `users.router`, or the `this.router` of a class."""
        inner, name = member.child_by_field_name("object"), field(member, "property")
        if inner and inner.type == "this":
            return Reference("", self._field(member.child_by_field_name("property") or member))
        of = self.refer(inner, depth - 1) if inner and depth else None
        return of and (of if name == of.name == DEFAULT else Reference(of.module, f"{of.name}.{name}"))

    def _field(self, name: Node) -> str:
        """What an object of a class knows by a name."""
        return f"{self._classes.innermost(name.start_byte)}.{text_of(name)}"

    def _bind(self, nodes: Iterable[Node]) -> None:
        """Say what parameters and variables stand for; in the order of the file, as one may be made of another."""
        for node in sorted(nodes, key=lambda node: (node.start_byte, -node.end_byte)):
            if node.type in FUNCTIONS:
                self._bind_function(node)
            elif node.parent:
                self._bind_value(field(node.parent, "name"), node)

    def _bind_function(self, node: Node) -> None:
        if node.start_byte in self._functions:
            return
        name, outer = _function_name(node), self.around(node.start_byte - 1)
        if outer or not name:
            known_as, name = name, f"{name}@{node.start_byte}"
            if known_as and outer:
                self.bindings.bind(known_as, outer.node.start_byte, outer.node.end_byte, Router(name))
        self._functions[node.start_byte] = Function(node, name)
        for number, parameter in enumerate(_parameters(node)):
            router = self._taken_in(node) if number == 0 else None
            if router:
                self._made.add(router.name)
            self.bindings.bind(parameter, node.start_byte, node.end_byte, router or Router(f"{name}#{number}"))

    def _bind_value(self, variable: str, value: Node) -> None:
        outer = self.around(value.start_byte)
        name = f"{outer.name}:{variable}:{value.start_byte}" if outer else variable
        text = text_of(value)[:VALUE_CHARS]
        prefix = _PREFIX.search(text)
        end = outer.node.end_byte if outer else self._end
        self.bindings.bind(variable, value.end_byte if outer else 0, end, Router(name, prefix[1] if prefix else ""))
        if _MADE.search(text):
            self._made.add(name)
            if (first := self.first(value)).type == "new_expression":
                self._begun[first.id] = Router(name, prefix[1] if prefix else "")
        elif variable not in self._imports:
            self._values[name] = value

    def around(self, place: int) -> Function | None:
        """The innermost function that is known around a byte."""
        for span in self._inside.around(place):
            if span.start in self._functions:
                return self._functions[span.start]
        return None

    def _taken_in(self, function: Node) -> Router | None:
        """The router that a plugin in place is handed: `app.register(async (it) => {...}, { prefix: "/v1" })`."""
        arguments = function.parent
        call = arguments.parent if arguments and arguments.type == "arguments" else None
        callee = call.child_by_field_name("function") if call else None
        owner = callee.child_by_field_name("object") if callee and field(callee, "property") == "register" else None
        prefix = option(arguments) if owner and arguments else None
        return self.router(owner).below(prefix) if owner and prefix is not None else None


def option(arguments: Node) -> str | None:
    """The prefix among the options of a plugin; None where it is no plain text."""
    for options in arguments.named_children[1:]:
        for pair in options.named_children if options.type == "object" else ():
            value = pair.child_by_field_name("value")
            if field(pair, "key") == "prefix" and value:
                return unquoted(text_of(value)) if value.type in {"string", "template_string"} else None
    return ""


def _function_name(node: Node) -> str:
    """The name that a function is called by in its file; `default` for one that is all that the file exports."""
    if name := field(node, "name"):
        return name if node.type != "method_definition" else ""
    parent = node.parent
    if parent is None:
        return ""
    if parent.type == "export_statement":
        return DEFAULT
    if parent.type == "variable_declarator":
        return field(parent, "name")
    left = field(parent, "left") if parent.type == "assignment_expression" else ""
    return DEFAULT if left == "module.exports" else left.rpartition("exports.")[2] if "exports." in left else ""


def _parameters(function: Node) -> Iterator[str]:
    listed = function.child_by_field_name("parameters")
    for one in listed.named_children if listed else [function.child_by_field_name("parameter")]:
        if one:
            yield field(one, "pattern") or field(one, "left") or text_of(one)
