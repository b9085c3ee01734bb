"""What the project consists of: routes, models, long files, conventions."""

import re
from collections.abc import Iterable
from dataclasses import replace

from backend_developer.workspace.index.languages import BY_NAME
from backend_developer.workspace.index.mounts import Routers
from backend_developer.workspace.index.records import TOPICS, Conventions, LongFile, Model, Place, Route, Topic
from backend_developer.workspace.index.rows import Row, select
from backend_developer.workspace.index.store import Store

PLACES = 3
"""Telling places that are named of each convention."""

_HOME: dict[Topic, re.Pattern[str]] = {
    "logging": re.compile(r"\b\w*log(ging|ger|s)?\w*\.\w+$"),
    "errors": re.compile(r"\b(errors?|exceptions?)\.\w+$"),
    "settings": re.compile(r"\b(settings?|config\w*)(\.\w+$|/)"),
    "sessions": re.compile(r"\b(db|database|sessions?|engine)(\.\w+$|/)"),
}
"""Names of files where a topic is at home; in these the same sign weighs more."""


def routes(store: Store) -> list[Route]:
    """All addresses that the product code serves, by path and line; a router that is mounted twice serves at both."""
    routers = store.remembered(Routers)
    return [
        Route(row.detail, address, row.scope, row.framework, row.path, row.line)
        for row in select(store, "kind = 'route' AND code")
        for address in routers.addresses(row)
    ]


def models(store: Store) -> list[Model]:
    """All data classes of the product code, those that are one by a base in another file included."""
    known = {row.name: row.framework for row in select(store, "kind = 'model' AND code")}
    maybe = select(store, "kind = 'class' AND detail != '' AND code")
    while found := {row.name: by for row in maybe if row.name not in known and (by := _by_base(row, known))}:
        known.update(found)
    rows = select(store, "kind = 'model' AND code") + [row for row in maybe if row.name in known]
    return sorted(_merged(_model(row, known) for row in rows), key=lambda model: (model.path, model.line))


def long_files(store: Store, limit_lines: int) -> list[LongFile]:
    """Product code over the limit, the longest first."""
    rows = store.rows(
        "SELECT path, lines FROM files WHERE code AND lines > ? ORDER BY lines DESC, path", (limit_lines,)
    )
    return [LongFile(path, lines) for path, lines in rows]


def conventions(store: Store) -> Conventions:
    """The telling places of each topic that the project shows."""
    rows = store.rows(
        "SELECT topic, path, line, text, weight FROM facts JOIN files ON files.id = file ORDER BY path, line"
    )
    places: dict[Topic, tuple[Place, ...]] = {}
    for topic in TOPICS:
        mine = [row[1:] for row in rows if row[0] == topic]
        if mine:
            places[topic] = _places(topic, mine)
    return Conventions(places)


def _places(topic: Topic, facts: list[tuple[str, int, str, int]]) -> tuple[Place, ...]:
    files = len({path for path, *_ in facts})
    ranked = sorted(facts, key=lambda fact: (-fact[3] - 2 * bool(_HOME[topic].search(fact[0])), fact[0], fact[1]))
    first_of_file: dict[str, Place] = {}
    for path, line, text, _ in ranked:
        first_of_file.setdefault(path, Place(path, line, text, files))
    return tuple(first_of_file.values())[:PLACES]


def _by_base(row: Row, known: dict[str, str]) -> str:
    language = BY_NAME.get(row.language)
    bases = language.bases(row.signature) if language else []
    return next((known[base] for base in bases if base in known), "")


def _merged(models: Iterable[Model]) -> list[Model]:
    """A table that only names its class, such as a set of Entity Framework, goes to that class."""
    found = list(models)
    tables = {model.name: model.table for model in found if model.table and not model.fields}
    described = {model.name for model in found if model.fields}
    return [
        replace(model, table=model.table or tables.get(model.name, ""))
        for model in found
        if model.fields or model.name not in described
    ]


def _model(row: Row, known: dict[str, str]) -> Model:
    table, _, fields = row.detail.partition(": ")
    framework = row.framework or known[row.name]
    return Model(
        row.name, framework, table.removesuffix(":"), tuple(filter(None, fields.split(", "))), row.path, row.line
    )
