"""Which router the calls at a place of a Rust file are about: a variable's, a function's result, a part of another."""

import re
from typing import NamedTuple

from tree_sitter import Node

from backend_developer.workspace.index.languages.bindings import Bindings, Router
from backend_developer.workspace.index.languages.rust_names import dotted
from backend_developer.workspace.index.languages.spans import Span, Spans
from backend_developer.workspace.index.languages.tree import Parsed, field, matches, text_of, unquoted

_NODES = """
(function_item) @function
[(impl_item) (mod_item body: (_))] @around
(let_declaration pattern: (identifier) value: (_)) @let
(return_expression (_) @result)
(expression_statement (_) @statement)
(call_expression
  function: (field_expression field: (field_identifier) @verb) arguments: (arguments) @arguments)
"""
_EVENTS = ("function", "let", "result", "statement", "arguments")
_STATEMENTS = frozenset({"let_declaration", "expression_statement", "empty_statement"})
_MADE = re.compile(r"\b(?:Router|App)(?:::<.*>)?::(?:new|default)$", re.DOTALL)
_SCOPE = re.compile(r"(?:^|::)scope$")
_ROUTER_TYPE = re.compile(r"\b(?:Router|ServiceConfig|Scope|App)\b")
_WRAPPINGS = frozenset({"await_expression", "try_expression", "parenthesized_expression", "reference_expression"})
_TESTS = frozenset({"test", "tests"})
ANONYMOUS = Router("@")
"""The router of calls that hang on none with a name."""


class Base(NamedTuple):
    """What a chain of calls begins with."""

    node: Node
    router: Router | None = None
    """The variable that it is."""
    made: bool = False
    prefix: str = ""
    """Of a scope."""
    called: str = ""
    """The function that gives it."""


class Taking(NamedTuple):
    """A call by which a router takes in what it is given."""

    by: Router
    verb: str
    given: list[Node]


class Handing(NamedTuple):
    """A call of a function that a router is handed to."""

    by: Router
    function: str
    number: int


