"""squawk's findings on locking and data loss. Its rules of style are not asked: they are the project's own affair.

Source of facts: squawk-cli 2.70, `--reporter Json`; it counts lines from 0.
"""

import json
import logging
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from backend_developer.contract import Finding

logger = logging.getLogger(__name__)

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


def program() -> str | None:
    """Where squawk is: beside our interpreter, or on PATH."""
    return shutil.which("squawk", path=str(Path(sys.executable).parent)) or shutil.which("squawk")


def command(squawk: str, paths: Sequence[str]) -> tuple[str, ...]:
    """The command line for these files; it ends with 1 where it found something."""
    return (squawk, "--reporter", "Json", "--", *paths)


def read(output: str) -> list[Finding] | None:
    """The findings of our rules in its output; None where it holds no answer."""
    found = next((line for line in output.splitlines() if line.startswith("[")), None)
    try:
        rows = json.loads(found) if found else None
    except ValueError:
        rows = None
    if not isinstance(rows, list):
        logger.warning("squawk gave no answer")
        return None
    return [_finding(row) for row in rows if row["rule_name"] in RULES]


def _finding(row: dict[str, str | int | None]) -> Finding:
    rule = str(row["rule_name"])
    message = f"{row['message']} {row['help']}" if row["help"] else str(row["message"])
    return Finding(
        source="database/squawk",
        code=rule,
        message=message,
        file=str(row["file"]),
        line=int(row["line"] or 0) + 1,
        level=RULES[rule],
    )
