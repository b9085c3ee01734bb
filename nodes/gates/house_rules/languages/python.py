"""The functions of a Python file and whether they log, by its syntax tree."""

import ast
import re
import warnings
from bisect import bisect_left
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from backend_developer.nodes.gates.house_rules.languages import python_logs
from backend_developer.nodes.gates.house_rules.languages.function import WORD, Function, IsOld, LogState
from backend_developer.nodes.gates.house_rules.languages.reading import Reading, Rows

Def = ast.FunctionDef | ast.AsyncFunctionDef

TRIVIAL_STATEMENTS = 3
"""A function with fewer statements of its own, docstring not counted, is too small to log."""

_LOGGER = re.compile(r"(?i)log|getChild")
"""Stands in the line of each log call of `python_logs`. A name may be written otherwise where not all is ASCII."""

_ACCESSORS = {"property", "cached_property", "hybrid_property", "computed_field", "setter", "getter", "deleter"}
_STUBS = {"overload", "abstractmethod"}
_LOGGING_BASES = ("Formatter", "Handler", "Filter")
_LOGGING_METHODS = {"emit", "filter", "format", "formatException", "formatMessage", "formatTime"}


@dataclass(frozen=True, eq=False)
class PythonFunction(Function):
    """A `def` or `async def`."""

    node: Def
    owner: ast.ClassDef | None
    """The class whose method it is."""

    @property
    def rows(self) -> Rows:
        """Without its decorators."""
        return self.line - 1, (self.node.end_lineno or self.line) - 1

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
        return python_logs.log_state(self._near_logs(), {*names, ".".join(names[-2:])})

    @cached_property
    def fingerprint(self) -> str:
        """The syntax trees of its parameters and its body."""
        body = [ast.dump(statement) for statement in self.node.body if not _is_empty(statement)]
        return "\n".join((type(self.node).__name__, ast.dump(self.node.args), *body))

    @property
    def outline(self) -> Hashable:
        """The names of its parameters and the kinds of its statements, which cost far less than their trees."""
        body = (type(statement) for statement in self.node.body if not _is_empty(statement))
        return type(self.node), *(arg.arg for arg in self.node.args.args), *body

    @cached_property
    def words(self) -> frozenset[str]:
        """Those of the names in its parameters and its body."""
        roots = (self.node.args, *(statement for statement in self.node.body if not _is_empty(statement)))
        names = {name for root in roots for node in ast.walk(root) if (name := _name_in(node))}
        return frozenset(word for name in names for word in WORD.findall(name))

    @property
    def _is_trivial(self) -> bool:
        told = (statement for statement in self._statements() if not _is_empty(statement))
        return sum(1 for _ in islice(told, TRIVIAL_STATEMENTS)) < TRIVIAL_STATEMENTS

    def _statements(self) -> Iterator[ast.stmt]:
        """Its own, without those of functions and classes in it."""
        stack = list(self.node.body)
        while stack:
            current = stack.pop()
            yield current
            if not isinstance(current, Def | ast.ClassDef):
                stack.extend(statement for block in _blocks(current) for statement in block)

    def _near_logs(self) -> Iterator[ast.AST]:
        """Its own nodes, without the insides of statements on whose lines no logger is named."""
        source = self.reading.left(self.rows)
        ascii_only, lines = source.isascii(), enumerate(source.split("\n"), self.line)
        rows = [row for row, line in lines if not ascii_only or _LOGGER.search(line)]
        stack: list[ast.AST] = list(self.node.body) if rows else []
        while stack:
            current = stack.pop()
            if isinstance(current, ast.stmt):
                place = bisect_left(rows, current.lineno)
                named = place < len(rows) and rows[place] <= (current.end_lineno or current.lineno)
                if not named or isinstance(current, Def | ast.ClassDef):
                    continue
            yield current
            stack.extend(ast.iter_child_nodes(current))


def functions(reading: Reading, is_old: IsOld | None) -> list[Function]:
    """The functions and methods, outer before inner; none where the text does not parse.

    With `is_old` only those that may be silent.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            body = ast.parse(reading.text).body
        return list(_Walk(reading, is_old).through(body, (), None, None))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


@dataclass(frozen=True)
class _Walk:
    reading: Reading
    is_old: IsOld | None

    def through(
        self, body: list[ast.stmt], names: tuple[str, ...], owner: ast.ClassDef | None, parent: Function | None
    ) -> Iterator[Function]:
        for statement in body:
            if isinstance(statement, Def):
                yield from self._into(statement, (*names, statement.name), owner, parent)
            elif isinstance(statement, ast.ClassDef):
                yield from self.through(statement.body, (*names, statement.name), statement, parent)
            else:
                for block in _blocks(statement):
                    yield from self.through(block, names, owner, parent)

    def _into(
        self, node: Def, names: tuple[str, ...], owner: ast.ClassDef | None, parent: Function | None
    ) -> Iterator[Function]:
        function = PythonFunction(".".join(names), node.lineno, self.reading, parent, node, owner)
        if self.is_old and parent is None:
            rows, is_old = function.rows, self.is_old
            if self.reading.is_old(rows, is_old):
                return
            if self.reading.needs_none(rows, is_old, logs=function.log == "prefixed"):
                return
        yield function
        yield from self.through(node.body, names, None, function)


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


def _name_in(node: ast.AST) -> str | None:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.arg if isinstance(node, ast.arg | ast.keyword) else None


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Call | ast.Subscript):
        return _last_name(node.func if isinstance(node, ast.Call) else node.value)
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
