"""The schema of before the change without what the server has no extension for, so that the rest can be proven on it.

What is left out: statements that PostgreSQL refuses for want of a known extension, and those that name what it, or
another one that was left out, would have made. A change that touches any of that cannot be judged here.
"""

import logging
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from psycopg import Error

from backend_developer.workspace.migrations.catalog import Schema
from backend_developer.workspace.migrations.failure import Failure, words_of
from backend_developer.workspace.migrations.sql import SqlMigration
from backend_developer.workspace.migrations.statements import Statement
from backend_developer.workspace.postgres.extensions import Refusal, refusals

logger = logging.getLogger(__name__)

_WORD = re.compile(r"\w+")
_ABSENT = re.compile(r"does not exist|has no default operator class|unrecognized configuration parameter")
_NAMED = re.compile(r'^(?:relation|table|view|column|schema|sequence|index) "?(?P<name>[\w.]+)"?.* does not exist')
_PLAIN_INDEX = re.compile(r"^\s*CREATE\s+INDEX\b", re.IGNORECASE)
_DROPS_SCHEMA = re.compile(r"\bDROP\s+SCHEMA\b", re.IGNORECASE)
_MADE = re.compile(
    r"\b(?:(?P<object>TABLE|VIEW|TYPE|DOMAIN|SEQUENCE|FUNCTION|PROCEDURE|AGGREGATE|OPERATOR|SERVER|CONFIGURATION)"
    r"|INDEX|TRIGGER|POLICY|CONSTRAINT|COLUMN|DICTIONARY|SCHEMA)\s+(?:CONCURRENTLY\s+)?"
    r"(?:IF\s+(?:NOT\s+)?EXISTS\s+)?(?:ONLY\s+)?"
    r'(?P<name>(?:"[^"]+"|\w+)(?:\.(?:"[^"]+"|\w+))*)',
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A statement that could not be carried out for want of an extension."""

    sql: str
    file: str
    line: int

    @property
    def told(self) -> str:
        """Its place and its beginning."""
        first = " ".join(self.sql.split())
        return f"{self.file}:{self.line}: {first[:80]}"

    @property
    def words(self) -> frozenset[str]:
        """All words in it, lower case."""
        return _words(self.sql)


@dataclass(slots=True)
class Gaps:
    """What was left out so far, and what the server lacks."""

    left_out: list[LeftOut] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)

    @property
    def told(self) -> str:
        """How much is missing, and where it begins."""
        names = " and ".join(dict.fromkeys(one.name for one in self.refused))
        return f"without what wants the extension {names}: {len(self.left_out)} in all, first {self.left_out[0].told}"

    @property
    def why(self) -> str:
        """Where and why nothing can be proven without what is missing."""
        first = self.left_out[0]
        return f"{first.file}:{first.line}: {self.refused[0].why}"

    def takes(self, statement: Statement, file: str, error: Error) -> bool:
        """Whether an error comes of the want of an extension; the statement is noted then."""
        told = words_of(error)
        found = refusals(told)
        if not found and not (self.left_out and _ABSENT.search(told)):
            return False
        self.refused += found
        self.left_out.append(LeftOut(statement.sql, statement.file or file, statement.line))
        logger.info("left out %s", self.left_out[-1].told)
        return True

    def explain(self, failure: Failure) -> bool:
        """Whether a change may fail for what is missing alone: for a name that a statement left out would have made,
        or for something that an extension may bring.
        """
        if failure.refused or not _ABSENT.search(failure.message):
            return failure.refused is not None and failure.refused.name in {one.name for one in self.refused}
        named = _NAMED.search(failure.message)
        return named is None or not _words(named["name"]).isdisjoint(self._words())

    def touched_by(self, added: Iterable[SqlMigration], old: Iterable[SqlMigration], schema: Schema) -> str | None:
        """Where the change is about what a statement that was left out is about, with that one's place; else None."""
        tables = {table.relname.lower(): table for table in schema.tables.values()}
        known = _Known(
            {name: frozenset(one["name"].lower() for one in table.columns) for name, table in tables.items()},
            frozenset(name for each in old for one in each.up for name in _made(one.sql, objects=True)),
        )
        for each in added:
            for statement in (*each.up, *(each.down or ())):
                met = next((left for left in self.left_out if known.meet(statement.sql, left)), None)
                if met:
                    return f"{statement.file or each.file}:{statement.line} touches what stands in {met.told}"
        return None

    def without(self, migrations: Sequence[SqlMigration]) -> list[SqlMigration]:
        """The migrations but for what was left out of them."""
        gone = {(one.file, one.line, one.sql) for one in self.left_out}
        return [
            replace(each, up=tuple(one for one in each.up if (one.file or each.file, one.line, one.sql) not in gone))
            for each in migrations
        ]

    def _words(self) -> frozenset[str]:
        return frozenset().union(*(one.words for one in self.left_out))


@dataclass(frozen=True, slots=True)
class _Known:
    """What the schema holds: tables with their columns, and the names of all objects."""

    columns: Mapping[str, frozenset[str]]
    objects: frozenset[str]

    def meet(self, sql: str, left: LeftOut) -> bool:
        """By the objects that both name, and by what the other makes. A plain index binds only its own columns."""
        words = _words(sql)
        if _DROPS_SCHEMA.search(sql) or not (_made(left.sql) - self.columns.keys()).isdisjoint(words):
            return True
        shared = left.words & words & (self.objects | self.columns.keys())
        if not _PLAIN_INDEX.match(left.sql) or not shared <= self.columns.keys():
            return bool(shared)
        return any(not (self.columns[table] & left.words).isdisjoint(words) for table in shared)


def is_absent(text: str) -> bool:
    """Whether a text tells of something that PostgreSQL does not have."""
    return bool(_ABSENT.search(text) or refusals(text))


def _made(sql: str, *, objects: bool = False) -> frozenset[str]:
    """The names behind the words for what a statement makes or changes, without their schema."""
    found = (match for match in _MADE.finditer(sql) if match["object"] or not objects)
    return frozenset(match["name"].rpartition(".")[2].strip('"').lower() for match in found)


def _words(text: str) -> frozenset[str]:
    return frozenset(word.lower() for word in _WORD.findall(text))
