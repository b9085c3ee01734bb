"""Writes what each test did to the file named by BACKEND_DEVELOPER_REPORT: one JSON object a line."""

from __future__ import annotations

import json
import os
import traceback
from pathlib import Path
from typing import Any

VARIABLE = "BACKEND_DEVELOPER_REPORT"
_CHARS = 1500


class Report:
    """The report file; each line is there as soon as the test has ended, whatever becomes of the process."""

    def __init__(self, path: str) -> None:
        self._path = Path(path)

    def test(self, test: str, outcome: str, message: str = "", file: str = "", line: int | None = None) -> None:
        """One outcome: `passed`, `failed` or `skipped`."""
        self._write({"test": test, "outcome": outcome, "message": message, "file": file, "line": line})

    def broken(self, what: str, message: str, file: str = "", line: int | None = None) -> None:
        """Something that kept tests from being collected."""
        self._write({"broken": what, "message": message, "file": file, "line": line})

    def _write(self, fields: dict[str, Any]) -> None:
        fields["message"] = fields["message"].strip()[:_CHARS]
        fields["file"] = relative(fields["file"])
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(fields) + "\n")


def relative(path: str) -> str:
    """The path as seen from the current folder, with forward slashes; empty if it is empty or elsewhere."""
    if not path:
        return ""
    try:
        return Path(os.path.abspath(path)).relative_to(Path.cwd()).as_posix()  # noqa: PTH100  keeps links as they are
    except ValueError:
        return ""


def is_own(path: str) -> bool:
    """Whether the file belongs to the project rather than to a library."""
    name = relative(path)
    return bool(name) and "site-packages" not in name and not name.startswith(".")


def place(error: BaseException) -> tuple[str, int | None]:
    """The innermost line of the project in the error's traceback."""
    if isinstance(error, SyntaxError) and error.filename and is_own(error.filename):
        return error.filename, error.lineno
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if is_own(frame.filename)]
    return (frames[-1].filename, frames[-1].lineno) if frames else ("", None)


def sentence(error: BaseException) -> str:
    """The error as the last lines of a traceback show it."""
    return "".join(traceback.format_exception_only(type(error), error))
