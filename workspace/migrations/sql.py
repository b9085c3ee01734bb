"""Migrations that are plain SQL files: which folders hold them, in which order, and what is up and down in each.

- ordered files: `0001_users.sql`, `V2__teams.sql` (Flyway), `20260101120000_x.sql`
- pairs: `0001_users.up.sql` and `.down.sql` (golang-migrate, sqlx)
- sections: `-- migrate:up` and `-- migrate:down` (dbmate), `-- +goose Up` and `-- +goose Down`
- a folder each: `20260101120000_users/migration.sql` (Prisma), `2026-01-01-120000_users/up.sql` (Diesel), both with
  `down.sql` where there is a way back
"""

import logging
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from backend_developer.workspace.migrations.statements import Statement, split

logger = logging.getLogger(__name__)

_ORDERED = re.compile(r"^[VvBb]?(?P<number>\d+)(?:[._]\d+)*(?:[_.-]|$)")
_SECTION = re.compile(r"^--\s*(?:migrate:|\+goose\s+)(?P<name>up|down)\b(?P<rest>.*)$", re.IGNORECASE | re.MULTILINE)
_NO_TRANSACTION = re.compile(r"--\s*(?:\+goose\s+NO TRANSACTION|no-transaction)|transaction:\s*false", re.IGNORECASE)
_OTHER_SERVER = re.compile(r"\bAUTO_?INCREMENT\b|\bENGINE\s*=|\bPRAGMA\s+\w+|\bNVARCHAR\b|`\w+`", re.IGNORECASE)
_ASIDE = frozenset({"test", "tests", "fixtures", "seeds", "queries", "node_modules"})
_HOMES = frozenset({"migrations", "migration", "migrate", "versions"})
_IN_FOLDER = frozenset({"migration.sql", "up.sql", "down.sql"})
"""What the files are called where each migration has a folder of its own."""
_DOWN = re.compile(r"(?:^|[./])down\.sql$")


@dataclass(frozen=True, slots=True)
class SqlMigration:
    """One step of the schema."""

    file: str
    up: tuple[Statement, ...]
    down: tuple[Statement, ...] | None = None
    """None where it says nothing about the way back."""
    down_file: str | None = None
    transactional: bool = True
    wrapped: bool = False
    """Whether its tool puts it in a transaction whatever is in it: goose and dbmate, unless it says otherwise."""
    text: str = ""
    """As it stands in its files; another text is another migration."""


def is_aside(path: str) -> bool:
    """Whether it lies where SQL makes no schema: tests, seeds, queries."""
    return bool(_ASIDE.intersection(PurePosixPath(path).parts))


def folder_of(path: str) -> str | None:
    """The migrations folder that a file belongs to; None where it is no plain SQL migration."""
    place = PurePosixPath(path)
    if place.suffix.lower() != ".sql" or is_aside(path):
        return None
    if _has_folder(place):
        return str(place.parent.parent)
    if _ORDERED.match(place.name) or place.parent.name in _HOMES:
        return str(place.parent)
    return None


def is_down(path: str) -> bool:
    """Whether a file holds the way back alone."""
    return bool(_DOWN.search(path))


def read_folder(files: Mapping[str, str]) -> list[SqlMigration]:
    """The migrations of one folder in their order; `files` is path to text."""
    downs = {_stem(path): path for path in files if is_down(path)}
    ups = sorted((path for path in files if not is_down(path)), key=_order)
    found = [_read(path, files, downs.get(_stem(path))) for path in ups]
    logger.info("migrations=%d reversible=%d", len(found), sum(one.down is not None for one in found))
    return found


def by_folder(files: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """The plain SQL migrations among files, by folder; `files` is path to text."""
    folders: dict[str, dict[str, str]] = {}
    for path in sorted(files):
        if folder := folder_of(path):
            folders.setdefault(folder, {})[path] = files[path]
    return {name: folders[name] for name in sorted(folders)}


def read_folders(files: Mapping[str, str]) -> dict[str, list[SqlMigration]]:
    """The migrations of every folder that is written for PostgreSQL, by folder; `files` is path to text."""
    folders = by_folder(files)
    return {name: read_folder(inside) for name, inside in folders.items() if not is_of_another_server(inside.values())}


def text_of(data: bytes | None) -> str:
    """The text of a file; empty where there is none."""
    return (data or b"").decode("utf-8", "replace")


def is_of_another_server(texts: Iterable[str]) -> bool:
    """Whether the SQL is written for MySQL, SQLite or SQL Server."""
    return any(_OTHER_SERVER.search(statement.sql) for text in texts for statement in split(text))


def up_lines(text: str) -> range:
    """The lines of a file that are its way up."""
    begin, _, end = _section(text, "up")
    return range(begin, end + 1)


def _read(path: str, files: Mapping[str, str], down_file: str | None) -> SqlMigration:
    text = files[path]
    begin, up, _ = _section(text, "up")
    down: tuple[Statement, ...] | None = None
    if down_file:
        down = tuple(split(files[down_file]))
    elif any(match["name"].lower() == "down" for match in _SECTION.finditer(text)):
        first, script, _ = _section(text, "down")
        down = tuple(split(script, first))
    return SqlMigration(
        file=path,
        up=tuple(split(up, begin)),
        down=down,
        down_file=down_file or (path if down is not None else None),
        transactional=not _NO_TRANSACTION.search(text),
        wrapped=bool(_SECTION.search(text)) and not _NO_TRANSACTION.search(text),
        text=text + (files[down_file] if down_file else ""),
    )


def _section(text: str, name: str) -> tuple[int, str, int]:
    """The first line, the script and the last line of a section; the whole file where it has none."""
    marks = list(_SECTION.finditer(text))
    for number, mark in enumerate(marks, 1):
        if mark["name"].lower() == name:
            end = marks[number].start() if number < len(marks) else len(text)
            script = text[mark.end() : end]
            return text.count("\n", 0, mark.end()) + 1, script, text.count("\n", 0, end) + 1
    return 1, text, text.count("\n") + 1


def _has_folder(place: PurePosixPath) -> bool:
    return place.name in _IN_FOLDER and bool(_ORDERED.match(place.parent.name))


def _stem(path: str) -> str:
    place = PurePosixPath(path)
    return str(place.parent) if _has_folder(place) else re.sub(r"(?:\.(?:up|down))?\.sql$", "", path)


def _order(path: str) -> tuple[int, str]:
    place = PurePosixPath(path)
    found = _ORDERED.match(place.parent.name if _has_folder(place) else place.name)
    return (int(found["number"]) if found else 0, path)
