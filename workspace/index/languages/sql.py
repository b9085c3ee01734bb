"""SQL: tables as models, views and types, functions and procedures."""

import re
from functools import cached_property

from tree_sitter import Node

from backend_developer.workspace.index.fingerprint import Blinder
from backend_developer.workspace.index.languages import tokens
from backend_developer.workspace.index.languages.shape import shape_of
from backend_developer.workspace.index.languages.tree import (
    Parsed,
    Reading,
    Site,
    TreeLanguage,
    definition,
    field,
)

_KEYWORDS = """
add all alter and as asc begin between by case check column constraint create cross database declare default delete desc
distinct drop else end exists false foreign from full function group having if in index inner insert into is join key
language left like limit loop not null offset on or order outer primary procedure raise references replace return
returns right select set table then true trigger union unique update using values view when where with
"""
_TABLE = "create_table"
_FUNCTIONS = frozenset({"create_function", "create_procedure"})
_OTHERS = frozenset({"create_view", "create_materialized_view", "create_type", "create_trigger"})
_BODY = re.compile(rb"(\$\w*\$)([\s\S]*?)(\1)")
_SEEN = re.compile(rb"[^\n]")


class Sql(TreeLanguage):
    """SQL in the common dialects; a statement that the grammar does not know is text."""

    name = "sql"
    suffixes = (".sql",)
    module = "tree_sitter_sql"
    definers = _FUNCTIONS | _OTHERS | {_TABLE}
    passages = frozenset({"statement", "block", "transaction", "ERROR"})
    wrappers = frozenset({"statement"})
    test_path = re.compile(r"(?:^|/)tests?/")

    @cached_property
    def blinder(self) -> Blinder:
        """The tokens of its fingerprints."""
        return tokens.sql(_KEYWORDS)

    def parse(self, source: bytes) -> Parsed:
        """The tree of a file, with the bodies of routines left blank.

        The grammar knows little of procedural languages: one body would take all that follows it along.
        """
        return super().parse(_BODY.sub(_blanked, source))

    def read(self, source: bytes, site: Site) -> Reading | None:
        """What a statement creates."""
        node = site.node
        reference = next((child for child in node.children if child.type == "object_reference"), None)
        if reference is None:
            return None
        schema, name = field(reference, "schema"), field(reference, "name").strip('"`[]')
        at = site._replace(scope=site.scope._replace(name=schema.strip('"`[]')))
        if node.type == _TABLE:
            columns = _child(node, "column_definitions")
            shape = shape_of("sql", name, _columns(columns))
            found = definition(source, at, "model", name, body=columns, framework=shape.framework, detail=shape.detail)
        elif node.type in _FUNCTIONS:
            body = _child(node, "function_body") or _child(node, "procedure_body")
            found = definition(source, at, "function", name, body=body)
        else:
            found = definition(source, at, "class", name, body=_child(node, "keyword_as"))
        return Reading([found], site.scope)


def _blanked(body: re.Match[bytes]) -> bytes:
    """As many bytes and lines, so that everything else stays where it is."""
    return body[1] + _SEEN.sub(b" ", body[2]) + body[3]


def _child(node: Node, kind: str) -> Node | None:
    return next((child for child in node.children if child.type == kind), None)


def _columns(columns: Node | None) -> list[str]:
    listed = columns.named_children if columns else []
    return [field(one, "name").strip('"`[]') for one in listed if one.type == "column_definition"]
