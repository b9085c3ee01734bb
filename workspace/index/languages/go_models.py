"""Models of Go projects: structs with GORM, database or JSON tags."""

import re
from typing import NamedTuple

from tree_sitter import Node

from backend_developer.workspace.index.languages.tree import field, text_of

FIELDS = 16
"""Fields that are told of a model, as of a Python class."""

_TABLE_NAME = rb"\(\s*(?:\w+\s+)?\*?%b\s*\)\s*TableName\(\)\s*string\s*\{\s*return\s*[\"`]([^\"`]+)[\"`]"
_TAGS = (("gorm:", "gorm"), ("bun:", "bun"), ("db:", "sqlx"), ("bson:", "mongo"))


class Model(NamedTuple):
    """What a struct describes."""

    framework: str = ""
    """Empty where it is no model."""
    detail: str = ""
    """`table: field, field`."""


def shape(source: bytes, name: str, struct: Node) -> Model:
    """Framework, table and fields of a struct. The table is looked for in the same file."""
    text = text_of(struct)
    table = re.search(_TABLE_NAME % re.escape(name.encode()), source)
    framework = next((framework for tag, framework in _TAGS if f"`{tag}" in text or f" {tag}" in text), "")
    if "gorm.Model" in text or table:
        framework = "gorm"
    if not framework:
        return Model()
    fields = [field(one, "name") for body in struct.named_children for one in body.named_children]
    listed = ", ".join([one for one in fields if one][:FIELDS])
    return Model(framework, f"{table[1].decode('utf-8', 'replace') if table else ''}: {listed}".rstrip())
