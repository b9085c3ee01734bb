"""Runs unittest's tests and reports each.

    python -m backend_developer_unittest START:TOP ... [--only ID ...]

START is a folder to discover in, TOP the folder from which its modules are imported.
"""

# ruff: noqa: N802, D102  the names are unittest's, and so is what they mean

from __future__ import annotations

import os
import sys
import unittest
from collections.abc import Iterator
from typing import Any

import backend_developer_report as reporting

PATTERN = "test*.py"


class Recording(unittest.TextTestResult):
    """unittest's own result that reports as well; a test with a failed subtest has failed."""

    _report: reporting.Report | None = None

    def _told(self) -> reporting.Report:
        if Recording._report is None:
            Recording._report = reporting.Report(os.environ[reporting.VARIABLE])
        return Recording._report

    def addSuccess(self, test: Any) -> None:
        super().addSuccess(test)
        self._told().test(test.id(), "passed")

    def addSkip(self, test: Any, reason: str) -> None:
        super().addSkip(test, reason)
        self._told().test(test.id(), "skipped")

    def addExpectedFailure(self, test: Any, err: Any) -> None:
        super().addExpectedFailure(test, err)
        self._told().test(test.id(), "skipped")

    def addUnexpectedSuccess(self, test: Any) -> None:
        super().addUnexpectedSuccess(test)
        self._told().test(test.id(), "failed", "was expected to fail and passed")

    def addFailure(self, test: Any, err: Any) -> None:
        super().addFailure(test, err)
        self._failed(test, err[1])

    def addError(self, test: Any, err: Any) -> None:
        super().addError(test, err)
        self._failed(test, err[1])

    def addSubTest(self, test: Any, subtest: Any, err: Any) -> None:
        super().addSubTest(test, subtest, err)
        if err is not None:
            self._failed(test, err[1])

    def _failed(self, test: Any, error: BaseException) -> None:
        file, line = reporting.place(error)
        message = reporting.sentence(error)
        if type(test).__name__ in {"_FailedTest", "_ErrorHolder"}:
            self._told().broken(test.id(), message, file, line)
        else:
            self._told().test(test.id(), "failed", message, file, line)


def main(arguments: list[str]) -> int:
    """Run what the arguments name; the exit code is 1 if a test failed."""
    starts, only = _parsed(arguments)
    tests = unittest.TestSuite(_discovered(starts, only))
    resultclass: Any = Recording
    result = unittest.TextTestRunner(resultclass=resultclass).run(tests)
    return 0 if result.wasSuccessful() else 1


def _parsed(arguments: list[str]) -> tuple[list[str], set[str]]:
    if "--only" not in arguments:
        return arguments, set()
    split = arguments.index("--only")
    return arguments[:split], set(arguments[split + 1 :])


def _discovered(starts: list[str], only: set[str]) -> Iterator[Any]:
    for start in starts:
        folder, _, top = start.partition(":")
        suite = unittest.TestLoader().discover(folder, PATTERN, top)
        yield from (test for test in _flat(suite) if not only or test.id() in only)


def _flat(suite: Any) -> Iterator[Any]:
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from _flat(test)
        else:
            yield test


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
