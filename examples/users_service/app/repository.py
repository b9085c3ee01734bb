"""What the repositories of all resources share."""

import logging
from typing import Any, ClassVar, LiteralString

from psycopg import Connection, sql
from psycopg.rows import DictRow

from app.pagination import PageRequest

logger = logging.getLogger(__name__)


class Repository:
    """Rows of one table with a numeric `id`; subclasses name the table and its columns."""

    table: ClassVar[LiteralString]
    columns: ClassVar[tuple[LiteralString, ...]]

    def __init__(self, connection: Connection[DictRow]) -> None:
        self.connection = connection

    def find(self, row_id: int) -> DictRow | None:
        """The row with this id, or None."""
        return self.find_by("id", row_id)

    def find_by(self, column: LiteralString, value: Any) -> DictRow | None:
        """The first row with this value, or None."""
        query = sql.SQL("SELECT {} FROM {} WHERE {} = %s LIMIT 1").format(
            self._columns(), sql.Identifier(self.table), sql.Identifier(column)
        )
        row = self.connection.execute(query, (value,)).fetchone()
        logger.info("table=%s column=%s found=%s", self.table, column, row is not None)
        return row

    def list_page(self, request: PageRequest) -> tuple[list[DictRow], int]:
        """The rows of a page in the order of their ids, and the number of all rows."""
        query = sql.SQL("SELECT {} FROM {} ORDER BY id LIMIT %s OFFSET %s").format(
            self._columns(), sql.Identifier(self.table)
        )
        rows = self.connection.execute(query, (request.limit, request.offset)).fetchall()
        total = self.count()
        logger.info("table=%s rows=%d total=%d", self.table, len(rows), total)
        return rows, total

    def count(self) -> int:
        """The number of all rows."""
        query = sql.SQL("SELECT count(*) AS n FROM {}").format(sql.Identifier(self.table))
        row = self.connection.execute(query).fetchone()
        return int(row["n"]) if row else 0

    def insert(self, values: dict[LiteralString, Any]) -> DictRow:
        """Insert a row and give it back with what the database filled in."""
        names = [sql.Identifier(name) for name in values]
        query = sql.SQL("INSERT INTO {} ({}) VALUES ({}) RETURNING {}").format(
            sql.Identifier(self.table),
            sql.SQL(", ").join(names),
            sql.SQL(", ").join([sql.Placeholder()] * len(names)),
            self._columns(),
        )
        row = self.connection.execute(query, list(values.values())).fetchone()
        if row is None:
            raise RuntimeError(f"{self.table}: INSERT returned no row")
        logger.info("table=%s id=%s", self.table, row["id"])
        return row

    def delete(self, row_id: int) -> bool:
        """Delete the row with this id; says whether there was one."""
        query = sql.SQL("DELETE FROM {} WHERE id = %s").format(sql.Identifier(self.table))
        deleted = self.connection.execute(query, (row_id,)).rowcount > 0
        logger.info("table=%s id=%d deleted=%s", self.table, row_id, deleted)
        return deleted

    def _columns(self) -> sql.Composed:
        return sql.SQL(", ").join([sql.Identifier(name) for name in self.columns])