class Variables:
    """The routers of one file, as its functions make and give them."""

    def __init__(self, parsed: Parsed) -> None:
        self.takings: list[Taking] = []
        self.handings: list[Handing] = []
        self.results: list[tuple[Router, str]] = []
        """Variables that are what a function gives, with its name."""
        self.made_of: list[tuple[Router, str]] = []
        """Routers that begin with what another function gives, with its name."""
        self._bindings = Bindings()
        self._routers: set[str] = set()
        self._regions: list[tuple[int, int, Router]] = []
        found = list(matches(parsed.grammar, _NODES, parsed.root))
        around = [one for match in found for one in match.get("around", ())]
        self._around = Spans(Span(one.start_byte, one.end_byte, _named(one)) for one in around)
        functions = [one for match in found for one in match.get("function", ())]
        self._inside = Spans(Span(one.start_byte, one.end_byte, self.path(one)) for one in functions)
        events = [(match[key][0], key, match) for match in found for key in _EVENTS if key in match]
        events += [(last, "result", {}) for one in functions if (last := _last(one))]
        for node, key, match in sorted(events, key=lambda one: (one[0].start_byte, -one[0].end_byte)):
            self._read(node, key, text_of(match["verb"][0]) if match.get("verb") else "")

    def at(self, place: int) -> Router:
        """The router that a call is about, by a byte between its parentheses."""
        return next((one for start, end, one in reversed(self._regions) if start <= place < end), ANONYMOUS)

    def in_tests(self, place: int) -> bool:
        """Whether a byte is in the file's tests."""
        return any(span.says in _TESTS for span in self._around.around(place))

    def path(self, item: Node) -> str:
        """The name of a function in its file, with the type or module that it is in."""
        outer = [span.says for span in self._around.around(item.start_byte)]
        return ".".join([*reversed(outer), field(item, "name")])

    def base(self, node: Node) -> Base:
        """What an expression begins with."""
        while True:
            function = node.child_by_field_name("function") if node.type == "call_expression" else None
            if node.type in _WRAPPINGS and node.named_children:
                node = node.named_children[0]
            elif function and function.type == "field_expression" and (inner := function.child_by_field_name("value")):
                node = inner
            elif function and text_of(function) in {"Ok", "Some"} and (given := _given(node)):
                node = given[0]
            else:
                return self._based(node, function)

    def _based(self, node: Node, function: Node | None) -> Base:
        if node.type == "identifier":
            return Base(node, self._bindings.find(text_of(node), node.start_byte))
        path = text_of(function)
        if _SCOPE.search(path):
            given = _given(node)
            return Base(node, made=True, prefix=unquoted(text_of(given[0])) if given else "")
        if not path or _MADE.search(path):
            return Base(node, made=bool(path))
        for one in _given(node):
            router = self._bindings.find(text_of(one), one.start_byte) if one.type == "identifier" else None
            if router and router.name in self._routers:
                return Base(node, router, called=self._absolute(path, node))
        return Base(node, called=self._absolute(path, node))

    def _absolute(self, path: str, at: Node) -> str:
        owner = next((span.says for span in self._around.around(at.start_byte)), "")
        return dotted(path.replace("Self::", f"{owner}::"))

    def _read(self, node: Node, key: str, verb: str) -> None:
        if key == "arguments":
            self._take(verb, node)
        elif key == "function":
            self._enter(node)
        elif key == "let":
            self._let(node)
        else:
            self._statement(node, result=key == "result")

    def _enter(self, function: Node) -> None:
        name = self.path(function)
        listed = function.child_by_field_name("parameters")
        parameters = [one for one in (listed.named_children if listed else ()) if one.type == "parameter"]
        for number, one in enumerate(parameters):
            router = Router(f"{name}#{number}")
            if _ROUTER_TYPE.search(field(one, "type")):
                self._routers.add(router.name)
            pattern = field(one, "pattern").removeprefix("mut ")
            self._bindings.bind(pattern, function.start_byte, function.end_byte, router)

    def _let(self, let: Node) -> None:
        value, function = let.child_by_field_name("value"), self._function(let.start_byte)
        base = self.base(value) if value else None
        if (
            not value
            or not base
            or not (base.made or base.called or (base.router and base.router.name in self._routers))
        ):
            return
        variable = field(let, "pattern").removeprefix("mut ")
        router = base.router or Router(f"{function}:{variable}:{let.start_byte}", base.prefix)
        self._begin(value, base, router)
        end = let.parent.end_byte if let.parent else let.end_byte
        self._bindings.bind(variable, let.end_byte, end, Router(router.name) if not base.router else router)

    def _statement(self, node: Node, *, result: bool) -> None:
        node = node.child_by_field_name("right") or node if node.type == "assignment_expression" else node
        base, function = self.base(node), self._function(node.start_byte)
        if base.router and base.router.name in self._routers:
            self._begin(node, base, base.router)
            if result and base.router.name.startswith(f"{function}:"):
                self.results.append((base.router, f"{function}()"))
        elif result and (base.made or base.called):
            self._begin(node, base, Router(f"{function}()", base.prefix))

    def _begin(self, node: Node, base: Base, router: Router) -> None:
        """An expression whose calls are about this router."""
        self._routers.add(router.name)
        self._regions.append((node.start_byte, node.end_byte, router))
        if base.called and base.router:
            numbers = [at for at, one in enumerate(_given(base.node)) if self._means(one, base.router)]
            self.handings += [Handing(base.router, base.called, at) for at in numbers]
        elif base.called:
            self.made_of.append((router, f"{base.called}()"))

    def _is_router(self, base: Base) -> bool:
        """Whether it may be one: what another function gives may be anything."""
        return bool(base.made or base.called) or (base.router is not None and base.router.name in self._routers)

    def _means(self, node: Node, router: Router) -> bool:
        return self._bindings.find(text_of(node), node.start_byte) == router

    def _take(self, verb: str, arguments: Node) -> None:
        """A call of a method. What it is given in place is a part of the router that it is about."""
        given = [one for one in arguments.named_children if "comment" not in one.type]
        by = self.at(arguments.start_byte)
        self.takings.append(Taking(by, verb, given))
        prefix = unquoted(text_of(given[0])) if len(given) > 1 and given[0].type == "string_literal" else ""
        for one in given if verb in {"nest", "merge", "service", "nest_service"} else ():
            base = self.base(one)
            if base.made or base.called:
                self._regions.append((one.start_byte, one.end_byte, by.below(prefix).below(base.prefix)))

    def _function(self, place: int) -> str:
        return self._inside.innermost(place)


def _given(call: Node) -> list[Node]:
    arguments = call.child_by_field_name("arguments")
    return arguments.named_children if arguments else []


def _last(function: Node) -> Node | None:
    """The expression that a function gives."""
    body = function.child_by_field_name("body")
    last = body.named_children[-1] if body and body.named_children else None
    return last if last and last.type not in _STATEMENTS and not last.type.endswith("_item") else None


def _named(item: Node) -> str:
    """The name of a module, or the type that an implementation is of."""
    return field(item, "name") or dotted(field(item, "type").partition("<")[0])
