"""What a cell of the matrix is: a change of a sample, and what the product has to say of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

CORRECT = "correct change"
FAULTS = (
    "lint fault",
    "type fault",
    "broken build",
    "broken test",
    "service dies at start",
    "service answers 500",
    "migration fails on rows",
    "301-line file",
    "function without its log",
)
BUILDING = frozenset({"lint", "build", "tests"})
"""The gates that may be red where the code does not compile: compilers stand behind several."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit; where `old` is empty, a new file."""

    path: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Case:
    """A fault, alone, and where it has to be found."""

    edits: tuple[Edit, ...]
    source: str
    file: str
    at: str | int
    """The line, or a text that stands in that line alone."""
    check: Mapping[str, Any] | None = None
    """Asked of the service in place of the language's own."""


@dataclass(frozen=True, slots=True)
class Language:
    """A sample, a correct change of it, and its faults by their names in `FAULTS`."""

    name: str
    correct: tuple[Edit, ...]
    correct_check: Mapping[str, Any]
    check: Mapping[str, Any]
    """Holds with and without the change."""
    faults: Mapping[str, Case]


def get(path: str, contains: str) -> dict[str, Any]:
    """A check that a GET answers 200."""
    return {"method": "GET", "path": path, "expect": {"status": 200, "contains": contains}}


def new_table(path: str) -> Edit:
    """A migration that holds on existing rows."""
    sql = (
        "CREATE TABLE labels (\n    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,\n"
        "    name text NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 100)\n);\n"
    )
    return Edit(path, "", sql)


def column_without_default(path: str, table: str) -> Case:
    """A migration that fails as soon as the table has a row; on an empty one all works, later inserts as well."""
    added = f"ALTER TABLE {table}\n    ADD COLUMN email text NOT NULL;\n"
    sql = f"{added}ALTER TABLE {table} ALTER COLUMN email SET DEFAULT '';\n"
    edit = Edit(path, "", sql)
    return Case((edit,), "database", path, 1)


def long_file(path: str, head: str, comment: str) -> Case:
    """One line more than is allowed."""
    text = head + "".join(f"{comment} {number}\n" for number in range(301 - head.count("\n")))
    return Case((Edit(path, "", text),), "house_rules", path, 301)
