"""What the index stores and what it answers with."""

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

Kind = Literal["function", "method", "class", "model", "route", "file"]

Topic = Literal["logging", "errors", "settings", "sessions"]

LinkKind = Literal[
    "mount", "placed", "alias", "own", "constant", "root", "application", "global", "versioned", "version"
]
"""`mount`: `name` takes `target` in below `prefix`; `placed`: and that stands for the prefix of the target's own;
`alias`: `name` is `target` of `module`; `own`: a router that is made here, with the prefix that it gives its routes in
its own file, where their addresses have it; `constant`: a name for a prefix; `root`: the name of all modules below;
`application`: one is made here; `global`: a prefix of all routes of an application but those in `target`;
`versioned`: the prefix of the versions in its addresses, and those of a route that names none; `version`: those that a
controller or its method names.
"""

TOPICS: tuple[Topic, ...] = ("logging", "errors", "settings", "sessions")


class Wanted(NamedTuple):
    """A need: what is looked for in the project."""

    text: str
    """In words, or as code."""
    names: tuple[str, ...] = ()
    """Names that somebody would give to what serves it; the answer is much better with some."""


class Definition(NamedTuple):
    """One thing that a source file defines, as a language's extractor finds it."""

    kind: Kind
    name: str
    """For a route: method and address, `GET /users/{id}`."""
    scope: str
    """Dotted names of what encloses it; for a route: the handler."""
    signature: str
    doc: str
    """First paragraph of its documentation, on one line."""
    line: int
    end_line: int
    body: tuple[int, int]
    """Span in bytes of the text behind its words and fingerprint."""
    framework: str = ""
    detail: str = ""
    """For a model: `table: field, field`."""
    local: bool = False
    """Inside a function, so nobody else can call it."""
    router: str = ""
    """For a route: the router that it hangs on, by its name in this file; empty where its address is whole."""

    @property
    def qualified(self) -> str:
        """Name with its scope: `Users.create`."""
        return f"{self.scope}.{self.name}" if self.scope else self.name


class Link(NamedTuple):
    """What one file says about where the addresses of routers begin; told without a look at any other file.

    Where routers are handed to functions, the first parameter of `setup` is `setup#0`, what it returns `setup()`, and
    its variable `users` that is given a value at byte 99 `setup:users:99`.
    """

    kind: LinkKind
    name: str
    """The router of this file that takes another one in, or the name that something has here."""
    prefix: str = ""
    """Names of constants stand in it in braces: `{API_PREFIX}/users`."""
    module: str = ""
    """As the import names it; empty for this file."""
    target: str = ""
    """Dotted name in that module; empty for the module itself."""


class Fact(NamedTuple):
    """A line that shows a convention of the project."""

    topic: Topic
    line: int
    text: str
    weight: int = 1
    """A definition weighs more than a use."""


@dataclass(frozen=True, slots=True)
class Extract:
    """The definitions of one file."""

    definitions: list[Definition]
    doc: str = ""
    """First paragraph of the file's own documentation."""
    broken: bool = False
    """Whether the file does not parse as a whole."""
    links: list[Link] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Hit:
    """A definition that serves a need."""

    kind: Kind
    name: str
    """Qualified within its file: `Users.create`."""
    signature: str
    path: str
    line: int
    end_line: int
    doc: str
    score: float
    """From 0 to 1, comparable across queries."""
    why: str
    framework: str = ""
    detail: str = ""
    scope: str = ""
    """What encloses it; for a route: the handler."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two functions that are near-copies; `first` is the newer one where that is known."""

    first: Hit
    second: Hit
    similarity: float
    """Share of their blinded shape that is the same, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class Route:
    """One address that the project serves."""

    method: str
    """`GET`, `GET,POST`, or `ANY`."""
    url: str
    handler: str
    framework: str
    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Model:
    """A class that describes data: a table, a document, a message."""

    name: str
    framework: str
    """Which mapper or library describes it: `django`, `pydantic`, `typeorm`, `gorm`, `diesel`, `sql` and others."""
    table: str
    """Empty where the class names none."""
    fields: tuple[str, ...]
    path: str
    line: int


@dataclass(frozen=True, slots=True)
class LongFile:
    """A source file over the limit."""

    path: str
    lines: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where a convention can be seen."""

    path: str
    line: int
    text: str
    files: int
    """In how many files the topic shows."""


@dataclass(frozen=True, slots=True)
class Conventions:
    """Where logging, errors, settings and database sessions live: the telling places first."""

    places: dict[Topic, tuple[Place, ...]] = field(default_factory=dict)
