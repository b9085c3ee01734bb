"""JavaScript and TypeScript: definitions, routes of Express and NestJS, entities of the known mappers."""

import re
from functools import cached_property

from tree_sitter import Node

from backend_developer.workspace.index.fingerprint import Blinder
from backend_developer.workspace.index.languages import (
    javascript_models,
    javascript_nest,
    javascript_routes,
    javascript_signs,
    tokens,
)
from backend_developer.workspace.index.languages.tree import (
    Parsed,
    Reading,
    Routing,
    Site,
    TreeLanguage,
    definition,
    field,
    grammar,
    parse,
)
from backend_developer.workspace.index.records import Definition, Kind

_KEYWORDS = """
await async break case catch class const continue debugger default delete do else export extends false finally for
function if import in instanceof let new null of return static super switch this throw true try typeof undefined var
void while with yield
"""
_TYPE_KEYWORDS = """
abstract any as boolean declare enum implements interface keyof namespace never number private protected public
readonly string unknown
"""
_FUNCTIONS = frozenset({"arrow_function", "function_expression", "generator_function"})
_CLASSES = frozenset({"class_declaration", "abstract_class_declaration"})
_NAMED_FUNCTIONS = frozenset({"function_declaration", "generator_function_declaration", "function_signature"})
_TYPES = frozenset({"interface_declaration", "type_alias_declaration", "enum_declaration", "internal_module"})
_METHODS = frozenset({"method_definition", "abstract_method_signature"})
_VALUES = frozenset(
    {"variable_declarator", "assignment_expression", "pair", "public_field_definition", "field_definition"}
)
_WRAPPERS = frozenset(
    {"export_statement", "lexical_declaration", "variable_declaration", "expression_statement", "ambient_declaration"}
)
_STATEMENTS = """
statement_block class_body if_statement else_clause for_statement for_in_statement while_statement do_statement
try_statement catch_clause finally_clause switch_statement switch_body switch_case switch_default return_statement
labeled_statement parenthesized_expression call_expression object class ERROR
"""
_EXPORTS = re.compile(r"^(?:module\.)?exports(?:\.|$)|\bprototype\.|^this\.")
_EXPORTED = ("exports.", "module.exports.")
_INSIDE = re.compile(
    rb"\b(?:function|class|interface|enum|namespace|module|type)\b"
    rb"|[=:]\s*(?:async\b\s*)?(?:[\w$]+\s*=>|[(<])"
    rb"|[{,]\s*(?:(?:async|get|set)\s+|\*\s*)*[\w$]+\s*"
    rb"(?:<|\((?:[^;]{0,300}?\)\s*(?::[^;={}]{0,300})?\{|[^;]{300}))"
)
"""Functions, classes and types; what may be a function that something is given; what may be methods of objects.

A head that is longer counts as one: else a list of calls would be looked through from each of them to its end.
"""
_NAME = re.compile(r"[\w$]+(?:\.[\w$]+)*")


class JavaScript(TreeLanguage):
    """JavaScript of any module system, JSX included."""

    name = "javascript"
    suffixes: tuple[str, ...] = (".js", ".jsx", ".mjs", ".cjs")
    module = "tree_sitter_javascript"
    mark = "decorator"
    definers = _CLASSES | _NAMED_FUNCTIONS | _TYPES | _METHODS | _VALUES | {"export_statement", "call_expression"}
    passages = _FUNCTIONS | _WRAPPERS | frozenset(_STATEMENTS.split())
    closures = _FUNCTIONS
    inside = _INSIDE
    wrappers = _WRAPPERS
    signs = javascript_signs.SIGNS
    test_path = re.compile(r"(?:^|/)(?:__tests__|__mocks__|tests?|spec|e2e|cypress)/|[.-](?:spec|test|e2e-spec)\.\w+$")

    @cached_property
    def blinder(self) -> Blinder:
        """The tokens of its fingerprints."""
        return tokens.c_like(_KEYWORDS)

    def routing(self, source: bytes, parsed: Parsed, marked: list[Definition]) -> Routing:
        """Express, and what routes as it does."""
        return javascript_routes.called(source, parsed)

    def read(self, source: bytes, site: Site) -> Reading | None:
        """Classes, functions and types, and the values that are one."""
        node, kind = site.node, site.node.type
        if kind in _CLASSES:
            return _class(source, site, node, field(node, "name"))
        if kind in _NAMED_FUNCTIONS:
            return _function(source, site, node, field(node, "name"))
        if kind in _METHODS:
            return _method(source, site)
        if kind in _TYPES:
            name = field(node, "name")
            found = definition(source, site, "class", name, body=node.child_by_field_name("body"))
            return Reading([found], site.scope.within(name))
        if kind == "export_statement":
            value = node.child_by_field_name("value")
            return _function(source, site, value, "default") if value and value.type in _FUNCTIONS else None
        return _given(source, site) if kind == "call_expression" else _value(source, site)


