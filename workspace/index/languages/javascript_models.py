"""Models of JavaScript and TypeScript projects: TypeORM, Sequelize, Mongoose, Drizzle."""

import re

from tree_sitter import Node

from backend_developer.workspace.index.languages.shape import Shape, shape_of
from backend_developer.workspace.index.languages.tree import field, text_of

_ENTITY = re.compile(r"@(Entity|Table|Schema|ObjectType|InputType)\b\s*(?:\(([\s\S]*)\))?")
_FRAMEWORKS = {"Entity": "typeorm", "Table": "sequelize", "Schema": "mongoose"}
_TABLE = re.compile(r"""(?:^|\b(?:name|tableName|collection)\s*:)\s*["'`]([^"'`]+)["'`]""")
_CALLED = re.compile(r"(?:^|\.)(define|model|Schema|(?:pg|mysql|sqlite)Table)$")
_PROPERTIES = frozenset({"public_field_definition", "field_definition"})


def entity(marks: tuple[Node, ...], node: Node) -> Shape:
    """The model that a decorated class is."""
    for mark in marks:
        if found := _ENTITY.match(text_of(mark)):
            table = _TABLE.search((found[2] or "").strip())
            return shape_of(_FRAMEWORKS.get(found[1], "graphql"), table[1] if table else "", _properties(node))
    return Shape()


def called(call: Node) -> Shape | None:
    """The model that a call makes: `sequelize.define("users", {...})`, `pgTable("users", {...})`."""
    function = field(call, "function")
    found = _CALLED.search(function)
    arguments = call.child_by_field_name("arguments")
    given = arguments.named_children if arguments else []
    if not found or len(given) < 2 or given[0].type != "string" or given[1].type not in {"object", "identifier"}:
        return None
    if found[1] == "model" and "mongoose" not in function:
        return None
    framework = {"define": "sequelize", "model": "mongoose"}.get(found[1], "drizzle")
    keys = [field(pair, "key") for pair in given[1].named_children if pair.type == "pair"]
    return shape_of(framework, text_of(given[0]).strip("\"'`"), keys)


def _properties(node: Node) -> list[str]:
    body = node.child_by_field_name("body")
    members = body.named_children if body else []
    return [field(one, "name") or field(one, "property") for one in members if one.type in _PROPERTIES]
