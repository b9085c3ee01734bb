"""Models of Rust projects: structs that sqlx, diesel, SeaORM or serde derive something for."""

import re

from tree_sitter import Node

from backend_developer.workspace.index.languages.shape import Shape, shape_of
from backend_developer.workspace.index.languages.tree import field, text_of

_DERIVED = re.compile(r"#\[derive\(([\s\S]*)\)\]")
_TABLE = re.compile(r"""\btable_name\s*=\s*"?(\w+)""")
_FRAMEWORKS = {
    "DeriveEntityModel": "sea-orm",
    "FromRow": "sqlx",
    "Queryable": "diesel",
    "Insertable": "diesel",
    "Selectable": "diesel",
    "Identifiable": "diesel",
    "AsChangeset": "diesel",
    "Deserialize": "serde",
    "Serialize": "serde",
}


def shape(marks: tuple[Node, ...], node: Node) -> Shape:
    """Framework, table and fields of a struct."""
    attributes = [text_of(mark) for mark in marks]
    derived = {word for one in attributes if (found := _DERIVED.match(one)) for word in re.findall(r"\w+", found[1])}
    framework = next((framework for name, framework in _FRAMEWORKS.items() if name in derived), "")
    if not framework or node.type != "struct_item":
        return Shape()
    table = next((found[1] for one in attributes if (found := _TABLE.search(one))), "")
    body = node.child_by_field_name("body")
    fields = [field(one, "name") for one in body.named_children if one.type == "field_declaration"] if body else []
    return shape_of(framework, table, fields)
