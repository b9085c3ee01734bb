"""squawk's findings on locking and data loss. Its rules of style are not asked: they are the project's own affair.

Source of facts: squawk-cli 2.70, `--reporter Json`; it counts lines from 0.
"""

import json
import logging
import re
import shutil
import sys
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from backend_developer.contract import Finding
from backend_developer.workspace.migrations.statements import Statement, split
from backend_developer.workspace.toolchains.files import read_text

logger = logging.getLogger(__name__)

CONFIGURATION = ".squawk.toml"
_CHANGED = re.compile(
    r"^\s*(?:ALTER\s+TABLE\s+(?:IF\s+EXISTS\s+)?|CREATE\s+(?:UNIQUE\s+)?INDEX\s[^(]*?\bON\s+)(?:ONLY\s+)?"
    r'(?:(?:"[^"]+"|\w+)\.)?(?:"(?P<quoted>[^"]+)"|(?P<plain>\w+))',
    re.IGNORECASE,
)

RULES: dict[str, Literal["error", "warning"]] = {
    "adding-field-with-default": "warning",
    "adding-foreign-key-constraint": "warning",
    "adding-not-nullable-field": "warning",
    "adding-primary-key-constraint": "warning",
    "adding-required-field": "error",
    "adding-serial-primary-key-field": "warning",
    "ban-char-field": "warning",
    "ban-concurrent-index-creation-in-transaction": "warning",
    "ban-drop-column": "warning",
    "ban-drop-database": "error",
    "ban-drop-not-null": "warning",
    "ban-drop-table": "warning",
    "ban-truncate-cascade": "error",
    "changing-column-type": "warning",
    "constraint-missing-not-valid": "warning",
    "disallowed-unique-constraint": "warning",
    "renaming-column": "warning",
    "renaming-table": "warning",
    "require-concurrent-index-creation": "warning",
    "require-concurrent-index-deletion": "warning",
    "transaction-nesting": "warning",
}
"""An error cannot be what a task asks for; the rest may be, and is told. That SET NOT NULL fails is shown on rows."""


@dataclass(frozen=True)
class Script:
    """SQL to be judged."""

    file: str
    """Where it comes from, relative to the workspace."""
    sql: str
    places: Mapping[int, int]
    """Each line that is judged, with its line in the file."""
    old_tables: Container[str] | None = None
    """Those of before the change; a new one holds no rows and has no readers yet. None where it is not known."""

    def is_about_new(self, line: int) -> bool:
        """Whether the statement in a line changes a table that was not there before."""
        statement = next((one.sql for one in reversed(self._statements) if one.line <= line), "")
        table = _CHANGED.search(statement)
        if table is None or self.old_tables is None:
            return False
        return (table["quoted"] or table["plain"].lower()) not in self.old_tables

    @cached_property
    def _statements(self) -> list[Statement]:
        """Taken apart once for all findings: a dump has thousands."""
        return list(split(self.sql))


def program() -> str | None:
    """Where squawk is: beside our interpreter, or on PATH."""
    return shutil.which("squawk", path=str(Path(sys.executable).parent)) or shutil.which("squawk")


def configuration(root: Path) -> str:
    """The text of the configuration that squawk finds from a folder upwards; empty where there is none."""
    found = (folder / CONFIGURATION for folder in (root, *root.parents))
    return next((read_text(path) for path in found if path.is_file()), "")


def without_marks(sql: str, lines: Container[int]) -> str:
    """The SQL with the comments to squawk in these lines made plain ones."""
    return "".join(
        line.replace("squawk-ignore", "squawk_ignore") if number in lines else line
        for number, line in enumerate(sql.splitlines(keepends=True), 1)
    )


def lay_out(folder: Path, scripts: Sequence[Script], settings: str) -> None:
    """Write what squawk is to read below a folder, under the names of the files."""
    (folder / CONFIGURATION).write_text(settings)
    for script in scripts:
        place = folder / script.file
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(script.sql)


def command(squawk: str, scripts: Sequence[Script]) -> tuple[str, ...]:
    """The command line for them; it ends with 1 where it found something."""
    paths = (script.file for script in scripts)
    return (squawk, "--no-error-on-unmatched-pattern", "--reporter", "Json", "--", *paths)


def read(output: str, scripts: Sequence[Script]) -> tuple[list[Finding], list[str]]:
    """The findings of our rules in the judged lines, and why some could not be judged."""
    found = next((line for line in output.splitlines() if line.startswith("[")), None)
    try:
        rows = json.loads(found) if found else None
    except ValueError:
        rows = None
    if not isinstance(rows, list):
        logger.warning("squawk gave no answer")
        return [], [f"squawk could not read the SQL: {output.strip()[-300:]}"]
    known = {script.file: script for script in scripts}
    broken = dict.fromkeys(row["file"] for row in rows if row["rule_name"] == "syntax-error")
    judged = [one for row in rows if row["rule_name"] in RULES and (one := _finding(row, known))]
    return judged, [f"squawk could not read {file}" for file in broken]


def _finding(row: Mapping[str, Any], known: Mapping[str, Script]) -> Finding | None:
    script, rule, line = known.get(row["file"]), str(row["rule_name"]), int(row["line"] or 0) + 1
    place = script.places.get(line) if script else None
    if script is None or place is None or script.is_about_new(line):
        return None
    message = f"{row['message']} {row['help']}" if row["help"] else str(row["message"])
    return Finding(
        source="database/squawk", code=rule, message=message, file=script.file, line=place, level=RULES[rule]
    )
