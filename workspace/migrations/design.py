"""Our own checks of what a change added to the schema, each with its reason.

An error is what cannot be put right cheaply once there are rows. What the schema before the change does itself is a
warning: a new table follows its neighbours.
"""

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from backend_developer.contract import Finding
from backend_developer.workspace.migrations.catalog import Schema, Table
from backend_developer.workspace.migrations.failure import SOURCE

logger = logging.getLogger(__name__)

_MONEY = re.compile(r"(?:^|_)(?:price|amount|cost|total|balance|fee|salary|sum|money)(?:_|$)")
_ID = re.compile(r"(?:^|_)(?:id|uuid|guid)$")


@dataclass(frozen=True, slots=True)
class Remark:
    """One fault of a table or a column."""

    code: str
    message: str
    table: str
    column: str | None = None
    level: Literal["error", "warning"] = "error"

    def finding(self, file: str | None, line: int | None) -> Finding:
        """As a finding at the place that made it."""
        return Finding(source=SOURCE, code=self.code, message=self.message, file=file, line=line, level=self.level)


def check_design(before: Schema, after: Schema) -> list[Remark]:
    """The remarks on what `after` has and `before` has not."""
    customs = {remark.code for table in before.tables.values() for remark in _remarks(table, None)}
    found = []
    for name, table in after.tables.items():
        for remark in _remarks(table, before.tables.get(name)):
            custom = remark.code in customs and remark.code == "timestamp-without-zone"
            found.append(_softened(remark) if custom else remark)
    logger.info("remarks=%s", [remark.code for remark in found])
    return found


def _softened(remark: Remark) -> Remark:
    return Remark(remark.code, f"{remark.message} (older tables do so too)", remark.table, remark.column, "warning")


def _remarks(table: Table, old: Table | None) -> Iterator[Remark]:
    had_key = old is not None and not _has_key(old)
    if not _has_key(table) and not had_key:
        why = "rows cannot be told apart, updated one by one or replicated: give it one"
        yield Remark("no-primary-key", f"table {table.name} has no primary key: {why}", table.name)
    yield from _foreign_keys(table, old)
    known = {(one["name"], one["type"]) for one in old.columns} if old else set()
    keys = {name for one in table.constraints if one["kind"] == "p" for name in table.names(one["keys"])}
    for column in table.columns:
        if (column["name"], column["type"]) not in known:
            yield from _column(table, column, keys)


def _has_key(table: Table) -> bool:
    return any(one["kind"] == "p" for one in table.constraints)


def _foreign_keys(table: Table, old: Table | None) -> Iterator[Remark]:
    known = {one["definition"] for one in old.constraints} if old else set()
    for key in table.constraints:
        if key["kind"] != "f" or key["definition"] in known or _is_indexed(table, key["keys"]):
            continue
        names = ", ".join(table.names(key["keys"]))
        why = f"every delete or update of a row it points to reads all of {table.name}: add CREATE INDEX on ({names})"
        message = f"foreign key {table.name}({names}) has no index: {why}"
        yield Remark("foreign-key-without-index", message, table.name, table.names(key["keys"])[0])


def _is_indexed(table: Table, keys: list[int]) -> bool:
    return any(set(index["keys"][: len(keys)]) == set(keys) and not index["partial"] for index in table.indexes)


def _column(table: Table, column: dict[str, Any], keys: set[str]) -> Iterator[Remark]:
    name, kind = column["name"], column["type"]
    for code, level, applies, why in (
        (
            "timestamp-without-zone",
            "error",
            kind.startswith("timestamp") and "without time zone" in kind,
            "is a timestamp without time zone, so a moment depends on who reads it: use timestamptz",
        ),
        (
            "money-in-float",
            "error",
            kind in ("real", "double precision") and bool(_MONEY.search(name)),
            f"holds money in {kind}, which cannot hold cents exactly: use numeric",
        ),
        (
            "unbounded-varchar-id",
            "warning",
            kind == "character varying" and (name in keys or bool(_ID.search(name))),
            "is an id in varchar without a limit, so anything fits: use uuid or bigint, or text with a CHECK",
        ),
        (
            "serial",
            "warning",
            not column["identity"] and (column["default"] or "").startswith("nextval("),
            "is a serial, whose sequence has rights of its own: use GENERATED ALWAYS AS IDENTITY",
        ),
        (
            "json-not-jsonb",
            "warning",
            kind == "json",
            "is json, which can be neither indexed nor compared: use jsonb",
        ),
    ):
        if applies:
            weight: Literal["error", "warning"] = "error" if level == "error" else "warning"
            yield Remark(code, f"column {table.name}.{name} {why}", table.name, name, weight)
