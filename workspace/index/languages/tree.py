"""What the languages with a tree-sitter grammar have in common: how a file is walked and a definition is told.

Only the nodes that a language names are descended into, so that expressions cost nothing.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import import_module
from typing import ClassVar, NamedTuple

from tree_sitter import Language as Grammar
from tree_sitter import Node, Parser, Query, QueryCursor

from backend_developer.workspace.index.languages import comments
from backend_developer.workspace.index.languages.signs import Sign, signs
from backend_developer.workspace.index.records import Definition, Extract, Fact, Kind

SIGNATURE_CHARS = 200
DOC_CHARS = 200

_COMMENT = re.compile(r"(?:^|(?<=\s))(?://|--\s)[^\n]*|/\*[\s\S]*?\*/")
_LOOSE = re.compile(r"(?<=[(\[])\s+|,?\s+(?=[)\]])")


@cache
def grammar(module: str, entry: str = "language") -> Grammar:
    """The grammar in a wheel; loaded when the first file of its language is met."""
    return Grammar(getattr(import_module(module), entry)())


@cache
def query(of: Grammar, text: str) -> Query:
    """A query, compiled once."""
    return Query(of, text)


class Scope(NamedTuple):
    """What encloses a definition."""

    name: str = ""
    in_type: bool = False
    local: bool = False
    routes: str = ""
    """Prefix of the addresses of the routes inside."""

    def within(self, name: str, *, in_type: bool = False, local: bool = False, routes: str = "") -> "Scope":
        """The scope inside something of this name."""
        return Scope(f"{self.name}.{name}" if self.name else name, in_type, self.local or local, routes)


class Site(NamedTuple):
    """A node on the way through a file."""

    node: Node
    scope: Scope
    marks: tuple[Node, ...] = ()
    """Decorators or attributes that stand before it."""

    @property
    def beginning(self) -> int:
        """Where its first mark begins, or itself."""
        return self.marks[0].start_byte if self.marks else self.node.start_byte


class Reading(NamedTuple):
    """What a node says, and the scope of what is inside it."""

    definitions: list[Definition]
    inner: Scope


class TreeLanguage(ABC):
    """A language whose files are walked from statement to statement."""

    module: ClassVar[str]
    """The wheel with its grammar."""
    passages: ClassVar[frozenset[str]]
    """Types of nodes that may hold definitions without being one."""
    definers: ClassVar[frozenset[str]]
    """Types of nodes that `read` understands."""
    mark: ClassVar[str] = ""
    """Type of a decorator or attribute that is a sibling of what it marks."""
    signs: ClassVar[tuple[Sign, ...]] = ()
    test_path: ClassVar[re.Pattern[str]]

    @abstractmethod
    def read(self, source: bytes, site: Site) -> Reading | None:
        """What one of the `definers` defines; None where it is nothing by itself."""

    def called_routes(self, source: bytes, root: Node) -> Iterable[Definition]:  # noqa: ARG002, PLR6301 - for those that declare routes by calls
        """The routes that calls declare, such as `app.get("/users", list_users)`."""
        return ()

    def bases(self, signature: str) -> list[str]:  # noqa: ARG002, PLR6301 - for those that inherit
        """None: data is inherited in Python and C# alone."""
        return []

    def is_test(self, path: str) -> bool:
        """By the language's conventions for files and folders."""
        return self.test_path.search(path) is not None

    def parse(self, source: bytes) -> Node:
        """The tree of a file."""
        return Parser(grammar(self.module)).parse(source).root_node

    def extract(self, source: bytes) -> Extract:
        """Functions, methods, types, models and routes of one file."""
        root = self.parse(source)
        definitions = [*self._walk(source, root), *self.called_routes(source, root)]
        return Extract(definitions, comments.first(source, DOC_CHARS), root.has_error)

    def facts(self, source: bytes, definitions: list[Definition]) -> list[Fact]:  # noqa: ARG002 - one language needs them
        """Signs of logging, errors, settings and database sessions."""
        return list(signs(source, self.signs))

    def _walk(self, source: bytes, root: Node) -> Iterator[Definition]:
        waiting = [Site(root, Scope())]
        while waiting:
            site = waiting.pop()
            reading = self.read(source, site) if site.node.type in self.definers else None
            if reading:
                yield from reading.definitions
            waiting += reversed(list(self._below(site.node, reading.inner if reading else site.scope)))

    def _below(self, node: Node, scope: Scope) -> Iterator[Site]:
        marks: tuple[Node, ...] = ()
        for child in node.children:
            kind = child.type
            if kind == self.mark:
                marks = (*marks, child)
            elif kind in self.definers or kind in self.passages:
                yield Site(child, scope, marks)
                marks = ()
            elif "comment" not in kind:
                marks = ()


def definition(
    source: bytes, site: Site, kind: Kind, name: str, *, body: Node | None = None, whole: Node | None = None,
    framework: str = "", detail: str = "",
) -> Definition:  # fmt: skip
    """A definition as its node shows it.

    `body` is what the signature ends before; `whole` is the node that it is the value or the content of.
    """
    outer = whole or site.node
    beginning = min(outer.start_byte, site.beginning)
    end = body.start_byte if body else site.node.end_byte
    doc = comments.above(source, outer.start_byte, DOC_CHARS) or comments.above(source, beginning, DOC_CHARS)
    return Definition(
        kind=kind,
        name=name,
        scope=site.scope.name,
        signature=signature(source[outer.start_byte : end]),
        doc=doc,
        line=outer.start_point.row + 1,
        end_line=outer.end_point.row + 1,
        body=(beginning, outer.end_byte),
        framework=framework,
        detail=detail,
        local=site.scope.local,
    )


def route(handler: Definition, method: str, url: str, framework: str) -> Definition:
    """The route that leads to a definition."""
    return handler._replace(
        kind="route", name=_address(url), scope=handler.qualified, framework=framework, detail=method, local=False
    )


def called_route(call: Node, method: str, url: str, handler: str, framework: str) -> Definition:
    """The route that a call declares."""
    handler = " ".join(handler.split())
    named = re.fullmatch(r"[&\w.:]+", handler)
    return Definition(
        kind="route", name=_address(url), scope=handler if named else "", signature=handler[:80], doc="",
        line=call.start_point.row + 1, end_line=call.end_point.row + 1, body=(call.start_byte, call.end_byte),
        framework=framework, detail=method,
    )  # fmt: skip


def _address(url: str) -> str:
    return "/" + re.sub(r"/{2,}", "/", url).strip("/")


def matches(of: Grammar, text: str, root: Node) -> Iterator[dict[str, list[Node]]]:
    """All matches of a query, by the names of their captures."""
    for _, found in QueryCursor(query(of, text)).matches(root):
        yield found


def signature(head: bytes) -> str:
    """The head of a definition on one line, without comments."""
    text = said(head)
    if "/" in text or "--" in text:
        text = _COMMENT.sub("", text)
    line = _LOOSE.sub("", " ".join(text.split())) if "\n" in text else " ".join(text.split())
    return line.rstrip("{=>:; ")[:SIGNATURE_CHARS]


def text_of(node: Node | None) -> str:
    """The source of a node; empty for none."""
    return said(node.text or b"") if node else ""


def field(node: Node, name: str) -> str:
    """The source of a node's field; empty where it has none."""
    return text_of(node.child_by_field_name(name))


def said(source: bytes) -> str:
    """Bytes of a source file as text."""
    return source.decode("utf-8", "replace")


def unquoted(literal: str) -> str:
    """The content of a string literal."""
    return literal.lstrip("@$rb#").rstrip("#").strip("\"'`")
