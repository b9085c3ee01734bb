"""Running the tests: each suite once, and what failed a second time by itself."""

import asyncio
import logging
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from backend_developer.contract import Finding, GateResult
from backend_developer.nodes.context import Context
from backend_developer.nodes.gates.check import KNOWN
from backend_developer.nodes.gates.judge import Outcomes, Suite, judge_tests, known
from backend_developer.nodes.gates.result import result, skipped
from backend_developer.nodes.gates.steps import Job, Ran, plan, run_job, time_limit
from backend_developer.workspace.toolchains.base import TestRun

logger = logging.getLogger(__name__)

OUTCOMES = "outcomes"
"""Where the baseline keeps the outcome of each test, by suite."""

RERUN_LIMIT = 50
"""More failures than that are not flaky."""


async def run_suites(context: Context, baseline: GateResult | None) -> GateResult:
    """Run all suites, one after the other, and hold against the change what `baseline` did not have.

    Raises `NoToolchain` where a test runner is not installed.
    """
    jobs = await plan(context, "tests", baseline)
    before = _outcomes(baseline)
    if not jobs and not any(old.all for old in before.values()):
        return skipped("tests", "the project has no tests")
    ran: list[Ran] = []
    suites: dict[str, Suite] = {}
    for job in jobs:
        runs, suite = await _run_suite(context, job, before.get(job.key, Outcomes()))
        ran += runs
        if suite:
            suites[job.key] = suite
    return _judged(context, ran, suites, before, baseline)


async def _run_suite(context: Context, job: Job, old: Outcomes) -> tuple[list[Ran], Suite | None]:
    ran, run = await _run(context, job)
    if run is None:
        return [ran], None
    timed_out = ran.outcome is not None and ran.outcome.timed_out
    doubtful = sorted(run.failed.keys() - old.failed)
    if not doubtful or len(doubtful) > RERUN_LIMIT or timed_out:
        return [ran], Suite(run, {}, timed_out)
    again, second = await _run(context, replace(job, step=job.toolchain.only(job.step, doubtful)))
    ended = again.outcome is not None and not again.outcome.timed_out
    flaky = _passed_again(run, doubtful, second) if second and ended else {}
    logger.info("%s: %d failed tests were run again, %d of them passed", job.key, len(doubtful), len(flaky))
    return [ran, again], Suite(_without(run, flaky), flaky)


async def _run(context: Context, job: Job) -> tuple[Ran, TestRun | None]:
    ran = await run_job(context, job)
    if ran.outcome is None or ran.error:
        return ran, None
    return ran, await asyncio.to_thread(job.toolchain.tests, job.step, ran.outcome, context.workspace.root)


def _passed_again(first: TestRun, doubtful: Iterable[str], second: TestRun) -> dict[str, Finding]:
    def passed(test: str) -> bool:
        return test in second.passed or (not second.complete and test not in second.failed)

    return {test: first.failed[test] for test in doubtful if passed(test)}


def _without(run: TestRun, flaky: Mapping[str, Finding]) -> TestRun:
    failed = {test: finding for test, finding in run.failed.items() if test not in flaky}
    return replace(run, passed=run.passed | flaky.keys(), failed=failed)


def _judged(
    context: Context,
    ran: list[Ran],
    suites: dict[str, Suite],
    before: dict[str, Outcomes],
    baseline: GateResult | None,
) -> GateResult:
    late = [finding for one in ran for finding in time_limit(one, context.settings.gate_timeout_s)]
    broken: Mapping[str, int] = baseline.evidence.get(KNOWN, {}) if baseline else {}
    broken_suites = {one.job.key for one in ran if one.error}
    expected = {key: old for key, old in before.items() if key not in broken_suites}
    findings = [*late, *judge_tests(suites, expected, broken)]
    if not findings and not broken_suites and not any(suite.run.collected for suite in suites.values()):
        return skipped("tests", "no test was collected").model_copy(update={"evidence": _evidence(suites, baseline)})
    return result("tests", ran, findings, _evidence(suites, baseline))


def _evidence(suites: Mapping[str, Suite], baseline: GateResult | None) -> dict[str, Any]:
    """The ids by outcome where later runs are measured by them, else only how many there were."""
    if baseline is None:
        found = [finding for suite in suites.values() for finding in suite.run.broken]
        return {OUTCOMES: {key: Outcomes.of(suite.run).dump() for key, suite in suites.items()}, KNOWN: known(found)}
    return {"suites": {key: _summary(suite) for key, suite in suites.items()}}


def _summary(suite: Suite) -> dict[str, Any]:
    outcomes = Outcomes.of(suite.run)
    return {
        "passed": len(outcomes.passed),
        "failed": sorted(outcomes.failed),
        "skipped": len(outcomes.skipped),
        "flaky": sorted(suite.flaky),
    }


def _outcomes(baseline: GateResult | None) -> dict[str, Outcomes]:
    found = baseline.evidence.get(OUTCOMES, {}) if baseline else {}
    return {key: Outcomes.load(fields) for key, fields in found.items()}
