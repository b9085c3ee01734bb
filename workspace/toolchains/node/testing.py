"""The tests of a Node project: jest, vitest, mocha or Node's own runner, whichever its script `test` calls.

Each writes a report outside of the project, in its own JSON or by a reporter of ours. A script that does more than call
one of them is run as it stands, and counts as one test.
"""

import logging
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from backend_developer.contract import Finding
from backend_developer.contract.ports import Outcome
from backend_developer.workspace.toolchains import output
from backend_developer.workspace.toolchains.base import Step, TestRun
from backend_developer.workspace.toolchains.node import reports
from backend_developer.workspace.toolchains.node.database import environment_of_tests
from backend_developer.workspace.toolchains.node.run import PROBES, REPORT, Runner
from backend_developer.workspace.toolchains.node.scripts import Call, is_placeholder, plain_call

logger = logging.getLogger(__name__)

_SCRIPT = "script-test"
_SPECIAL = re.compile(r"[.*+?^${}()|\[\]\\/]")
_WITH_VALUE = frozenset({"--import", "--require", "-r", "--loader", "--experimental-loader", "--env-file"})
_WATCHES = frozenset({"--watch", "--watchAll", "-w", "--coverage"})
_NODE_TEST = re.compile(r"""(?:from|require\()\s*["']node:test["']""")


def steps_of_tests(runner: Runner) -> list[Step]:
    """One step, or none where the project has no tests. Raises `NoToolchain` where its runner is not installed."""
    project = runner.project
    script = project.scripts.get("test")
    if script is None:
        call = _configured(runner)
    elif is_placeholder(script):
        return []
    else:
        call = plain_call(script)
    env = environment_of_tests(project)
    known = _RUNNERS.get(_tool(call)) if call else None
    if call and known:
        report = runner.report()
        argv = known(runner, call, report[REPORT])
        logger.info("tests of %s are run with %s", project.folder, _tool(call))
        return [runner.step("tests", _tool(call), argv, env | call.env | report)]
    return [runner.script("tests", "test", env)] if script else []


def only(step: Step, ids: list[str], runner: Runner) -> Step:
    """The same step for some tests alone, with a report of its own.

    Node's own runner picks by single titles: a group that one of them stands in is run as a whole.
    """
    if step.tool == _SCRIPT or isinstance(step.argv, str):
        return step
    files = sorted({test.partition(reports.BETWEEN)[0] for test in ids})
    titles = [test.split(reports.BETWEEN)[1:] for test in ids]
    report = runner.report()
    argv = tuple(word.replace(step.env[REPORT], report[REPORT]) for word in step.argv)
    if step.tool == "node":
        names = "|".join(sorted({_escaped(title) for path in titles for title in path}))
        options = argv[: _first_file(argv)]
        chosen = (*options, f"--test-name-pattern=/^({names})$/", *files)
    else:
        names = "|".join(_escaped(" ".join(path)) for path in titles)
        option = "--grep" if step.tool == "mocha" else "--testNamePattern"
        chosen = (*argv, option, f"^({names})$")
    return replace(step, argv=chosen, env={**step.env, **report})


def read_run(step: Step, outcome: Outcome, root: Path) -> TestRun:
    """What the report says; the report is taken away."""
    if step.tool == _SCRIPT:
        return _whole(step, outcome, root)
    said = "\n".join(output.lines(outcome))
    run = reports.take(Path(step.env[REPORT]), said, step, root)
    if not (outcome.ok or outcome.timed_out or run.failed or run.broken):
        run = replace(run, broken=(reports.unexplained(said, step, outcome, root),))
    logger.info("%s: %d tests, %d failed, %d broken", step.tool, run.collected, len(run.failed), len(run.broken))
    return run


