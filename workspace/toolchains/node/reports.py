"""The reports of test runners as test runs: jest 29, vitest 3, mocha 11, and our reporter for Node's own runner."""

import json
import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backend_developer.contract import Finding
from backend_developer.workspace.toolchains import output
from backend_developer.workspace.toolchains.base import Step, TestRun

logger = logging.getLogger(__name__)

BETWEEN = " > "
"""Between the file and the titles of a test's id."""

_CHARS = 1_500
_FRAME = re.compile(r"(?:^|[\s(])(?:file://)?(?P<file>[^\s():]+\.\w+):(?P<line>\d+):\d+\)?$", re.MULTILINE)
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True, slots=True)
class _Entry:
    """One test, or what kept a file's tests from being collected."""

    test: str
    outcome: str
    message: str = ""
    file: str | None = None
    line: int | None = None


def take(report: Path, step: Step, root: Path) -> TestRun:
    """What the report of a step says; the report is taken away. Empty where none was written."""
    try:
        text = report.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        logger.warning("the test run has written no report")
        return TestRun(passed=frozenset(), failed={})
    report.unlink()
    entries = list(_READERS[step.tool](text, step, root))
    failed = {entry.test: _finding(entry, step, "test-failed") for entry in entries if entry.outcome == "failed"}
    return TestRun(
        passed=_named(entries, "passed") - failed.keys(),
        failed=failed,
        skipped=_named(entries, "skipped") - failed.keys(),
        broken=tuple(_finding(entry, step, "collection") for entry in entries if entry.outcome == "broken"),
    )


def _named(entries: list[_Entry], outcome: str) -> frozenset[str]:
    return frozenset(entry.test for entry in entries if entry.outcome == outcome)


def _finding(entry: _Entry, step: Step, code: str) -> Finding:
    message = f"{entry.test}: {entry.message.strip()[:_CHARS]}" if entry.message.strip() else entry.test
    line = max(1, entry.line) if entry.file and entry.line else None
    return Finding(source=output.source(step), code=code, message=message, file=entry.file, line=line)


def _of_node(text: str, step: Step, root: Path) -> Iterator[_Entry]:
    for line in text.splitlines():
        try:
            fields = json.loads(line)
        except json.JSONDecodeError:
            logger.warning("the test run was cut off while it wrote its report")
            return
        file = output.relative(fields["file"], step, root) if fields["file"] else None
        name = fields.get("broken") or fields["test"]
        yield _Entry(name, fields.get("outcome", "broken"), fields["message"], file, fields["line"])


def _of_jest(text: str, step: Step, root: Path) -> Iterator[_Entry]:
    """The JSON of jest, which vitest writes as well."""
    for suite in _fields(text).get("testResults", ()):
        home = output.relative(suite["name"], step, root)
        tests = suite.get("assertionResults", ())
        for test in tests:
            yield _of_assertion(test, suite["name"], step, root)
        if not tests and suite.get("status") == "failed":
            message = _COLOUR.sub("", suite.get("message", ""))
            file, line = _place(message, step, root)
            yield _Entry(home, "broken", message, file or home, line)


def _of_assertion(test: dict[str, Any], path: str, step: Step, root: Path) -> _Entry:
    name = BETWEEN.join([_inside(path, step, root), *test["ancestorTitles"], test["title"]])
    if test["status"] not in {"passed", "failed"}:
        return _Entry(name, "skipped")
    message = _COLOUR.sub("", "\n".join(test.get("failureMessages", ())))
    file, line = _place(message, step, root)
    if file is None:
        file, line = output.relative(path, step, root), (test.get("location") or {}).get("line")
    return _Entry(name, test["status"], message.partition("\n    at ")[0], file, line)


def _of_mocha(text: str, step: Step, root: Path) -> Iterator[_Entry]:
    fields = _fields(text)
    for key, outcome in (("passes", "passed"), ("failures", "failed"), ("pending", "skipped")):
        for test in fields.get(key, ()):
            home = test.get("file") or ""
            name = BETWEEN.join([_inside(home, step, root), test["fullTitle"]])
            error = test.get("err", {})
            file, line = _place(error.get("stack", ""), step, root)
            yield _Entry(
                name, outcome, error.get("message", ""), file or (output.relative(home, step, root) or None), line
            )


def _fields(text: str) -> dict[str, Any]:
    try:
        fields = json.loads(text)
    except json.JSONDecodeError:
        logger.warning("the test run was cut off while it wrote its report")
        return {}
    return fields if isinstance(fields, dict) else {}


def _inside(path: str, step: Step, root: Path) -> str:
    """A test file as seen from the project's folder, from which its runner takes it."""
    found = output.relative(path, step, root)
    return found if step.package.root == "." else found.removeprefix(f"{step.package.root}/")


def _place(text: str, step: Step, root: Path) -> tuple[str | None, int | None]:
    """The innermost place of the project in a stack."""
    for match in _FRAME.finditer(text):
        path = output.relative(match["file"], step, root)
        if "node_modules" not in path and (root / path).is_file():
            return path, int(match["line"])
    return None, None


_READERS: dict[str, Callable[[str, Step, Path], Iterator[_Entry]]] = {
    "node": _of_node,
    "jest": _of_jest,
    "vitest": _of_jest,
    "mocha": _of_mocha,
}
