"""The reports of test runners as test runs: jest, vitest, mocha, and our reporter for Node's own runner.

Formats as written by jest 30, vitest 4 and mocha 12. What a report does not tell, such as the error of a hook in
vitest, or a file that mocha cannot load, is looked for in the output.
"""

import json
import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backend_developer.contract import Finding
from backend_developer.contract.ports import Outcome
from backend_developer.workspace.toolchains import output
from backend_developer.workspace.toolchains.base import Step, TestRun

logger = logging.getLogger(__name__)

BETWEEN = " > "
"""Between the file and the titles of a test's id."""

_CHARS = 1_500
_FRAME = re.compile(r"(?:^|[\s(])(?:file://)?(?P<file>[^\s():]+\.\w+):(?P<line>\d+):\d+\)?$", re.MULTILINE)
_BABEL = re.compile(r"(?P<file>[^\s():]+\.\w+): .*\((?P<line>\d+):\d+\)$", re.MULTILINE)
_BARE = re.compile(r"^(?:.*\s)?(?P<file>/[^\s():]+\.\w+):(?P<line>\d+)$", re.MULTILINE)
"""As Node prints where a file does not parse."""
_ERROR = re.compile(r"^(?:.*\s)?(?P<text>\w*Error\b.*: .*)$", re.MULTILINE)
_RULE = "⎯⎯⎯"
"""What vitest draws between its faults."""
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True, slots=True)
class _Entry:
    """One test, or what kept a file's tests from being collected."""

    test: str
    outcome: str
    message: str = ""
    file: str | None = None
    line: int | None = None


def take(report: Path, said: str, step: Step, root: Path) -> TestRun:
    """What the report of a step says; the report is taken away. Empty where none was written. `said` is the output."""
    try:
        text = report.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        logger.warning("the test run has written no report")
        return TestRun(passed=frozenset(), failed={})
    report.unlink()
    entries = list(_READERS[step.tool](text, said, step, root))
    failed = {entry.test: _finding(entry, step, "test-failed") for entry in entries if entry.outcome == "failed"}
    return TestRun(
        passed=_named(entries, "passed") - failed.keys(),
        failed=failed,
        skipped=_named(entries, "skipped") - failed.keys(),
        broken=tuple(_finding(entry, step, "collection") for entry in entries if entry.outcome == "broken"),
    )


def unexplained(said: str, step: Step, outcome: Outcome, root: Path) -> Finding:
    """The finding for a run that failed without a word about it in its report, at the place that the output names."""
    finding = output.unexplained(step, outcome)
    file, line = _place(said, step, root)
    if file is None:
        return finding
    error = _ERROR.search(said)
    message = f"{file}: {error['text']}" if error else finding.message
    return finding.model_copy(update={"message": message, "file": file, "line": line})


def _named(entries: list[_Entry], outcome: str) -> frozenset[str]:
    return frozenset(entry.test for entry in entries if entry.outcome == outcome)


def _finding(entry: _Entry, step: Step, code: str) -> Finding:
    message = f"{entry.test}: {entry.message.strip()[:_CHARS]}" if entry.message.strip() else entry.test
    line = max(1, entry.line) if entry.file and entry.line else None
    return Finding(source=output.source(step), code=code, message=message, file=entry.file, line=line)


def _of_node(text: str, _: str, step: Step, root: Path) -> Iterator[_Entry]:
    for line in text.splitlines():
        try:
            fields = json.loads(line)
        except json.JSONDecodeError:
            logger.warning("the test run was cut off while it wrote its report")
            return
        file = output.relative(fields["file"], step, root) if fields["file"] else None
        name = fields.get("broken") or fields["test"]
        yield _Entry(name, fields.get("outcome", "broken"), fields["message"], file, fields["line"])


def _of_jest(text: str, said: str, step: Step, root: Path) -> Iterator[_Entry]:
    """The JSON of jest, which vitest writes as well. A suite may fail without a test that does: in a hook."""
    for suite in _fields(text).get("testResults", ()):
        tests = suite.get("assertionResults", ())
        for test in tests:
            yield _of_assertion(test, suite["name"], step, root)
        if suite.get("status") == "failed" and not any(test["status"] == "failed" for test in tests):
            yield _of_suite(suite, said, step, root)


def _of_suite(suite: dict[str, Any], said: str, step: Step, root: Path) -> _Entry:
    home = _inside(suite["name"], step, root)
    whole = _COLOUR.sub("", suite.get("message", ""))
    whole = whole.rpartition("Details:")[2].replace("● Test suite failed to run", "").strip()
    block = _block(_COLOUR.sub("", said), home)
    file, line = _place(block or whole, step, root)
    message = whole or block.partition("\n ❯")[0].partition("\n")[2]
    return _Entry(home, "broken", message, file or output.relative(suite["name"], step, root), line)


def _block(said: str, home: str) -> str:
    """What vitest prints about a file, or a group in it, that failed as a whole."""
    begins = re.search(rf"^ *FAIL +(?:\|[^|]+\| +)?{re.escape(home)}[: ].*$", said, re.MULTILINE)
    return said[begins.start() :].partition(_RULE)[0] if begins else ""


def _of_assertion(test: dict[str, Any], path: str, step: Step, root: Path) -> _Entry:
    name = BETWEEN.join([_inside(path, step, root), *test["ancestorTitles"], test["title"]])
    if test["status"] not in {"passed", "failed"}:
        return _Entry(name, "skipped")
    message = _COLOUR.sub("", "\n".join(test.get("failureMessages", ())))
    file, line = _place(message, step, root)
    if file is None:
        file, line = output.relative(path, step, root), (test.get("location") or {}).get("line")
    return _Entry(name, test["status"], message.partition("\n    at ")[0], file, line)


def _of_mocha(text: str, _: str, step: Step, root: Path) -> Iterator[_Entry]:
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
    """The innermost place of the project in a stack; else where a parser stopped, which vitest tells from its root."""
    for match in (match for pattern in (_FRAME, _BABEL, _BARE) for match in pattern.finditer(text)):
        for name in (match["file"], match["file"].lstrip("/")):
            path = output.relative(name, step, root)
            if "node_modules" not in path and (root / path).is_file():
                return path, int(match["line"])
    return None, None


_READERS: dict[str, Callable[[str, str, Step, Path], Iterator[_Entry]]] = {
    "node": _of_node,
    "jest": _of_jest,
    "vitest": _of_jest,
    "mocha": _of_mocha,
}
