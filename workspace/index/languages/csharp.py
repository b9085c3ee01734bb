"""C#: definitions, routes of ASP.NET by attributes and by calls, sets of Entity Framework."""

import re
from collections.abc import Iterator
from functools import cached_property

from backend_developer.workspace.index.fingerprint import Blinder
from backend_developer.workspace.index.languages import csharp_models, csharp_routes, tokens
from backend_developer.workspace.index.languages.tree import (
    Parsed,
    Reading,
    Routing,
    Site,
    TreeLanguage,
    definition,
    field,
)
from backend_developer.workspace.index.records import Definition, Kind

_KEYWORDS = """
abstract as async await base bool break byte case catch char checked class const continue decimal default delegate do
double else enum event explicit extern false finally fixed float for foreach goto if implicit in int interface internal
is lock long namespace new null object operator out override params private protected public readonly ref return sbyte
sealed short sizeof static string struct switch this throw true try typeof uint ulong unchecked unsafe ushort using var
virtual void volatile while
"""
_TYPES = frozenset(
    {"class_declaration", "struct_declaration", "record_declaration", "interface_declaration", "enum_declaration",
     "delegate_declaration"}
)  # fmt: skip
_FUNCTIONS = frozenset({"method_declaration", "constructor_declaration", "local_function_statement"})
_NAMESPACE = "namespace_declaration"


class CSharp(TreeLanguage):
    """C#, top-level statements included."""

    name = "csharp"
    suffixes = (".cs",)
    module = "tree_sitter_c_sharp"
    mark = "attribute_list"
    definers = _TYPES | _FUNCTIONS | {"property_declaration"}
    passages = frozenset(
        {_NAMESPACE, "file_scoped_namespace_declaration", "declaration_list", "block", "global_statement",
         "preproc_if", "preproc_region", "ERROR"}
    )  # fmt: skip
    signs = (
        (b"UseSerilog(", "logging", 4),
        (b"AddLogging(", "logging", 4),
        (b"ILogger<", "logging", 1),
        (b": Exception", "errors", 3),
        (b"UseExceptionHandler(", "errors", 4),
        (b"IExceptionHandler", "errors", 3),
        (b"IOptions<", "settings", 2),
        (b".Configuration.GetSection(", "settings", 3),
        (b"Environment.GetEnvironmentVariable(", "settings", 1),
        (b"AddDbContext", "sessions", 4),
        (b": DbContext", "sessions", 4),
        (b"new NpgsqlConnection(", "sessions", 3),
    )
    test_path = re.compile(r"(?:^|/)[^/]*(?:Tests?|Specs)(?:/|\.cs$)|(?:^|/)tests?/")

    @cached_property
    def blinder(self) -> Blinder:
        """The tokens of its fingerprints."""
        return tokens.c_like(_KEYWORDS)

    def bases(self, signature: str) -> list[str]:
        """What stands behind the colon."""
        return csharp_models.bases(signature)

    def routing(self, source: bytes, parsed: Parsed, marked: list[Definition]) -> Routing:
        """The minimal API's `MapGet` and its like."""
        return csharp_routes.called(source, parsed, marked)

    def read(self, source: bytes, site: Site) -> Reading | None:
        """Types, methods and constructors, and the sets of a database context."""
        node = site.node
        if node.type == "property_declaration":
            return Reading(list(_set(source, site)), site.scope)
        name = field(node, "name")
        body = node.child_by_field_name("body")
        if node.type in _FUNCTIONS:
            kind: Kind = "method" if site.scope.in_type else "function"
            found = definition(source, site, kind, name, body=body)
            return Reading([found, *csharp_routes.marked(found, site)], site.scope.within(name, local=True))
        model = csharp_models.shape(site.marks, node)
        found = definition(
            source, site, "model" if model.framework else "class", name,
            body=body, framework=model.framework, detail=model.detail,
        )  # fmt: skip
        own = csharp_routes.controller(name, found, site.marks)
        return Reading([found], site.scope.within(name, in_type=True, routes=own.prefix, router=own.base))


def _set(source: bytes, site: Site) -> Iterator[Definition]:
    """The entity of a `DbSet<Entity>`: the property's name is its table."""
    if entity := csharp_models.entity_of_set(site.node):
        model = csharp_models.table(field(site.node, "name"))
        yield definition(
            source, site, "model", entity,
            body=site.node.child_by_field_name("accessors"), framework=model.framework, detail=model.detail,
        )  # fmt: skip
