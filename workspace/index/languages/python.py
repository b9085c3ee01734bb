"""Python: definitions by tree-sitter, routes and models of the known frameworks, conventions."""

import keyword
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from tree_sitter import Node

from backend_developer.workspace.index.fingerprint import Blinder
from backend_developer.workspace.index.languages import (
    python_facts,
    python_models,
    python_mounts,
    python_outline,
    python_routes,
    python_urls,
)
from backend_developer.workspace.index.languages.python_outline import Head, Nested
from backend_developer.workspace.index.languages.tree import DOC_CHARS, SIGNATURE_CHARS, grammar, parse
from backend_developer.workspace.index.records import Definition, Extract, Fact, Kind, Link

_FUNCTION, _CLASS, _DECORATED = "function_definition", "class_definition", "decorated_definition"
_DEFINITIONS = frozenset({_FUNCTION, _CLASS})
_COMPOUND = """
decorated_definition module block if_statement elif_clause else_clause try_statement except_clause
except_group_clause finally_clause with_statement for_statement while_statement match_statement case_clause
ERROR
"""

_STATEMENTS = _DEFINITIONS | frozenset(_COMPOUND.split())
_TOKENS = re.compile(
    rb'#[^\n]*|[rbufRBUF]{0,2}(?:"""[\s\S]*?"""|\'\'\'[\s\S]*?\'\'\'|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\')'
    rb"|[A-Za-z_\x80-\xff][\w\x80-\xff]*|\d[\w.]*|[^\s\w]"
)
_DOC = re.compile(rb'[rRuU]?("""|\'\'\'|"|\')([\s\S]*?)\1')
_BEFORE_DOC = frozenset((b'"', b"'", b"r", b"R", b"u", b"U"))
_LEADING_COMMENTS = re.compile(rb"(?:[ \t]*(?:#[^\n]*)?\r?\n)*")
_COMMENT_IN_SIGNATURE = re.compile(r"\n[ \t]*#[^\n]*|\s#[^'\"\n]*(?=\n|$)")
_LOOSE = re.compile(r"(?<=\()\s|,?\s(?=\))")
_TEST_FILE = re.compile(r"(?:^|/)(?:tests?_[^/]*|[^/]*_tests?|tests|conftest)\.pyi?$|(?:^|/)tests/|^test/")


class _Scope(NamedTuple):
    """What encloses a definition."""

    name: str
    in_class: bool
    local: bool


_OUTERMOST = _Scope("", in_class=False, local=False)


class Python:
    """Python 3, stubs included."""

    name = "python"
    suffixes = (".py", ".pyi")

    @cached_property
    def blinder(self) -> Blinder:
        """Python's tokens; `self` counts as a keyword, since a method always has it."""
        return Blinder(_TOKENS, (word.encode() for word in [*keyword.kwlist, "self", "cls"]), (b"#",))

    def bases(self, signature: str) -> list[str]:
        """The bases between the parentheses, without modules and parameters."""
        return python_models.bases(signature)

    def is_test(self, path: str) -> bool:
        """pytest's and unittest's conventions for files and folders."""
        return _TEST_FILE.search(path) is not None

    def extract(self, source: bytes) -> Extract:
        """Functions, classes, models and routes of one file."""
        root, by = parse(source, grammar("tree_sitter_python"))
        # Only statements are descended into: a tree-sitter query, which looks at every expression, takes three times
        # as long on Django's sources.
        prefixes = python_routes.prefixes(source)
        definitions = list(_definitions(source, root, prefixes))
        links: list[Link] = []
        if _routed(source):
            urls = python_urls.read(source, by, root)
            definitions += urls.routes
            links += urls.links
        links += python_mounts.links(source, by, root, prefixes)
        links += python_mounts.names(source, python_mounts.wanted(definitions, links))
        return Extract(definitions, _first_doc(source), root.has_error, links)

    def outline(self, source: bytes) -> list[Definition]:
        """The definitions that `extract` finds, without a parser where lines and indentation tell them."""
        outlined = None if _routed(source) else python_outline.outline(source)
        if outlined is None:
            return self.extract(source).definitions
        return list(_outlined(source, outlined, python_routes.prefixes(source)))

    def facts(self, source: bytes, definitions: list[Definition]) -> list[Fact]:
        """Signs of logging, errors, settings and database sessions."""
        return python_facts.facts(source, definitions)


