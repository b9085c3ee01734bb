"""Where the names of a JavaScript or TypeScript file come from, and by which names others know what is in it.

What a file exports as a whole is called `default`, in either module system.
"""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from tree_sitter import Node

from backend_developer.workspace.index.languages.tree import field, text_of, unquoted
from backend_developer.workspace.index.records import Link

DEFAULT = "default"
EXPORT_CHARS = 2_000
"""Of an export that are looked at for names; a longer one holds functions."""

_OF_THE_PROJECT = (".", "@", "~/", "src/")
_WORD = re.compile(r"[\w$]+")
_WRAPPINGS = frozenset(
    {"parenthesized_expression", "as_expression", "satisfies_expression", "non_null_expression", "await_expression"}
)


class Reference(NamedTuple):
    """A name of another module; of this one where `module` is empty."""

    module: str
    name: str

    @property
    def own(self) -> bool:
        """Whether it may be the project's; a package's is none of ours."""
        return not self.module or self.module.startswith(_OF_THE_PROJECT)


Refer = Callable[[Node], Reference | None]


def unwrapped(node: Node) -> Node:
    """An expression without parentheses, types and `await`."""
    while node.type in _WRAPPINGS and node.named_children:
        node = node.named_children[0]
    return node


def required(node: Node) -> str:
    """The module that `require("./users")` or `import("./users")` names; empty for any other expression."""
    arguments = node.child_by_field_name("arguments") if node.type == "call_expression" else None
    if not arguments or field(node, "function") not in {"require", "import"}:
        return ""
    given = arguments.named_children
    return unquoted(text_of(given[0])) if len(given) == 1 and given[0].type == "string" else ""


def imported(root: Node) -> dict[str, Reference]:
    """The names that a file takes from others."""
    found: dict[str, Reference] = {}
    for statement in root.children:
        if statement.type == "import_statement":
            module = unquoted(field(statement, "source"))
            found.update(_of_import(statement, module))
        elif statement.type in {"lexical_declaration", "variable_declaration"}:
            for one in statement.named_children:
                found.update(_of_require(one))
    return found


def exported(root: Node, refer: Refer) -> Iterator[Link]:
    """What a file gives to others by another name than its own, or from another file."""
    for statement in root.children:
        if statement.type == "export_statement":
            yield from _of_export(statement, refer)
        elif statement.type == "expression_statement" and statement.named_children:
            yield from _of_assignment(statement.named_children[0], refer)


def exports(root: Node) -> set[str]:
    """The names that a file's exports speak of: others may know what these mean."""
    found: set[str] = set()
    for statement in root.children:
        declared = statement.child_by_field_name("declaration") if statement.type == "export_statement" else None
        if declared:
            found.update(field(one, "name") for one in declared.named_children)
        elif (text := text_of(statement)).startswith(("export ", "module.exports", "exports.")):
            found.update(_WORD.findall(text[:EXPORT_CHARS]))
    return found


def _of_import(statement: Node, module: str) -> Iterator[tuple[str, Reference]]:
    for clause in statement.named_children:
        if clause.type == "import_require_clause":
            yield text_of(clause.named_children[0]), Reference(unquoted(field(clause, "source")), DEFAULT)
        for one in clause.named_children if clause.type == "import_clause" else ():
            if one.type == "identifier":
                yield text_of(one), Reference(module, DEFAULT)
            elif one.type == "namespace_import":
                yield text_of(one.named_children[0]), Reference(module, "")
            for named in one.named_children if one.type == "named_imports" else ():
                name = field(named, "name")
                yield field(named, "alias") or name, Reference(module, name)


def _of_require(declarator: Node) -> Iterator[tuple[str, Reference]]:
    name, value = declarator.child_by_field_name("name"), declarator.child_by_field_name("value")
    module = required(unwrapped(value)) if value else ""
    if not module or not name:
        return
    if name.type == "identifier":
        yield text_of(name), Reference(module, DEFAULT)
    for one in name.named_children if name.type == "object_pattern" else ():
        if one.type == "shorthand_property_identifier_pattern":
            yield text_of(one), Reference(module, text_of(one))
        elif one.type == "pair_pattern":
            yield field(one, "value"), Reference(module, field(one, "key"))


def _of_export(statement: Node, refer: Refer) -> Iterator[Link]:
    module = unquoted(field(statement, "source"))
    for one in statement.named_children:
        if one.type == "namespace_export":
            yield Link("alias", text_of(one.named_children[0]), "", module)
        elif one.type == "identifier":
            yield from _given(DEFAULT, one, refer)
        for named in one.named_children if one.type == "export_clause" else ():
            name, known_as = field(named, "name"), field(named, "alias")
            if module or known_as not in {"", name}:
                yield Link("alias", known_as or name, "", module, name)
    declared, marks = statement.child_by_field_name("declaration"), {child.type for child in statement.children}
    if declared and DEFAULT in marks and (name := field(declared, "name")):
        yield Link("alias", DEFAULT, "", "", name)
    if module and "*" in marks:
        yield Link("alias", "*", "", module, "*")
    if (value := statement.child_by_field_name("value")) and value.type != "identifier":
        yield from _given(DEFAULT, value, refer)


def _of_assignment(assignment: Node, refer: Refer) -> Iterator[Link]:
    left, right = field(assignment, "left"), assignment.child_by_field_name("right")
    if assignment.type != "assignment_expression" or not right:
        return
    if left == "module.exports":
        yield from _given(DEFAULT, right, refer)
    elif left.startswith(("exports.", "module.exports.")):
        yield from _given(left.rpartition("exports.")[2], right, refer)


def _given(name: str, value: Node, refer: Refer) -> Iterator[Link]:
    value = unwrapped(value)
    for one in value.named_children if value.type == "object" else ():
        inner = one.child_by_field_name("value") if one.type == "pair" else None
        if inner and inner.type != "object":
            yield from _given(field(one, "key"), inner, refer)
    found = refer(value)
    if found and found.own and found != Reference("", name):
        yield Link("alias", name, "", *found)
