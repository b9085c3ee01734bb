"""JavaScript and TypeScript: definitions, routes of Express and NestJS, entities of the known mappers."""

import re
from collections.abc import Iterable
from functools import cached_property

from tree_sitter import Node, Parser

from backend_developer.workspace.index.fingerprint import Blinder
from backend_developer.workspace.index.languages import javascript_models, javascript_routes, tokens
from backend_developer.workspace.index.languages.signs import Sign
from backend_developer.workspace.index.languages.tree import (
    Reading,
    Site,
    TreeLanguage,
    definition,
    field,
    grammar,
    text_of,
)
from backend_developer.workspace.index.records import Definition

_KEYWORDS = """
await async break case catch class const continue debugger default delete do else export extends false finally for
function if import in instanceof let new null of return static super switch this throw true try typeof undefined var
void while with yield
"""
_TYPED = f"""{_KEYWORDS}
abstract any as boolean declare enum implements interface keyof namespace never number private protected public
readonly string unknown
"""
_FUNCTIONS = frozenset({"arrow_function", "function_expression", "generator_function"})
_CLASSES = frozenset({"class_declaration", "abstract_class_declaration", "class"})
_NAMED_FUNCTIONS = frozenset({"function_declaration", "generator_function_declaration", "function_signature"})
_TYPES = frozenset({"interface_declaration", "type_alias_declaration", "enum_declaration", "internal_module", "module"})
_METHODS = frozenset({"method_definition", "abstract_method_signature"})
_VALUES = frozenset({"variable_declarator", "assignment_expression", "pair", "public_field_definition",
                     "field_definition"})  # fmt: skip
_EXPORTS = re.compile(r"^(?:module\.)?exports\.?|\.prototype(?=\.)")
_NAME = re.compile(r"[\w$.]+|\[[\w$.]+\]|#[\w$]+")


class JavaScript(TreeLanguage):
    """JavaScript of any module system, JSX included."""

    name = "javascript"
    suffixes: tuple[str, ...] = (".js", ".jsx", ".mjs", ".cjs")
    module = "tree_sitter_javascript"
    mark = "decorator"
    definers = _CLASSES | _NAMED_FUNCTIONS | _TYPES | _METHODS | _VALUES | {"export_statement"}
    passages = frozenset(
        """
        export_statement statement_block class_body lexical_declaration variable_declaration expression_statement
        if_statement else_clause for_statement for_in_statement while_statement do_statement try_statement catch_clause
        finally_clause switch_statement switch_body switch_case switch_default return_statement labeled_statement
        ambient_declaration parenthesized_expression call_expression object arguments ERROR
        """.split()
    ) | _FUNCTIONS
    signs: tuple[Sign, ...] = (
        (b"winston.createLogger(", "logging", 4),
        (b"pino(", "logging", 3),
        (b"new Logger(", "logging", 2),
        (b"getLogger(", "logging", 1),
        (b"extends Error", "errors", 3),
        (b"HttpException", "errors", 1),
        (b"(err, req, res, next)", "errors", 4),
        (b"process.env", "settings", 1),
        (b"ConfigModule.forRoot(", "settings", 3),
        (b"new DataSource(", "sessions", 4),
        (b"new PrismaClient(", "sessions", 4),
        (b"new Sequelize(", "sessions", 4),
        (b"mongoose.connect(", "sessions", 3),
        (b"new Pool(", "sessions", 4),
        (b"createPool(", "sessions", 3),
    )
    test_path = re.compile(r"(?:^|/)(?:__tests__|__mocks__|tests?|spec|e2e|cypress)/|[.-](?:spec|test|e2e-spec)\.\w+$")

    @cached_property
    def blinder(self) -> Blinder:
        """The tokens of its fingerprints."""
        return tokens.c_like(_KEYWORDS)

    def called_routes(self, source: bytes, root: Node) -> Iterable[Definition]:
        """Express, and what routes as it does."""
        return javascript_routes.called(source, root, self.grammar_of(root)) if javascript_routes.likely(source) else ()

    def grammar_of(self, root: Node) -> str:  # noqa: ARG002 - TypeScript has two
        """The function of the wheel that gives the grammar of a tree."""
        return "language"

    def read(self, source: bytes, site: Site) -> Reading | None:
        """Classes, functions and types, and the values that are one."""
        kind = site.node.type
        if kind in _CLASSES:
            return _class(source, site, site.node)
        if kind in _NAMED_FUNCTIONS:
            return _function(source, site, site.node, field(site.node, "name"))
        if kind in _METHODS:
            return _method(source, site)
        if kind in _TYPES:
            return _type(source, site)
        if kind == "export_statement":
            return _default(source, site)
        return _value(source, site)


class TypeScript(JavaScript):
    """TypeScript, `.tsx` included."""

    name = "typescript"
    suffixes = (".ts", ".mts", ".cts", ".tsx")
    module = "tree_sitter_typescript"

    @cached_property
    def blinder(self) -> Blinder:
        """The tokens of its fingerprints."""
        return tokens.c_like(_TYPED)

    def parse(self, source: bytes) -> Node:
        """The tree of a file; what is no plain TypeScript is tried as TSX, which reads `<T>value` otherwise."""
        root = Parser(grammar(self.module, "language_typescript")).parse(source).root_node
        if root.has_error and (b"</" in source or b"/>" in source):
            return Parser(grammar(self.module, "language_tsx")).parse(source).root_node
        return root
