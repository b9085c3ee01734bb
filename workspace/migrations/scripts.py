"""SQL scripts outside migration folders that make or change a schema, and what each builds on.

A script builds on what makes the tables, types and functions that it names and does not make itself: another script, or
a folder of migrations. So `schema.sql` stands alone, and `sql/add_name.sql` comes after what made its table.
"""

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath

from backend_developer.workspace.migrations.psql import Psql
from backend_developer.workspace.migrations.sql import NONE, SqlMigration, folder_of, is_aside, is_of_another_server
from backend_developer.workspace.migrations.statements import code_in, split

logger = logging.getLogger(__name__)

_MAKES = re.compile(
    r"^\s*CREATE\s+(?:OR\s+REPLACE\s+)?(?:(?:UNLOGGED|MATERIALIZED|RECURSIVE|FOREIGN)\s+)?"
    r"(?:TABLE|VIEW|TYPE|DOMAIN|SEQUENCE|FUNCTION|PROCEDURE|SCHEMA)\s+(?:IF\s+NOT\s+EXISTS\s+)?"
    r'(?P<name>(?:"[^"]+"|\w+)(?:\.(?:"[^"]+"|\w+))*)',
    re.IGNORECASE,
)
_CHANGES = re.compile(r"^\s*(?:CREATE|ALTER|DROP)\s", re.IGNORECASE)
_WORD = re.compile(r"\w+")
_PSQL = re.compile(r"^\\(?!\.$)\w*.*$", re.MULTILINE)
_OTHER_TYPES = re.compile(
    r'[(,]\s*"?\w+"?\s+(?:DATETIME|TINYINT|MEDIUMINT|LONGTEXT|MEDIUMTEXT|BLOB|LONGBLOB)\b|\bWITHOUT\s+ROWID\b',
    re.IGNORECASE,
)
_OTHER_PLACES = frozenset(
    {"mysql", "mariadb", "sqlite", "sqlite3", "mssql", "sqlserver", "clickhouse", "oracle", "models"}
)
_TEMPLATE = ("{{", "{%")
_FIRST = frozenset({"schema.sql", "structure.sql", "init.sql", "create.sql", "tables.sql", "create_tables.sql"})
_FIRST_FOLDER = "docker-entrypoint-initdb.d"


@dataclass(frozen=True)
class Unit:
    """What is applied as one: a script, or a folder of migrations."""

    migrations: tuple[SqlMigration, ...]

    @cached_property
    def makes(self) -> frozenset[str]:
        """The names of what it makes, without their schema."""
        found = (_MAKES.match(statement.sql) for one in self.migrations for statement in one.up)
        return frozenset(_plain(match["name"]) for match in found if match)

    @cached_property
    def mentions(self) -> frozenset[str]:
        """All words in it."""
        return frozenset(word.lower() for one in self.migrations for each in one.up for word in _WORD.findall(each.sql))


def is_script(path: str) -> bool:
    """Whether a file is SQL that belongs to no migration folder, and not a test's, a query or another server's."""
    place = PurePosixPath(path)
    aside = is_aside(path) or any(part.lower() in _OTHER_PLACES for part in place.parts[:-1])
    return place.suffix.lower() == ".sql" and not aside and folder_of(path) is None


def builds_from_nothing(path: str) -> bool:
    """Whether its name says that a database begins with it."""
    place = PurePosixPath(path)
    return is_script(path) and (place.name.lower() in _FIRST or place.parent.name == _FIRST_FOLDER)


def changes_schema(text: str) -> bool:
    """Whether a script holds a statement that makes, changes or drops something."""
    return any(_CHANGES.match(one.sql) and not one.is_about_roles for one in split(_PSQL.sub("", text)))


def why_not(text: str, *, is_ours: bool = False) -> str | None:
    """Why a script cannot be applied here; None where it can. `is_ours` says that it can be for no other server."""
    if any(text.startswith(_TEMPLATE, at) for at in code_in(text)):
        return "is a template"
    if is_ours:
        return None
    if is_of_another_server([text]) or any(_OTHER_TYPES.search(one.sql) for one in split(text)):
        return "is written for another server than PostgreSQL"
    return None


def why_unfollowed(script: SqlMigration) -> str | None:
    """Why only psql can carry a script out; None where it can be followed."""
    found = next((one for one in script.up if one.refused), None)
    return f"holds commands of psql that only psql can follow ({found.refused})" if found else None


def read_script(path: str, text: str, every: Mapping[str, str] = NONE) -> SqlMigration:
    """A script as a migration without a way back, as psql would read it; `every` are the files that it may include."""
    return SqlMigration(file=path, up=tuple(Psql(every).read(path, text)), text=text)


def builds_on(target: Unit, units: Mapping[str, Unit], near: str) -> list[SqlMigration]:
    """What is to be applied before `target`, in order; `units` are all others, by path of the script or the folder.

    Where several make the same, those beside `near` come first, then migrations, then the first by name.
    """
    ranked = sorted(units, key=lambda path: (_parent(path) != _parent(near), path.endswith(".sql"), path))
    makers: dict[str, str] = {}
    for path in ranked:
        for name in units[path].makes:
            makers.setdefault(name, path)
    found: dict[str, Unit] = {}
    _collect(target, makers, units, found, set())
    logger.info("%s builds on %s", near, list(found))
    return [one for unit in found.values() for one in unit.migrations]


def _collect(
    unit: Unit, makers: Mapping[str, str], units: Mapping[str, Unit], found: dict[str, Unit], seen: set[str]
) -> None:
    wanted = sorted(unit.mentions - unit.makes)
    for path in dict.fromkeys(makers[name] for name in wanted if name in makers):
        if path not in seen:
            seen.add(path)
            _collect(units[path], makers, units, found, seen)
            found[path] = units[path]


def units_of(files: Mapping[str, str], folders: Mapping[str, Sequence[SqlMigration]]) -> dict[str, Unit]:
    """The scripts that can be applied, and the folders of migrations."""
    read = {
        path: read_script(path, text, files)
        for path, text in files.items()
        if is_script(path) and changes_schema(text) and why_not(text) is None
    }
    scripts = {path: Unit((script,)) for path, script in read.items() if why_unfollowed(script) is None}
    return {**{folder: Unit(tuple(migrations)) for folder, migrations in folders.items()}, **scripts}


def _plain(name: str) -> str:
    return name.rpartition(".")[2].strip('"').lower()


def _parent(path: str) -> str:
    return str(PurePosixPath(path).parent)
