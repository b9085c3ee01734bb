"""Models of Go projects: structs with GORM, database or JSON tags."""

import re

from tree_sitter import Node

from backend_developer.workspace.index.languages.shape import Shape, shape_of
from backend_developer.workspace.index.languages.tree import said, text_of

_TABLE_NAME = re.compile(rb"\(\s*(?:\w+\s+)?\*?(\w+)\s*\)\s*TableName\(\)\s*string\s*\{\s*return\s*[\"`]([^\"`]+)[\"`]")
_TAGS = (("gorm:", "gorm"), ("bun:", "bun"), ("db:", "sqlx"), ("bson:", "mongo"))


def shape(source: bytes, name: str, struct: Node) -> Shape:
    """Framework, table and fields of a struct. The table is looked for in the same file."""
    text = text_of(struct)
    table = _table(source, name.encode())
    framework = next((framework for tag, framework in _TAGS if f"`{tag}" in text or f" {tag}" in text), "")
    if "gorm.Model" in text or table:
        framework = "gorm"
    if not framework:
        return Shape()
    lines = (line for body in struct.named_children for line in body.named_children)
    fields = (text_of(name) for line in lines for name in line.children_by_field_name("name"))
    return shape_of(framework, table, fields)


def _table(source: bytes, name: bytes) -> str:
    if b"TableName" not in source:
        return ""
    return next((said(table) for owner, table in _TABLE_NAME.findall(source) if owner == name), "")
