"""Where the SQL that Alembic and Django render from a migration comes from in its Python file.

Source of facts: Alembic 1.20 writes `-- Running upgrade A -> B` before each revision; Django 5.2 writes a comment of
three lines before each operation, and puts off some statements (indexes, foreign keys) to the end.
"""

import ast
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from backend_developer.workspace.migrations.statements import Statement, split

logger = logging.getLogger(__name__)

_RUNNING = re.compile(r"^-- Running upgrade .*-> (?P<revision>\S+)$", re.MULTILINE)
_HEADING = re.compile(r"^--\n-- \S.*\n--$", re.MULTILINE)
_WORD = re.compile(r"\w+")
_NO_OPERATIONS = frozenset({"f", "get_bind", "get_context", "inline_literal", "batch_alter_table"})


@dataclass(frozen=True, slots=True)
class Rendered:
    """The SQL of one migration as its tool would send it."""

    file: str
    """The migration's own, relative to the workspace."""
    sql: str
    revision: str | None = None
    """Alembic's name of it; None for Django's."""

    def places(self, source: str) -> dict[int, range]:
        """Each line of the SQL with the lines of the migration's `source` that it comes from."""
        if self.revision is None:
            return _django_places(self.sql, source)
        return _alembic_places(self.sql, source, self.revision)


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a migration, and the words in its literals, lower case."""

    lines: range
    words: frozenset[str]

    def likeness(self, words: frozenset[str]) -> tuple[float, int]:
        """How much of what it names stands in a statement; Django adds the app to a table, and `_id` to a key."""
        found = sum(1 for one in self.words if not words.isdisjoint((one, f"{one}_id")) or _ends_with(words, f"_{one}"))
        return (found / len(self.words), found) if found else (0.0, 0)


def django_operations(source: str) -> tuple[list[Operation], int | None]:
    """The elements of `operations`, and the line of the list."""
    tree = _parse(source)
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.List) and _assigns(node, "operations"):
            return [Operation(_lines(one), _words(one)) for one in node.value.elts], node.lineno
    return [], None


def alembic_operations(source: str) -> tuple[list[Operation], int | None]:
    """What uses `op` in every function but the way back, and the line of `upgrade`."""
    tree = _parse(source)
    if tree is None:
        return [], None
    texts = {
        target.id: _words(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    ahead = [node for node in functions if not node.name.startswith("downgrade")]
    first = next((node.lineno for node in functions if node.name == "upgrade"), None)
    return [one for node in ahead for one in _used(node.body, texts, frozenset({"op"}), frozenset())], first


def closest(words: frozenset[str], operations: Sequence[Operation]) -> Operation | None:
    """The operation that names most of what a statement names, the first of equals; None where none does."""
    best = max(operations, key=lambda one: one.likeness(words), default=None)
    return best if best and best.likeness(words)[1] else None


def words_of(text: str) -> frozenset[str]:
    """The words of a text, lower case."""
    return frozenset(word.lower() for word in _WORD.findall(text))


def _alembic_places(sql: str, source: str, revision: str) -> dict[int, range]:
    """Of the section of this revision alone: what it depends on may be rendered with it."""
    operations, first = alembic_operations(source)
    marks = list(_RUNNING.finditer(sql))
    begin, end = next(
        (
            (mark.start(), marks[number].start() if number < len(marks) else len(sql))
            for number, mark in enumerate(marks, 1)
            if mark["revision"] == revision
        ),
        (0, 0),
    )
    found: dict[int, range] = {}
    for statement in split(sql[begin:end], 1 + sql.count("\n", 0, begin)):
        operation = closest(words_of(statement.sql), operations)
        _note(found, statement, operation, first)
    return found


def _django_places(sql: str, source: str) -> dict[int, range]:
    operations, first = django_operations(source)
    headings = [1 + sql.count("\n", 0, mark.start()) for mark in _HEADING.finditer(sql)]
    found: dict[int, range] = {}
    for statement in split(sql):
        number = sum(1 for line in headings if line <= statement.line) - 1
        among: Sequence[Operation] = operations
        if len(headings) == len(operations) and 0 <= number < len(operations):
            # Behind the last heading stands what others put off as well.
            last = number == len(operations) - 1
            among = [operations[number], *(operations[:-1] if last else ())]
        chosen = closest(words_of(statement.sql), among) or (among[0] if len(among) == 1 else None)
        _note(found, statement, chosen, first)
    return found


def _note(found: dict[int, range], statement: Statement, operation: Operation | None, first: int | None) -> None:
    lines = operation.lines if operation else range(first or 1, (first or 1) + 1)
    for line in range(statement.line, statement.line + statement.sql.count("\n") + 1):
        found[line] = lines


def _used(
    body: Sequence[ast.stmt], texts: Mapping[str, frozenset[str]], doors: frozenset[str], above: frozenset[str]
) -> Iterator[Operation]:
    """The statements that call one of `doors`; `above` are the words of a batch around them."""
    for node in body:
        if isinstance(node, ast.With):
            names = {one.optional_vars.id for one in node.items if isinstance(one.optional_vars, ast.Name)}
            batch = frozenset().union(*(_words(one.context_expr, texts) for one in node.items))
            yield from _used(node.body, texts, doors | names, above | batch)
        elif isinstance(node, ast.If | ast.For | ast.While | ast.Try):
            yield from _used(_inside(node), texts, doors, above)
        elif any(_calls(one, doors) for one in ast.walk(node)):
            yield Operation(_lines(node), _words(node, texts) | above)


def _inside(node: ast.If | ast.For | ast.While | ast.Try) -> list[ast.stmt]:
    return [*node.body, *node.orelse, *(node.finalbody if isinstance(node, ast.Try) else ())]


def _calls(node: ast.AST, doors: frozenset[str]) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr not in _NO_OPERATIONS
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in doors
    )


def _words(node: ast.AST, texts: Mapping[str, frozenset[str]] | None = None) -> frozenset[str]:
    """The words of all texts in a piece of code, also of those that it calls by a name of the module."""
    found: frozenset[str] = frozenset()
    for one in ast.walk(node):
        if isinstance(one, ast.Constant) and isinstance(one.value, str):
            found |= words_of(one.value)
        elif isinstance(one, ast.Name) and texts:
            found |= texts.get(one.id, frozenset())
    return found


def _ends_with(words: frozenset[str], ending: str) -> bool:
    return ending != "_id" and any(word.endswith(ending) for word in words)


def _lines(node: ast.stmt | ast.expr) -> range:
    return range(node.lineno, (node.end_lineno or node.lineno) + 1)


def _assigns(node: ast.Assign, name: str) -> bool:
    return any(isinstance(target, ast.Name) and target.id == name for target in node.targets)


def _parse(source: str) -> ast.Module | None:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError) as error:
        logger.debug("a migration cannot be parsed: %s", error)
        return None
