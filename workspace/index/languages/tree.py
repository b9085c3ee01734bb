"""What the languages with a tree-sitter grammar have in common: how a file is walked and a definition is told.

Only the nodes that a language names are descended into, so that expressions cost nothing.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import ClassVar, NamedTuple

from tree_sitter import Language as Grammar
from tree_sitter import Node, Parser, Query, QueryCursor

from backend_developer.workspace.index.languages import comments
from backend_developer.workspace.index.languages.signs import Sign, signs
from backend_developer.workspace.index.records import Definition, Extract, Fact, Kind, Link

SIGNATURE_CHARS = 200
DOC_CHARS = 200

_COMMENT = re.compile(r"(?:^|(?<=\s))(?://|--\s)[^\n]*|/\*[\s\S]*?\*/")
_OPENING = re.compile(r"\s*(?:=>|[{=:;])?\s*$")
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
    router: str = ""
    """What other files may know more of that prefix by."""

    def within(
        self, name: str, *, in_type: bool = False, local: bool = False, routes: str = "", router: str = ""
    ) -> "Scope":
        """The scope inside something of this name."""
        return Scope(f"{self.name}.{name}" if self.name else name, in_type, self.local or local, routes, router)


class Site(NamedTuple):
    """A node on the way through a file."""

    node: Node
    scope: Scope
    marks: tuple[Node, ...] = ()
    """Its decorators or attributes."""
    wrapper: Node | None = None
    """The statement that it is the only content of, such as an export."""

    @property
    def outer(self) -> Node:
        """The whole statement."""
        return self.wrapper or self.node


class Parsed(NamedTuple):
    """A file as its grammar reads it."""

    root: Node
    grammar: Grammar


class Reading(NamedTuple):
    """What a node says, and the scope of what is inside it."""

    definitions: list[Definition]
    inner: Scope


class Routing(NamedTuple):
    """What a file says of addresses by calls."""

    routes: list[Definition]
    links: list[Link]


class TreeLanguage(ABC):
    """A language whose files are walked from statement to statement."""

    module: ClassVar[str]
    """The wheel with its grammar."""
    passages: ClassVar[frozenset[str]]
    """Types of nodes that may hold definitions without being one."""
    definers: ClassVar[frozenset[str]]
    """Types of nodes that `read` understands."""
    closures: ClassVar[frozenset[str]] = frozenset()
    """Of the passages, functions without a name."""
    wrappers: ClassVar[frozenset[str]] = frozenset()
    """Of the passages, statements that belong to the one definition in them."""
    inside: ClassVar[re.Pattern[bytes] | None] = None
    """What stands in a function's text, from its first `{` or `=>` on, where it has definitions inside."""
    mark: ClassVar[str] = ""
    """Type of a decorator or attribute: inside what it marks, or before it."""
    signs: ClassVar[tuple[Sign, ...]] = ()
    test_path: ClassVar[re.Pattern[str]]

    @abstractmethod
    def read(self, source: bytes, site: Site) -> Reading | None:
        """What one of the `definers` defines; None where it is nothing by itself."""

    def routing(self, source: bytes, parsed: Parsed, marked: list[Definition]) -> Routing:
        """The routes that calls declare, such as `app.get("/users", list_users)`, and what is said of routers.

        `marked` are the routes that decorators or attributes declare.
        """
        return Routing([], [])

    def bases(self, signature: str) -> list[str]:
        """None, where data is not described by inheritance."""
        return []

    def is_test(self, path: str) -> bool:
        """By the language's conventions for files and folders."""
        return self.test_path.search(path) is not None

    def parse(self, source: bytes) -> Parsed:
        """The tree of a file."""
        return parse(source, grammar(self.module))

    def extract(self, source: bytes) -> Extract:
        """Functions, methods, types, models and routes of one file."""
        parsed = self.parse(source)
        walked = list(self._walk(source, parsed.root))
        routing = self.routing(source, parsed, [one for one in walked if one.kind == "route"])
        return Extract(
            [*walked, *routing.routes], comments.first(source, DOC_CHARS), parsed.root.has_error, routing.links
        )

    def outline(self, source: bytes) -> list[Definition]:
        """What `extract` defines."""
        return self.extract(source).definitions

    def facts(self, source: bytes, definitions: list[Definition]) -> list[Fact]:
        """Signs of logging, errors, settings and database sessions."""
        return list(signs(source, self.signs))

    def _walk(self, source: bytes, root: Node) -> Iterator[Definition]:
        waiting = [Site(root, Scope())]
        while waiting:
            site = waiting.pop()
            reading = self.read(source, site) if site.node.type in self.definers else None
            if reading:
                yield from reading.definitions
                if self._is_closed(source, site, reading):
                    continue
            waiting += reversed(list(self._below(site, reading.inner if reading else site.scope)))

    def _is_closed(self, source: bytes, site: Site, reading: Reading) -> bool:
        """Whether a function has nothing to walk to inside. Most have not, and a look at their text costs far less."""
        if self.inside is None or not reading.definitions or reading.definitions[0].kind not in {"function", "method"}:
            return False
        start, end = site.node.start_byte, site.node.end_byte
        opened = min((at for sign in (b"{", b"=>") if (at := source.find(sign, start, end)) >= 0), default=end)
        return self.inside.search(source, opened + 1, end) is None

    def _below(self, site: Site, scope: Scope) -> Iterator[Site]:
        node = site.node
        if node.type in self.closures:
            scope = scope._replace(local=True)
        wrapper = site.outer if node.type in self.wrappers else None
        inherited = site.marks if wrapper else ()
        marks: tuple[Node, ...] = ()
        for child in node.children:
            kind = child.type
            if kind == self.mark:
                marks = (*marks, child)
            elif kind in self.definers or kind in self.passages:
                yield Site(child, scope, (*inherited, *marks, *self._own_marks(child)), wrapper)
                marks = ()
            elif child.is_named and "comment" not in kind:
                marks = ()

    def _own_marks(self, node: Node) -> list[Node]:
        if not self.mark or not node.children or node.children[0].type != self.mark:
            return []
        return [child for child in node.children if child.type == self.mark]


def parse(source: bytes, by: Grammar) -> Parsed:
    """The tree of a file; what does not parse stands in it as an error."""
    return Parsed(Parser(by).parse(source).root_node, by)


def definition(
    source: bytes, site: Site, kind: Kind, name: str, *, body: Node | None = None, framework: str = "", detail: str = ""
) -> Definition:
    """A definition as its node shows it; `body` is what its signature ends before."""
    outer = site.outer
    beginning = min([outer.start_byte, *(mark.start_byte for mark in site.marks)])
    head = max([outer.start_byte, *(mark.end_byte for mark in site.marks)])
    while source[head : head + 1].isspace():
        head += 1
    doc = comments.above(source, head, DOC_CHARS) or comments.above(source, beginning, DOC_CHARS)
    return Definition(
        kind=kind,
        name=name,
        scope=site.scope.name,
        signature=signature(source[head : body.start_byte if body else site.node.end_byte]),
        doc=doc,
        line=outer.start_point.row + 1 + source.count(b"\n", outer.start_byte, head),
        end_line=outer.end_point.row + 1,
        body=(comments.beginning(source, beginning), outer.end_byte),
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
    return _OPENING.sub("", line)[:SIGNATURE_CHARS]


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
