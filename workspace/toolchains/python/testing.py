"""The tests of a Python project: Django's runner, pytest or unittest, whichever it uses.

Each runs with a recorder of ours inside (`probes`), which writes one line a test to a report outside the project. So
ids and places are the runner's own, and a run that is cut short still says how far it came.
"""

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

from backend_developer.contract import Finding
from backend_developer.contract.ports import Outcome
from backend_developer.workspace.toolchains import output
from backend_developer.workspace.toolchains.base import Step, TestRun
from backend_developer.workspace.toolchains.python.database import environment_of_tests
from backend_developer.workspace.toolchains.python.parse import refuse_missing
from backend_developer.workspace.toolchains.python.project import PythonProject
from backend_developer.workspace.toolchains.python.run import REPORT, Runner

logger = logging.getLogger(__name__)

_ONLY = "--only"
_NO_TESTS_COLLECTED = 5
"""Exit code of pytest and, since 3.12, of unittest."""


def steps_of_tests(runner: Runner) -> list[Step]:
    """One step, or none where the project has no tests.

    Raises `NoToolchain` where it uses pytest and its interpreter has none.
    """
    project = runner.project
    if not project.test_files and not project.uses_pytest:
        return []
    tool, argv, env = _command(runner)
    logger.info("tests of %s are run with %s", project.folder, tool)
    return [runner.step("tests", tool, argv, environment_of_tests(project) | env | runner.report())]


def only(step: Step, ids: list[str], runner: Runner) -> Step:
    """The same step for some tests alone, with a report of its own."""
    chosen = [_ONLY, *ids] if step.tool == "unittest" else ids
    return replace(step, argv=(*step.argv, *chosen), env={**step.env, **runner.report()})


def read_run(step: Step, outcome: Outcome, root: Path) -> TestRun:
    """What the report says; the report is taken away.

    Raises `NoToolchain` where the interpreter does not know the runner's module.
    """
    refuse_missing(step, outcome)
    tests: dict[str, str] = {}
    failed: dict[str, Finding] = {}
    broken: dict[Finding, None] = {}
    for entry in _taken(Path(step.env[REPORT])):
        if "broken" in entry:
            broken[_finding(entry, entry["broken"], "collection", step, root)] = None
        elif entry["outcome"] == "failed":
            failed.setdefault(entry["test"], _finding(entry, entry["test"], "test-failed", step, root))
        else:
            tests[entry["test"]] = entry["outcome"]
    if _ended_badly(outcome, failed, broken):
        broken[output.unexplained(step, outcome)] = None
    run = TestRun(
        passed=frozenset(test for test, how in tests.items() if how == "passed" and test not in failed),
        failed=failed,
        skipped=frozenset(test for test, how in tests.items() if how == "skipped" and test not in failed),
        broken=tuple(broken),
    )
    logger.info("%s: %d tests, %d failed, %d broken", step.tool, run.collected, len(run.failed), len(run.broken))
    return run


def _command(runner: Runner) -> tuple[str, tuple[str, ...], dict[str, str]]:
    project = runner.project
    if project.is_django and not _has_pytest_django(project):
        return "django", _django(runner), runner.django()
    if project.uses_pytest:
        project.interpreter.require_module("pytest")
        return "pytest", _pytest(runner), {}
    return "unittest", runner.module("backend_developer_unittest", *_starts(project)), {}


def _has_pytest_django(project: PythonProject) -> bool:
    return "pytest-django" in project.declared or bool(project.pytest_setting("DJANGO_SETTINGS_MODULE"))


def _pytest(runner: Runner) -> tuple[str, ...]:
    """The project's own options, without what would hide tests or leave files: one failure does not end the run, a
    file that cannot be collected does not keep the others from running, coverage is not measured.
    """
    options = ["-p", "backend_developer_pytest", "-o", f"cache_dir={runner.folder / 'pytest'}"]
    options += ["--maxfail=0", "--continue-on-collection-errors", "--tb=short", "--color=no"]
    if any(option.startswith("--cov") for option in runner.project.pytest_setting("addopts")):
        options.append("--no-cov")
    return runner.module("pytest", *options)


def _django(runner: Runner) -> tuple[str, ...]:
    python = str(runner.project.interpreter.python)
    return python, "manage.py", "test", "--noinput", "--testrunner", "backend_developer_django_runner.Runner"


def _starts(project: PythonProject) -> list[str]:
    """Where unittest discovers: `folder:folder from which its modules are imported`."""
    found: dict[str, None] = {}
    for path in project.test_files:
        folder = PurePosixPath(path).parent
        start = folder
        while (project.folder / start / "__init__.py").is_file() and start != PurePosixPath("."):
            folder, start = start, start.parent
        found[f"{folder}:{start}"] = None
    return sorted(found)


def _taken(report: Path) -> Iterator[dict[str, Any]]:
    try:
        text = report.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        logger.warning("the test run has written no report")
        return
    report.unlink()
    for line in text.splitlines():
        try:
            yield json.loads(line)
        except json.JSONDecodeError:
            logger.warning("the test run was cut off while it wrote its report")


def _finding(entry: dict[str, Any], what: str, code: str, step: Step, root: Path) -> Finding:
    message = entry["message"]
    return Finding(
        source=output.source(step),
        code=code,
        message=f"{what}: {message}" if message else what,
        file=output.relative(entry["file"], step, root) if entry["file"] else None,
        line=entry["line"] or None,
    )


def _ended_badly(outcome: Outcome, failed: object, broken: object) -> bool:
    """Whether the command failed for a reason that no test of the report explains."""
    return not (outcome.timed_out or failed or broken) and outcome.exit_code not in {0, _NO_TESTS_COLLECTED}
