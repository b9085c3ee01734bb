"""What is held against the change: that which the untouched project did not have.

Findings are matched by what stays the same when lines shift (`Finding.fingerprint`), and counted: two of a kind where
there was one is one new. Tests are matched by their ids.
"""

import hashlib
import json
import logging
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from backend_developer.contract import Finding
from backend_developer.workspace.toolchains.base import TestRun

logger = logging.getLogger(__name__)

_NAMED = 20
"""How many lost tests are named one by one."""
_FILE = re.compile(r"::| > ")
"""Between the file and the rest of a test's id."""
_UNSTABLE = re.compile(r"0x[0-9a-f]+|\d+")


@dataclass(frozen=True, slots=True)
class Outcomes:
    """The ids of one suite's tests by outcome; in JSON they are sorted lists."""

    passed: frozenset[str] = frozenset()
    failed: frozenset[str] = frozenset()
    skipped: frozenset[str] = frozenset()

    @classmethod
    def of(cls, run: TestRun) -> "Outcomes":
        """The outcomes of a run."""
        return cls(run.passed, frozenset(run.failed), run.skipped)

    @classmethod
    def load(cls, fields: Mapping[str, Any]) -> "Outcomes":
        """From JSON."""
        return cls(*(frozenset(fields.get(name, ())) for name in ("passed", "failed", "skipped")))

    def dump(self) -> dict[str, list[str]]:
        """As JSON."""
        return {"passed": sorted(self.passed), "failed": sorted(self.failed), "skipped": sorted(self.skipped)}

    @property
    def all(self) -> frozenset[str]:
        """Every test that was collected."""
        return self.passed | self.failed | self.skipped


@dataclass(frozen=True, slots=True)
class Suite:
    """One test command's run, after those that failed had their second chance."""

    run: TestRun
    flaky: Mapping[str, Finding]
    """Tests that failed and then passed alone; in `run` they have passed."""
    timed_out: bool = False


def known(findings: Iterable[Finding]) -> dict[str, int]:
    """How often each fingerprint occurs, in a form that is short enough to be kept with the run."""
    return dict(Counter(map(_digest, findings)))


def judge(found: Iterable[Finding], before: Mapping[str, int]) -> list[Finding]:
    """The new ones first, as they are; then the old ones as warnings."""
    left = Counter(before)
    new, old = [], []
    for finding in found:
        digest = _digest(finding)
        if left[digest] > 0:
            left[digest] -= 1
            old.append(finding.model_copy(update={"level": "warning"}))
        else:
            new.append(finding)
    logger.info("%d new findings, %d old ones", len(new), len(old))
    return new + old


def judge_tests(
    now: Mapping[str, Suite], before: Mapping[str, Outcomes], broken_before: Mapping[str, int]
) -> list[Finding]:
    """What the suites say against the change; both mappings are keyed by suite.

    Errors: a test that fails and did not before, one that passed before and is skipped or gone, a file that cannot be
    collected and could before. Warnings: old failures, flaky tests.
    """
    broken = judge([finding for suite in now.values() for finding in suite.run.broken], broken_before)
    found = list(broken)
    for key, suite in now.items():
        old = before.get(key, Outcomes())
        found += _failures(suite, old)
        found += _skipped(suite.run, old)
        if suite.run.complete and not suite.timed_out:
            found += _lost(suite.run, old, [finding.message for finding in broken if finding.level == "error"])
    for key in before.keys() - now.keys():
        found += _lost(TestRun(frozenset(), {}), before[key], [])
    return sorted(found, key=lambda finding: finding.level)


def _failures(suite: Suite, old: Outcomes) -> list[Finding]:
    found = []
    for test, finding in suite.run.failed.items():
        is_old = test in old.failed
        found.append(finding.model_copy(update={"level": "warning"}) if is_old else finding)
    for finding in suite.flaky.values():
        message = f"flaky, it passed when it was run again: {finding.message}"
        found.append(finding.model_copy(update={"level": "warning", "code": "test-flaky", "message": message}))
    return found


def _skipped(run: TestRun, old: Outcomes) -> list[Finding]:
    return [_fault("test-skipped", f"{test} passed before and is skipped now") for test in run.skipped & old.passed]


def _lost(run: TestRun, old: Outcomes, broken: list[str]) -> list[Finding]:
    """Tests that passed before and are collected no longer, neither there nor elsewhere.

    `broken` are messages that begin with the file that could not be collected: its tests are not named again, nor are
    any where nothing at all was collected.
    """
    current = Outcomes.of(run).all
    if old.all and not current:
        if broken:
            return []
        message = (
            f"no test was collected, where {len(old.all)} were before: they were removed or can no longer be found"
        )
        return [_fault("nothing-collected", message)]
    moved = Counter(map(_stable_name, current - old.all))
    lost = []
    for test in sorted(old.passed - current):
        if moved[_stable_name(test)] > 0:
            moved[_stable_name(test)] -= 1
        elif not any(message.startswith(_FILE.split(test, maxsplit=1)[0]) for message in broken):
            lost.append(test)
    found = [_fault("test-lost", f"{test} passed before and is gone") for test in lost[:_NAMED]]
    if len(lost) > _NAMED:
        found.append(_fault("test-lost", f"{len(lost) - _NAMED} more tests passed before and are gone"))
    return found


def _stable_name(test: str) -> str:
    """A test's id without its file, and without what changes from run to run in the name of a parameter."""
    file, separator, name = test.partition("::")
    return _UNSTABLE.sub("#", name if separator else ".".join(file.split(".")[-2:]))


def _fault(code: str, message: str) -> Finding:
    return Finding(source="tests", code=code, message=message)


def _digest(finding: Finding) -> str:
    text = json.dumps(finding.fingerprint(), ensure_ascii=True)
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
