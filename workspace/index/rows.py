"""Rows of the store as answers."""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from backend_developer.workspace.index.records import Hit, Kind
from backend_developer.workspace.index.store import Store, marks

SOME = 500
"""Numbers in one query; older SQLite takes 999 parameters."""


class Row(NamedTuple):
    """A definition with its file."""

    number: int
    kind: Kind
    name: str
    scope: str
    signature: str
    path: str
    line: int
    end_line: int
    doc: str
    framework: str
    detail: str
    language: str
    code: int
    router: str

    def hit(self, score: float, why: str) -> Hit:
        """As an answer to a need."""
        name = f"{self.scope}.{self.name}" if self.scope else self.name
        if self.kind == "route":
            name = f"{self.detail} {self.name}"
        return Hit(
            kind=self.kind, name=name, signature=self.signature, path=self.path, line=self.line,
            end_line=self.end_line, doc=self.doc, score=round(score, 3), why=why, framework=self.framework,
            detail=self.detail, scope=self.scope,
        )  # fmt: skip


def select(store: Store, condition: str, values: Sequence[Any] = ()) -> list[Row]:
    """Definitions by a condition in SQL, in the order of paths and lines."""
    columns = ", ".join(f"definitions.{name}" for name in Row._fields[1:5])
    sql = (
        f"SELECT definitions.id, {columns}, path, line, end_line, doc, framework, detail, language, code, router"  # noqa: S608 - the conditions are our own, values go by parameter
        f" FROM definitions JOIN files ON files.id = file WHERE {condition} ORDER BY path, line, definitions.id"
    )
    return [Row(*row) for row in store.rows(sql, values)]


def by_number(store: Store, numbers: Collection[int]) -> dict[int, Row]:
    """Definitions by their number."""
    wanted, found = sorted(numbers), {}
    for start in range(0, len(wanted), SOME):
        some = wanted[start : start + SOME]
        rows = select(store, f"definitions.id IN ({marks(some)})", some)
        found.update({row.number: row for row in rows})
    return found
