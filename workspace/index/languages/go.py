"""Go: definitions, routes of net/http and of the known routers, GORM and database structs."""

import re
from collections.abc import Iterator
from functools import cached_property

from tree_sitter import Node

from backend_developer.workspace.index.fingerprint import Blinder
from backend_developer.workspace.index.languages import go_models, go_routes, tokens
from backend_developer.workspace.index.languages.shape import Shape
from backend_developer.workspace.index.languages.tree import (
    Parsed,
    Reading,
    Routing,
    Scope,
    Site,
    TreeLanguage,
    definition,
    field,
)
from backend_developer.workspace.index.records import Definition

_KEYWORDS = """
break case chan const continue default defer else fallthrough false for func go goto if import interface map nil
package range return select struct switch true type var
"""
_TYPE = re.compile(r"\*?\s*(\w+)(?:\[.*\])?\s*$", re.DOTALL)
_PARAMETERS = re.compile(r"^\(|\)$")


class Go(TreeLanguage):
    """Go, with generics."""

    name = "go"
    suffixes = (".go",)
    module = "tree_sitter_go"
    definers = frozenset({"function_declaration", "method_declaration", "type_spec", "type_alias"})
    passages = frozenset({"type_declaration", "ERROR"})
    wrappers = frozenset({"type_declaration"})
    signs = (
        (b"zap.New", "logging", 3),
        (b"slog.New(", "logging", 3),
        (b"zerolog.New(", "logging", 3),
        (b"logrus.New(", "logging", 3),
        (b"slog.", "logging", 1),
        (b"log.Printf(", "logging", 1),
        (b"Error() string", "errors", 4),
        (b"errors.New(", "errors", 2),
        (b"viper.", "settings", 3),
        (b"envconfig.Process(", "settings", 4),
        (b"os.Getenv(", "settings", 1),
        (b"gorm.Open(", "sessions", 4),
        (b"sql.Open(", "sessions", 4),
        (b"sqlx.Connect(", "sessions", 4),
        (b"pgxpool.New", "sessions", 4),
    )
    test_path = re.compile(r"_test\.go$|(?:^|/)(?:testdata|tests?)/")

    @cached_property
    def blinder(self) -> Blinder:
        """The tokens of its fingerprints."""
        return tokens.c_like(_KEYWORDS)

    def routing(self, source: bytes, parsed: Parsed, marked: list[Definition]) -> Routing:
        """net/http, gin, echo, chi, fiber and gorilla."""
        return go_routes.called(source, parsed)

    def read(self, source: bytes, site: Site) -> Reading | None:
        """Functions, methods with their receiver, and types."""
        node, name = site.node, field(site.node, "name")
        body = node.child_by_field_name("body")
        if node.type == "function_declaration":
            return Reading([definition(source, site, "function", name, body=body)], site.scope)
        if node.type == "method_declaration":
            owner = _TYPE.search(_PARAMETERS.sub("", field(node, "receiver").strip()))
            at = site._replace(scope=Scope(owner[1] if owner else "", in_type=True))
            return Reading([definition(source, at, "method", name, body=body)], site.scope)
        return Reading(list(_type(source, site, name)), site.scope.within(name, in_type=True))


def _type(source: bytes, site: Site, name: str) -> Iterator[Definition]:
    inner = site.node.child_by_field_name("type")
    fields = _body(inner)
    if site.wrapper and site.wrapper.named_child_count > 1:
        site = site._replace(wrapper=None)
    model = go_models.shape(source, name, inner) if inner and inner.type == "struct_type" else Shape()
    yield definition(
        source, site, "model" if model.framework else "class", name,
        body=fields, framework=model.framework, detail=model.detail,
    )  # fmt: skip


def _body(inner: Node | None) -> Node | None:
    """What a struct or an interface has between its braces."""
    if inner is None or inner.type not in {"struct_type", "interface_type"}:
        return None
    return next((child for child in inner.children if child.type in {"field_declaration_list", "{"}), None)
