"""The functions of a Python file and whether they log, by its syntax tree."""

import ast
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from backend_developer.nodes.gates.house_rules.languages import python_logs
from backend_developer.nodes.gates.house_rules.languages.function import Function, LogState

Def = ast.FunctionDef | ast.AsyncFunctionDef

TRIVIAL_STATEMENTS = 3
"""A function with fewer statements of its own, docstring not counted, is too small to log."""

_ACCESSORS = {"property", "cached_property", "hybrid_property", "computed_field", "setter", "getter", "deleter"}
_STUBS = {"overload", "abstractmethod"}
_LOGGING_BASES = ("Formatter", "Handler", "Filter")
_LOGGING_METHODS = {"emit", "filter", "format", "formatException", "formatMessage", "formatTime"}


@dataclass(frozen=True)
class PythonFunction(Function):
    """A `def` or `async def`."""

    node: Def
    owner: ast.ClassDef | None
    """The class whose method it is."""

    @cached_property
    def _own_nodes(self) -> list[ast.AST]:
        """What belongs to the function itself, without the insides of functions and classes in it."""
        stack: list[ast.AST] = list(self.node.body)
        own = []
        while stack:
            current = stack.pop()
            own.append(current)
            if not isinstance(current, Def | ast.ClassDef):
                stack.extend(ast.iter_child_nodes(current))
        return own

    @cached_property
    def exempt(self) -> bool:
        """Small, an accessor, a stub, a dunder method, or part of logging itself."""
        decorators = {_last_name(decorator) for decorator in self.node.decorator_list}
        if decorators & (_ACCESSORS | _STUBS) or self._is_trivial:
            return True
        name = self.node.name
        if name.startswith("__") and name.endswith("__"):
            return name not in {"__init__", "__call__"} or _only_assigns(self.node)
        return self.owner is not None and _is_exempt_method(name, self.owner)

    @cached_property
    def log(self) -> LogState:
        """The prefix may name the function, its class and itself, or a function around it."""
        names = self.name.split(".")
        return python_logs.log_state(self._own_nodes, {*names, ".".join(names[-2:])})

    @cached_property
    def fingerprint(self) -> str:
        """The syntax trees of its parameters and its body."""
        body = [ast.dump(statement) for statement in self.node.body if not _is_empty(statement)]
        return "\n".join((type(self.node).__name__, ast.dump(self.node.args), *body))

    @property
    def _is_trivial(self) -> bool:
        statements = sum(isinstance(node, ast.stmt) and not _is_empty(node) for node in self._own_nodes)
        return statements < TRIVIAL_STATEMENTS


def functions(text: str) -> list[Function]:
    """All functions and methods, outer before inner; none where the text does not parse."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            body = ast.parse(text).body
        return list(_walk(body, text.split("\n"), (), None, None))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


def _walk(
    body: list[ast.stmt], lines: list[str], names: tuple[str, ...], owner: ast.ClassDef | None, parent: Function | None
) -> Iterator[Function]:
    for statement in body:
        if isinstance(statement, Def):
            inner = (*names, statement.name)
            source = "\n".join(lines[statement.lineno - 1 : statement.end_lineno])
            function = PythonFunction(".".join(inner), statement.lineno, source, parent, statement, owner)
            yield function
            yield from _walk(statement.body, lines, inner, None, function)
        elif isinstance(statement, ast.ClassDef):
            yield from _walk(statement.body, lines, (*names, statement.name), statement, parent)
        else:
            for block in _blocks(statement):
                yield from _walk(block, lines, names, owner, parent)


def _blocks(statement: ast.stmt) -> Iterator[list[ast.stmt]]:
    for name in ("body", "orelse", "finalbody"):
        block = getattr(statement, name, None)
        if block:
            yield block
    for branch in (*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())):
        yield branch.body


def _is_empty(node: ast.stmt) -> bool:
    return isinstance(node, ast.Pass) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))


def _only_assigns(node: Def) -> bool:
    return all(
        isinstance(statement, ast.Assign | ast.AnnAssign) or _is_empty(statement) or _is_super_call(statement)
        for statement in node.body
    )


def _is_super_call(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and ast.unparse(statement).startswith("super().")


def _is_exempt_method(name: str, owner: ast.ClassDef) -> bool:
    bases = [_last_name(base) for base in owner.bases]
    if "Protocol" in bases:
        return True
    # A log handler that logs would call itself.
    return name in _LOGGING_METHODS and any(base.endswith(_LOGGING_BASES) for base in bases)


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Call | ast.Subscript):
        return _last_name(node.func if isinstance(node, ast.Call) else node.value)
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
