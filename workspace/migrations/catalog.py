"""A database's schema as its catalog tells it, and what differs between two of them.

Source of facts: pg_catalog of PostgreSQL 18; tables of extensions and of the system are left out.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from psycopg import AsyncConnection, Error
from psycopg.rows import DictRow, dict_row

from backend_developer.workspace.postgres.connect import no_database

logger = logging.getLogger(__name__)

BOOKKEEPING = frozenset(
    {"schema_migrations", "alembic_version", "django_migrations", "goose_db_version", "_sqlx_migrations"}
    | {"_prisma_migrations", "flyway_schema_history"}
)
"""Tables in which the migration tools keep what they have applied."""

_TABLES = """
SELECT c.oid::int8 AS oid, c.oid::regclass::text AS name, c.relname
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
ORDER BY c.oid
"""
_COLUMNS = """
SELECT a.attrelid::int8 AS oid, a.attnum AS number, a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type,
  a.attnotnull OR t.typnotnull AS required, a.attidentity <> '' AS identity, a.attgenerated <> '' AS generated,
  pg_get_expr(d.adbin, d.adrelid) AS "default", t.typtype AS kind, t.typcategory AS category, a.atttypmod AS modifier,
  (SELECT array_agg(e.enumlabel::text ORDER BY e.enumsortorder)
   FROM pg_enum e WHERE e.enumtypid = a.atttypid) AS labels,
  CASE WHEN t.typtype = 'd' THEN format_type(t.typbasetype, t.typtypmod) END AS base,
  ARRAY(SELECT pg_get_constraintdef(k.oid) FROM pg_constraint k WHERE k.contypid = t.oid) AS domain_checks
FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attrelid = ANY(%s) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attrelid, a.attnum
"""
_CONSTRAINTS = """
SELECT conrelid::int8 AS oid, conname AS name, contype::text AS kind, conkey::int[] AS keys,
  confkey::int[] AS target_keys, confrelid::int8 AS target, pg_get_constraintdef(oid) AS definition
FROM pg_constraint WHERE conrelid = ANY(%s) AND contype <> 'n' AND conparentid = 0 ORDER BY conrelid, conname
"""
_INDEXES = """
SELECT i.indrelid::int8 AS oid, c.relname AS name, i.indisunique AS is_unique, i.indkey::int2[]::int[] AS keys,
  i.indpred IS NOT NULL AS partial, pg_get_indexdef(i.indexrelid) AS definition
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = ANY(%s) ORDER BY i.indrelid, c.relname
"""
_PARTITIONS = """
SELECT inhparent::int8 AS oid, pg_get_partition_constraintdef(inhrelid) AS definition
FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid
WHERE c.relispartition AND inhparent = ANY(%s) ORDER BY inhparent, inhrelid
"""


@dataclass(frozen=True, slots=True)
class Table:
    """One table with what belongs to it, as rows of the catalog."""

    oid: int
    name: str
    relname: str
    columns: tuple[DictRow, ...]
    constraints: tuple[DictRow, ...]
    indexes: tuple[DictRow, ...]
    partitions: tuple[DictRow, ...]

    def names(self, numbers: list[int]) -> list[str]:
        """The names of columns by their numbers."""
        known = {column["number"]: column["name"] for column in self.columns}
        return [known[number] for number in numbers if number in known]


@dataclass(frozen=True, slots=True)
class Schema:
    """All tables, in the order in which they were made."""

    tables: Mapping[str, Table] = field(default_factory=dict)

    def lines(self) -> dict[str, str]:
        """Each table, column, constraint and index by name, with its definition."""
        found: dict[str, str] = {}
        for table in self.tables.values():
            found[f"table {table.name}"] = ""
            found |= {f"column {table.name}.{one['name']}": _column(one) for one in table.columns}
            found |= {f"constraint {table.name}.{one['name']}": one["definition"] for one in table.constraints}
            found |= {f"index {table.name}.{one['name']}": one["definition"] for one in table.indexes}
        return found


async def read_schema(url: str) -> Schema:
    """The schema of a database. Raises `NoDatabase` where it cannot be asked."""
    try:
        async with await AsyncConnection.connect(url, autocommit=True, row_factory=dict_row) as connection:
            return await schema_of(connection)
    except Error as error:
        raise no_database(url, error) from error


async def schema_of(connection: AsyncConnection[DictRow]) -> Schema:
    """The schema of the database that a connection leads to. Raises `psycopg.Error`."""
    found = await (await connection.execute(_TABLES)).fetchall()
    tables = [row for row in found if row["relname"] not in BOOKKEEPING]
    oids = [row["oid"] for row in tables]
    queries = (_COLUMNS, _CONSTRAINTS, _INDEXES, _PARTITIONS)
    parts = [await (await connection.execute(query, (oids,))).fetchall() for query in queries]
    logger.info("tables=%d", len(tables))
    return Schema({row["name"]: _table(row, parts) for row in tables})


def compare(before: Schema, after: Schema) -> dict[str, Any]:
    """What was added, removed and changed; plain JSON."""
    old, new = before.lines(), after.lines()
    return {
        "added": [f"{name} {new[name]}".strip() for name in new if name not in old],
        "removed": [name for name in old if name not in new],
        "changed": [f"{name}: {old[name]} -> {new[name]}" for name in new if name in old and old[name] != new[name]],
    }


def _table(row: DictRow, parts: list[list[DictRow]]) -> Table:
    own = [tuple(one for one in rows if one["oid"] == row["oid"]) for rows in parts]
    return Table(row["oid"], row["name"], row["relname"], *own)


def _column(column: DictRow) -> str:
    words = [column["type"], "NOT NULL" if column["required"] else "", "identity" if column["identity"] else ""]
    words.append(
        f"{'generated' if column['generated'] else 'default'} {column['default']}" if column["default"] else ""
    )
    return " ".join(word for word in words if word)
