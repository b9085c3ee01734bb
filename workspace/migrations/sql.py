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

from backend_developer.workspace.migrations.manners import Manner, Tools
from backend_developer.workspace.migrations.psql import Psql
from backend_developer.workspace.migrations.statements import Statement, split

logger = logging.getLogger(__name__)

UNKNOWN = Tools()
"""Where nothing of the project is at hand but its migrations."""
NONE: Mapping[str, str] = {}
_ORDERED = re.compile(r"^[VvBb]?(?P<number>\d+)(?:[._]\d+)*(?:[_.-]|$)")
_SECTION = re.compile(r"^--\s*(?:migrate:|\+goose\s+)(?P<name>up|down)\b(?P<rest>.*)$", re.IGNORECASE | re.MULTILINE)
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
    manner: Manner = Manner.LOOSE
    """How the way up is sent."""
    down_manner: Manner = Manner.LOOSE
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


def read_folder(
    files: Mapping[str, str], tools: Tools = UNKNOWN, every: Mapping[str, str] = NONE
) -> list[SqlMigration]:
    """The migrations of one folder in their order; `files` is path to text.

    `every` are all SQL files of the project, which a script for psql may include. One that only includes others of the
    same folder is no step of its own.
    """
    downs = {_stem(path): path for path in files if is_down(path)}
    ups = sorted((path for path in files if not is_down(path)), key=_order)
    read = (_read(path, files, downs.get(_stem(path)), tools, every) for path in ups)
    found = [one for one in read if not one.up or any(each.file not in files for each in one.up)]
    logger.info("migrations=%d reversible=%d", len(found), sum(one.down is not None for one in found))
    return found


def by_folder(files: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """The plain SQL migrations among files, by folder; `files` is path to text."""
    folders: dict[str, dict[str, str]] = {}
    for path in sorted(files):
        if folder := folder_of(path):
            folders.setdefault(folder, {})[path] = files[path]
    return {name: folders[name] for name in sorted(folders)}


def read_folders(
    files: Mapping[str, str], tools: Tools = UNKNOWN, every: Mapping[str, str] = NONE
) -> dict[str, list[SqlMigration]]:
    """The migrations of every folder that is written for PostgreSQL, by folder; see `read_folder`."""
    folders = by_folder(files)
    ours = {name: inside for name, inside in folders.items() if not is_of_another_server(inside.values())}
    return {name: read_folder(inside, tools, every or files) for name, inside in ours.items()}


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


def _read(
    path: str, files: Mapping[str, str], down_file: str | None, tools: Tools, every: Mapping[str, str]
) -> SqlMigration:
    text = files[path]
    begin, up, _ = _section(text, "up")
    manner, down_manner = tools.manner(path, text), tools.manner(path, text, "down")
    down: tuple[Statement, ...] | None = None
    if down_file:
        down_manner = tools.manner(down_file, files[down_file], "down")
        down = _statements(down_file, files[down_file], 1, down_manner, tools, every)
    elif any(match["name"].lower() == "down" for match in _SECTION.finditer(text)):
        first, script, _ = _section(text, "down")
        down = _statements(path, script, first, down_manner, tools, every)
    ahead = _statements(path, up, begin, manner, tools, every)
    included = dict.fromkeys(one.file for one in ahead if one.file)
    return SqlMigration(
        file=path,
        up=ahead,
        down=down,
        down_file=down_file or (path if down is not None else None),
        manner=manner,
        down_manner=down_manner,
        text="".join((text, files.get(down_file or "", ""), *(every.get(file, "") for file in included))),
    )


def _statements(
    path: str, script: str, first_line: int, manner: Manner, tools: Tools, every: Mapping[str, str]
) -> tuple[Statement, ...]:
    """Only psql knows its commands; to every other sender a backslash is an error of syntax."""
    for_psql = "\\" in script and manner is Manner.LOOSE and tools.has_psql
    return tuple(Psql(every).read(path, script, first_line) if for_psql else split(script, first_line))


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
