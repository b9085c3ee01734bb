"""Models of C# projects: Entity Framework's sets and tables."""

import re

from tree_sitter import Node

from backend_developer.workspace.index.languages.shape import Shape, shape_of
from backend_developer.workspace.index.languages.tree import field, text_of

_SET = re.compile(r"DbSet<\s*([\w.]+)\s*\??>")
_TABLE = re.compile(r"\bTable\(\s*\"([^\"]+)\"")
_BASES = re.compile(r":\s*([^{]+?)(?:\swhere\s.*)?$", re.DOTALL)
_GENERIC = re.compile(r"<[^<>]*>")
_FRAMEWORK = "entity-framework"


def shape(marks: tuple[Node, ...], node: Node) -> Shape:
    """Table and properties of a class; a framework only where it names its table, since a context elsewhere may."""
    if node.type not in {"class_declaration", "record_declaration"}:
        return Shape()
    table = next((found[1] for mark in marks if (found := _TABLE.search(text_of(mark)))), "")
    fields = _properties(node)
    return shape_of(_FRAMEWORK if table else "", table, fields) if fields or table else Shape()


def entity_of_set(property_: Node) -> str:
    """The entity that a property of a database context is the set of; empty for any other property."""
    found = _SET.search(field(property_, "type"))
    return found[1].rpartition(".")[2] if found else ""


def table(name: str) -> Shape:
    """The table that a set stands for."""
    return shape_of(_FRAMEWORK, name, ())


def bases(signature: str) -> list[str]:
    """Simple names of the bases in a class's signature, without namespaces and parameters."""
    found = _BASES.search(_GENERIC.sub("", _GENERIC.sub("", signature)))
    names = (base.strip().partition("(")[0] for base in found[1].split(",")) if found else ()
    return [name.rpartition(".")[2] for name in names if name]


def _properties(node: Node) -> list[str]:
    body = node.child_by_field_name("body")
    members = body.named_children if body else []
    properties = (one for one in members if one.type == "property_declaration")
    return [field(one, "name") for one in properties if one.child_by_field_name("accessors")]