def _routed(source: bytes) -> bool:
    """Whether it may say of addresses by calls."""
    return b"urlpatterns" in source or b".register(" in source


def _definitions(source: bytes, root: Node, prefixes: Mapping[str, str]) -> Iterator[Definition]:
    waiting = [(root, _OUTERMOST, -1)]
    while waiting:
        node, scope, decorated_from = waiting.pop()
        kind = node.type
        if kind in _DEFINITIONS:
            told = _told(source, _head(node), scope, decorated_from, prefixes)
            yield from told
            if not _nested(source, told[0]):
                continue
            scope = _inside(told[0], scope)
        children_from = node.start_byte if kind == _DECORATED else -1
        waiting += [(child, scope, children_from) for child in reversed(node.children) if child.type in _STATEMENTS]


def _outlined(source: bytes, outlined: list[Nested], prefixes: Mapping[str, str]) -> Iterator[Definition]:
    scopes = [_OUTERMOST]
    for head, depth, decorated_from in outlined:
        del scopes[depth + 1 :]
        told = _told(source, head, scopes[-1], decorated_from, prefixes)
        yield from told
        scopes.append(_inside(told[0], scopes[-1]))


def _told(
    source: bytes, head: Head, scope: _Scope, decorated_from: int, prefixes: Mapping[str, str]
) -> list[Definition]:
    """A definition, and the routes that it is."""
    decorators = _text(source[decorated_from : head.start]) if decorated_from >= 0 else ""
    definition = _definition(source, head, scope, decorators)
    if head.is_class:
        return [definition, *python_routes.view_class(definition)]
    return (
        [definition, *python_routes.decorated(definition, decorators, prefixes, source)] if decorators else [definition]
    )


def _nested(source: bytes, definition: Definition) -> bool:
    """Whether there may be definitions inside. Most functions have none, and a look at their text costs less."""
    start, end = definition.body
    return source.find(b"def ", start + 5, end) >= 0 or source.find(b"class ", start + 5, end) >= 0


def _inside(definition: Definition, scope: _Scope) -> _Scope:
    is_class = definition.kind in {"class", "model"}
    return _Scope(definition.qualified, is_class, scope.local or not is_class)


def _head(node: Node) -> Head:
    body, name = node.child_by_field_name("body") or node, node.child_by_field_name("name") or node
    column = body.start_point.column
    return Head(
        node.type == _CLASS, node.start_byte, name.start_byte, name.end_byte, body.start_byte, body.end_byte,
        node.start_point.row + 1, node.end_point.row + 1, column,
    )  # fmt: skip


def _definition(source: bytes, head: Head, scope: _Scope, decorators: str) -> Definition:
    opening = _text(source[head.start : head.body])
    kind: Kind = "method" if scope.in_class else "function"
    framework = detail = ""
    if head.is_class and not scope.in_class:
        framework, detail = python_models.shape(opening, decorators, source[head.body : head.end], head.column)
    if head.is_class:
        kind = "model" if framework else "class"
    return Definition(
        kind=kind,
        name=_text(source[head.name_start : head.name_end]),
        scope=scope.name,
        signature=_signature(opening),
        doc=_doc(source, head.body, head.end),
        line=head.line,
        end_line=head.end_line,
        body=(head.start, head.end),
        framework=framework,
        detail=detail,
        local=scope.local,
    )


def _signature(head: str) -> str:
    if "#" in head:
        head = _COMMENT_IN_SIGNATURE.sub("", head)
    line = " ".join(head.split()).removesuffix(":").rstrip()
    return (_LOOSE.sub("", line) if "( " in line or " )" in line else line)[:SIGNATURE_CHARS]


def _first_doc(source: bytes) -> str:
    start = _LEADING_COMMENTS.match(source)
    return _doc(source, start.end() if start else 0, len(source))


def _doc(source: bytes, start: int, end: int) -> str:
    """The first paragraph of the docstring that a body begins with."""
    found = _DOC.match(source, start, end) if source[start : start + 1] in _BEFORE_DOC else None
    if not found:
        return ""
    paragraph = _text(found[2][: 4 * DOC_CHARS]).strip().partition("\n\n")[0]
    return " ".join(paragraph.split())[:DOC_CHARS]


def _text(source: bytes) -> str:
    return source.decode("utf-8", "replace")
