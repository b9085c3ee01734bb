"""Rust: definitions, routes of axum, actix and Rocket, structs of sqlx, diesel and SeaORM."""

import re
from functools import cached_property

from backend_developer.workspace.index.fingerprint import Blinder
from backend_developer.workspace.index.languages import rust_models, rust_routes, tokens
from backend_developer.workspace.index.languages.tree import (
    Parsed,
    Reading,
    Routing,
    Scope,
    Site,
    TreeLanguage,
    definition,
    field,
    text_of,
)
from backend_developer.workspace.index.records import Definition, Kind

_KEYWORDS = """
as async await break const continue crate dyn else enum extern false fn for if impl in let loop match mod move mut pub
ref return self Self static struct super trait true type unsafe use where while
"""
_FUNCTIONS = frozenset({"function_item", "function_signature_item"})
_TYPES = frozenset({"struct_item", "enum_item", "union_item", "trait_item", "type_item", "macro_definition"})
_BLOCKS = frozenset({"impl_item", "mod_item"})
_TYPE = re.compile(r"(\w+)\s*(?:<.*>)?\s*$", re.DOTALL)
_FIELDS = frozenset({"field_declaration_list", "enum_variant_list", "declaration_list"})


class Rust(TreeLanguage):
    """Rust; what stands behind `#[cfg(test)]` is offered to nobody."""

    name = "rust"
    suffixes = (".rs",)
    module = "tree_sitter_rust"
    mark = "attribute_item"
    definers = _FUNCTIONS | _TYPES | _BLOCKS
    passages = frozenset({"declaration_list", "block", "ERROR"})
    signs = (
        (b"tracing_subscriber::", "logging", 4),
        (b"env_logger::", "logging", 4),
        (b"tracing::", "logging", 1),
        (b"log::", "logging", 1),
        (b"thiserror", "errors", 3),
        (b"impl IntoResponse for", "errors", 3),
        (b"impl ResponseError for", "errors", 4),
        (b"anyhow", "errors", 1),
        (b"config::Config", "settings", 4),
        (b"dotenvy", "settings", 3),
        (b"env::var(", "settings", 1),
        (b"PgPoolOptions", "sessions", 4),
        (b"PgPool::connect", "sessions", 4),
        (b"Pool::builder(", "sessions", 3),
        (b"PgConnection::establish(", "sessions", 3),
    )
    test_path = re.compile(r"(?:^|/)(?:tests|benches)/|(?:^|/)tests?\.rs$")

    @cached_property
    def blinder(self) -> Blinder:
        """The tokens of its fingerprints."""
        return tokens.rust(_KEYWORDS)

    def routing(self, source: bytes, parsed: Parsed, marked: list[Definition]) -> Routing:
        """axum's `route`, and actix's `route` and `resource`."""
        return rust_routes.called(source, parsed, marked)

    def read(self, source: bytes, site: Site) -> Reading | None:
        """Functions, methods with the type that they are of, and types."""
        node = site.node
        if node.type in _FUNCTIONS:
            return _function(source, site)
        if node.type == "impl_item":
            owner = _TYPE.search(field(node, "type"))
            return Reading([], Scope(owner[1] if owner else "", in_type=True, local=site.scope.local))
        name = field(node, "name")
        if node.type == "mod_item":
            tests = any("cfg(test)" in text_of(mark) for mark in site.marks)
            return Reading([], site.scope.within(name, local=tests))
        body = next((child for child in node.children if child.type in _FIELDS), None)
        model = rust_models.shape(site.marks, node)
        kind: Kind = "model" if model.framework else "class"
        found = definition(source, site, kind, name, body=body, framework=model.framework, detail=model.detail)
        return Reading([found], site.scope.within(name, in_type=True))


def _function(source: bytes, site: Site) -> Reading:
    name = field(site.node, "name")
    if any(text_of(mark).endswith("test]") for mark in site.marks):
        site = site._replace(scope=site.scope._replace(local=True))
    kind: Kind = "method" if site.scope.in_type else "function"
    found = definition(source, site, kind, name, body=site.node.child_by_field_name("body"))
    return Reading([found, *rust_routes.marked(found, site)], site.scope.within(name, local=True))