class TypeScript(JavaScript):
    """TypeScript, `.tsx` included."""

    name = "typescript"
    suffixes = (".ts", ".mts", ".cts", ".tsx")
    module = "tree_sitter_typescript"

    @cached_property
    def blinder(self) -> Blinder:
        """The tokens of its fingerprints."""
        return tokens.c_like(_KEYWORDS + _TYPE_KEYWORDS)

    def parse(self, source: bytes) -> Parsed:
        """The tree of a file; what is no plain TypeScript is tried as TSX, which reads `<T>value` otherwise."""
        plain = parse(source, grammar(self.module, "language_typescript"))
        if plain.root.has_error and (b"</" in source or b"/>" in source):
            return parse(source, grammar(self.module, "language_tsx"))
        return plain


def _class(source: bytes, site: Site, node: Node, name: str) -> Reading:
    framework, detail = javascript_models.entity(site.marks, node)
    found = definition(
        source, site, "model" if framework else "class", name,
        body=node.child_by_field_name("body"), framework=framework, detail=detail,
    )  # fmt: skip
    return Reading([found], site.scope.within(name, in_type=True, routes=javascript_nest.controller(site.marks)))


def _function(source: bytes, site: Site, node: Node, name: str) -> Reading:
    kind: Kind = "method" if site.scope.in_type else "function"
    found = definition(source, site, kind, name, body=node.child_by_field_name("body"))
    return Reading([found], site.scope.within(name, local=True))


def _method(source: bytes, site: Site) -> Reading:
    reading = _function(source, site, site.node, field(site.node, "name"))
    routes = javascript_nest.marked(reading.definitions[0], site)
    return reading._replace(definitions=[*reading.definitions, *routes])


def _value(source: bytes, site: Site) -> Reading | None:
    """A name that is given a function, a class, a model, or an object with some of them."""
    node = site.node
    given = next((text for key in ("name", "left", "key", "property") if (text := field(node, key))), "")
    value = node.child_by_field_name("value") or node.child_by_field_name("right")
    name = _EXPORTS.sub("", given)
    if value is None or (name and not _NAME.fullmatch(name)):
        return None
    if value.type == "object":
        return Reading([], site.scope.within(name) if name else site.scope)
    if value.type == "class":
        return _class(source, site, value, name or field(value, "name") or "default")
    if value.type == "call_expression" and not site.scope.local:
        return _called(source, site, value, name, exported=given.startswith(_EXPORTED))
    if value.type not in _FUNCTIONS:
        return None
    return _function(source, site, value, name or field(value, "name") or "default")


def _called(source: bytes, site: Site, call: Node, name: str, *, exported: bool) -> Reading | None:
    """A name that is given what a call makes: a model, a function that the call wraps, or something for export."""
    if model := javascript_models.called(call):
        found = definition(source, site, "model", name, framework=model.framework, detail=model.detail)
        return Reading([found], site.scope.within(name))
    if function := _wrapped(call):
        return _function(source, site, function, name or field(function, "name") or "default")
    return Reading([definition(source, site, "function", name)], site.scope) if exported and name else None


def _given(source: bytes, site: Site) -> Reading | None:
    """A named function that a statement hands over: `defineGetter(req, "ip", function ip() {...})`."""
    arguments = site.node.child_by_field_name("arguments")
    named = [
        one for one in (arguments.named_children if arguments else []) if one.type in _FUNCTIONS and field(one, "name")
    ]
    if site.wrapper is None or len(named) != 1:
        return None
    return _function(source, site, named[0], field(named[0], "name"))


def _wrapped(call: Node) -> Node | None:
    """The function that a call is given: `asyncHandler(async (req, res) => {...})`."""
    arguments = call.child_by_field_name("arguments")
    functions = [one for one in arguments.named_children if one.type in _FUNCTIONS] if arguments else []
    body = functions[-1].child_by_field_name("body") if functions else None
    return functions[-1] if body and body.type == "statement_block" else None
