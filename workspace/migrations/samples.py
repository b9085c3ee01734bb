"""Sample rows for every table of a schema, so that a migration meets data as it would in production.

Three rows a table: two alike in all that need not be unique, and one with NULL wherever that is allowed. A new
`NOT NULL`, a new unique constraint or a cast then fails here.
"""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from psycopg import AsyncConnection, Error, sql
from psycopg.rows import DictRow, dict_row

from backend_developer.workspace.migrations.catalog import Schema, Table, schema_of
from backend_developer.workspace.migrations.values import candidates
from backend_developer.workspace.postgres.connect import no_database

logger = logging.getLogger(__name__)

ROWS = 3
_TRIES = 48
_ALIKE = 16
"""How many of the tries take the same candidate of every column; the rest mix them, for checks that compare two."""
_FILLED_BY_TOOL = frozenset({"django_content_type", "auth_permission"})

Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Filled:
    """What became of it."""

    rows: dict[str, int] = field(default_factory=dict)
    unfilled: dict[str, str] = field(default_factory=dict)
    """Tables that could not be given a row, and why."""


async def fill_tables(url: str) -> Filled:
    """Insert the rows, parents first. Raises `NoDatabase` where the server is gone."""
    filled = Filled()
    try:
        async with await AsyncConnection.connect(url, autocommit=True, row_factory=dict_row) as connection:
            schema = await schema_of(connection)
            for table in _parents_first(schema):
                await _fill(connection, table, schema, filled)
    except Error as error:
        raise no_database(url, error) from error
    logger.info("filled=%s unfilled=%s", filled.rows, sorted(filled.unfilled))
    return filled


def _parents_first(schema: Schema) -> list[Table]:
    left = [table for table in schema.tables.values() if table.relname not in _FILLED_BY_TOOL]
    ordered: list[Table] = []
    while left:
        waiting = {table.oid for table in left}
        ready = [table for table in left if not (_targets(table) & waiting - {table.oid})]
        # In a ring of tables the first goes first, and takes NULL where it may.
        ordered += ready or left[:1]
        left = [table for table in left if table not in ordered]
    return ordered


def _targets(table: Table) -> set[int]:
    return {one["target"] for one in table.constraints if one["kind"] == "f"}


async def _fill(connection: AsyncConnection[DictRow], table: Table, schema: Schema, filled: Filled) -> None:
    for number in range(ROWS):
        references = await _references(connection, table, schema, number)
        reason = await _insert_one(connection, table, references, number)
        if reason is None:
            filled.rows[table.name] = filled.rows.get(table.name, 0) + 1
        elif table.name not in filled.rows:
            filled.unfilled[table.name] = reason


async def _references(connection: AsyncConnection[DictRow], table: Table, schema: Schema, number: int) -> Row:
    """The values of its foreign keys, taken from rows of the tables that they point to."""
    found: Row = {}
    parents = {parent.oid: parent for parent in schema.tables.values()}
    for key in table.constraints:
        if key["kind"] != "f" or key["target"] not in parents:
            continue
        parent = parents[key["target"]]
        names = sql.SQL(", ").join(map(sql.Identifier, parent.names(key["target_keys"])))
        # The name is the catalog's own, quoted by `regclass` where it must be.
        query = sql.SQL("SELECT {} FROM {} ORDER BY 1 LIMIT 1 OFFSET {}").format(
            names, sql.SQL(parent.name), sql.Literal(number)
        )
        row = await (await connection.execute(query)).fetchone()
        if row is None and number:
            row = await (
                await connection.execute(sql.SQL("SELECT {} FROM {} LIMIT 1").format(names, sql.SQL(parent.name)))
            ).fetchone()
        values = list(row.values()) if row else [None] * len(key["keys"])
        found |= dict(zip(table.names(key["keys"]), values, strict=True))
    return found


async def _insert_one(connection: AsyncConnection[DictRow], table: Table, references: Row, number: int) -> str | None:
    """Try values until the table's checks are content; returns PostgreSQL's words where they never were."""
    reason = ""
    for attempt in range(_TRIES):
        row = dict(_row(table, references, number, attempt))
        try:
            await connection.execute(_insert(table, row), list(row.values()))
        except Error as error:
            if connection.broken:
                raise
            reason = error.diag.message_primary or str(error)
            continue
        return None
    return reason


def _row(table: Table, references: Mapping[str, object], number: int, attempt: int) -> Iterator[tuple[str, object]]:
    unique = {name for index in table.indexes if index["is_unique"] for name in table.names(index["keys"])}
    own = _own_keys(table, references)
    checked = 0
    for column in table.columns:
        name = column["name"]
        if column["generated"] or (column["identity"] and name not in own):
            continue
        if name in references and (references[name] is not None or name not in own):
            yield name, references[name]
        elif name in own or column["required"] or number < ROWS - 1:
            if column["default"] and name not in own and (name not in unique or "(" in column["default"]):
                continue
            checks = [*_checks(table, name), *column["domain_checks"]]
            # Rows that the migrations themselves brought may have the first values.
            shift = number + attempt * ROWS if name in unique or name in own else 0
            values = candidates(column, checks, shift)
            yield name, values[_choice(attempt, checked) % len(values)] if checks else values[0]
            checked += bool(checks)


def _own_keys(table: Table, references: Mapping[str, object]) -> set[str]:
    """The columns by which the first row of a table points to itself, and those that it points to."""
    required = {column["name"] for column in table.columns if column["required"]}
    own = [one for one in table.constraints if one["kind"] == "f" and one["target"] == table.oid]
    pairs = [(table.names(one["keys"]), table.names(one["target_keys"])) for one in own]
    return {
        name
        for keys, targets in pairs
        if any(key in required and references.get(key) is None for key in keys)
        for name in (*keys, *targets)
    }


def _checks(table: Table, name: str) -> list[str]:
    """What is said of a column by the table's checks, and by the partitions that a row must find."""
    found = [one["definition"] for one in (*table.constraints, *table.partitions) if one.get("kind", "c") == "c"]
    return [definition for definition in found if definition and name in definition]


def _choice(attempt: int, position: int) -> int:
    """Which candidate a checked column takes: the same as the others first, then every mixture of two."""
    return attempt if attempt < _ALIKE else (attempt - _ALIKE) >> position


def _insert(table: Table, row: Row) -> sql.Composed:
    types = {column["name"]: column["type"] for column in table.columns}
    # The first row of a table that must point to itself says its own key.
    return (
        sql.SQL("INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE VALUES ({})").format(
            sql.SQL(table.name),
            sql.SQL(", ").join(map(sql.Identifier, row)),
            sql.SQL(", ").join(sql.SQL("%s::{}").format(sql.SQL(types[name])) for name in row),
        )
        if row
        else sql.SQL("INSERT INTO {} DEFAULT VALUES").format(sql.SQL(table.name))
    )