def _whole(step: Step, outcome: Outcome, root: Path) -> TestRun:
    """A script as if it were one test, at the first place of the project that its output names."""
    name = "npm test"
    if outcome.ok:
        return TestRun(passed=frozenset({name}), failed={}, complete=False)
    if outcome.timed_out:
        return TestRun(passed=frozenset(), failed={}, complete=False)
    finding: Finding = output.unexplained(step, outcome)
    place = next(iter(output.placed(step, outcome, root)), None)
    if place:
        finding = finding.model_copy(update={"file": place.file, "line": place.line})
    return TestRun(passed=frozenset(), failed={name: finding}, complete=False)


def _configured(runner: Runner) -> Call | None:
    """The runner that the project declares, or whose module its tests ask for, where no script says."""
    project = runner.project
    if not project.test_files:
        return None
    for tool in ("vitest", "jest", "mocha"):
        if tool in project.own:
            return Call(tool, ())
    scripts = [path for path in project.test_files if path.endswith((".js", ".mjs", ".cjs"))]
    uses_node = [path for path in scripts if _NODE_TEST.search(project.text(path))]
    return Call("node", ("--test", *uses_node)) if uses_node else None


def _tool(call: Call) -> str:
    """`tsx --test` is Node's runner as well."""
    return "node" if call.tool in {"node", "tsx"} and "--test" in call.arguments else call.tool


def _node(runner: Runner, call: Call, report: str) -> tuple[str, ...]:
    project = runner.project
    program = project.program("tsx") if call.tool == "tsx" else (project.node, *project.node_options)
    project.require_installed()
    words = [word for word in call.arguments if word not in _WATCHES and not word.startswith("--test-reporter")]
    position = _first_file(tuple(words))
    files = [path for word in words[position:] for path in _expanded(word, project.folder)]
    reporters = (
        f"--test-reporter={PROBES / 'backend_developer_reporter.mjs'}",
        f"--test-reporter-destination={report}",
        "--test-reporter=spec",
        "--test-reporter-destination=stdout",
    )
    return (*program, *words[:position], *reporters, *files)


def _first_file(words: tuple[str, ...]) -> int:
    """Where the files begin: after the last option and its value."""
    position = len(words)
    while position > 0 and not words[position - 1].startswith("-"):
        if position > 1 and words[position - 2] in _WITH_VALUE:
            break
        position -= 1
    return position


def _expanded(word: str, folder: Path) -> list[str]:
    """A pattern as a shell would expand it: Node 20 does not do so by itself."""
    if "*" not in word or word.startswith("/"):
        return [word]
    return sorted(path.relative_to(folder).as_posix() for path in folder.glob(word)) or [word]


def _vitest(runner: Runner, call: Call, report: str) -> tuple[str, ...]:
    words = [word for word in call.arguments if word not in _WATCHES and word not in {"run", "watch", "dev"}]
    # The second reporter is for the log: only there stand errors of hooks, and where a file could not be collected.
    options = ("--reporter=json", "--reporter=default", f"--outputFile={report}", "--includeTaskLocation", "--no-cache")
    return (*runner.project.program("vitest"), "run", *words, *options)


def _jest(runner: Runner, call: Call, report: str) -> tuple[str, ...]:
    words = [word for word in call.arguments if word not in _WATCHES and not word.startswith("--bail")]
    cache = f"--cacheDirectory={runner.folder / 'jest'}"
    options = ("--json", f"--outputFile={report}", "--testLocationInResults", cache)
    return (*runner.project.program("jest"), *words, *options)


def _mocha(runner: Runner, call: Call, report: str) -> tuple[str, ...]:
    words = [word for word in call.arguments if word not in {*_WATCHES, "--bail", "-b"}]
    return (*runner.project.program("mocha"), *words, "--reporter", "json", "--reporter-option", f"output={report}")


def _escaped(title: str) -> str:
    return _SPECIAL.sub(lambda match: f"\\{match[0]}", title)


_RUNNERS: dict[str, Callable[[Runner, Call, str], tuple[str, ...]]] = {
    "node": _node,
    "vitest": _vitest,
    "jest": _jest,
    "mocha": _mocha,
}
