"""The tests of a Go module, from the events of `go test -json` (`go doc test2json`)."""

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any

from backend_developer.contract import Finding
from backend_developer.contract.ports import Outcome
from backend_developer.workspace.toolchains import output
from backend_developer.workspace.toolchains.base import Step, TestRun
from backend_developer.workspace.toolchains.go.parse import compiler_finding, refuse_missing
from backend_developer.workspace.toolchains.go.project import GoModule
from backend_developer.workspace.toolchains.go.run import Runner
from backend_developer.workspace.toolchains.go.services import database_environment

logger = logging.getLogger(__name__)

_SAID = re.compile(r"^\s+(?P<file>[\w.-]+\.go):(?P<line>\d+): (?P<message>.*)$")
_FRAME = re.compile(r"^\t(?P<file>/\S+\.go|[A-Z]:\S+\.go):(?P<line>\d+)")
_NOISE = re.compile(r"^(?:\s*(?:=== |--- )|(?:FAIL|PASS|ok)\b|exit status )")
_MESSAGE_LINES = 12


@dataclass
class _Events:
    """What the events say, by test; the key of a package's own lines is the package alone."""

    ended: dict[tuple[str, str], str] = field(default_factory=dict)
    said: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    built: list[str] = field(default_factory=list)
    """Lines of the compiler, and those that are no events."""


def steps_of_tests(runner: Runner) -> list[Step]:
    """One step, or none where the module has no tests. Raises `NoToolchain` where Go is not installed.

    Without the analysers of vet that `go test` runs by itself: the gate lint has them all.
    """
    if not runner.module.has_tests:
        return []
    argv = (runner.go(), "test", "-json", "-vet=off", "./...")
    return [runner.step("tests", "go-test", argv, database_environment(runner.module))]


def only(step: Step, ids: list[str]) -> Step:
    """The same step for these tests alone: their packages, and their names without subtests."""
    pairs = [_split(name) for name in ids]
    names = sorted({re.escape(test.partition("/")[0]) for _, test in pairs})
    packages = sorted({package for package, _ in pairs})
    return replace(step, argv=(*step.argv[:-1], "-run", f"^(?:{'|'.join(names)})$", *packages))


def read_run(step: Step, outcome: Outcome, root: Path) -> TestRun:
    """What the events say.

    Raises `NoToolchain` where the module's dependencies have not been downloaded, or it needs a newer Go.
    """
    refuse_missing(step, outcome)
    events = _read(outcome)
    module = GoModule(root, step.package)
    failed, broken = _failures(events, step, root, module)
    broken += [found for line in events.built if (found := compiler_finding(line, step, root))]
    if not (outcome.ok or outcome.timed_out or failed or broken):
        broken = [output.unexplained(step, outcome)]
    named = [(package, test, how) for (package, test), how in events.ended.items() if test]
    run = TestRun(
        passed=frozenset(_id(package, test) for package, test, how in named if how == "pass"),
        failed=failed,
        skipped=frozenset(_id(package, test) for package, test, how in named if how == "skip"),
        broken=tuple(dict.fromkeys(broken)),
        # A panic and a package that does not compile leave tests unnamed.
        complete=not broken and not any(_panicked(lines) for lines in events.said.values()),
    )
    logger.info("go test: %d tests, %d failed, %d broken", run.collected, len(run.failed), len(run.broken))
    return run


def _id(package: str, test: str) -> str:
    return f"{package}.{test}"


def _split(name: str) -> tuple[str, str]:
    """A test's name starts with a capital after the last dot that stands before any subtest."""
    match = re.match(r"^(?P<package>.*?)\.(?P<test>(?:Test|Example|Fuzz|Benchmark)\w*(?:/.*)?)$", name)
    return (match["package"], match["test"]) if match else ("./...", name)


def _read(outcome: Outcome) -> _Events:
    events = _Events()
    for line in output.lines(outcome):
        event = _event(line)
        if event is None:
            events.built.append(line)
            continue
        key = (event.get("Package", ""), event.get("Test", ""))
        if event["Action"] == "build-output":
            events.built.append(event["Output"].rstrip("\n"))
        elif event["Action"] == "output":
            events.said.setdefault(key, []).append(event["Output"].rstrip("\n"))
        elif event["Action"] in ("pass", "fail", "skip"):
            events.ended[key] = event["Action"]
    return events


def _event(line: str) -> dict[str, Any] | None:
    event = output.json_object(line)
    return event if event is not None and "Action" in event else None


def _failures(events: _Events, step: Step, root: Path, module: GoModule) -> tuple[dict[str, Finding], list[Finding]]:
    """The tests that failed, and the packages that failed without any: TestMain ended, a panic outside a test."""
    failed: dict[str, Finding] = {}
    broken: list[Finding] = []
    bad = sorted(key for key, how in events.ended.items() if how == "fail")
    for package, test in bad:
        told = [line for key in _telling(events, package, test) for line in events.said.get(key, ())]
        if test:
            failed[_id(package, test)] = _finding(
                told, _id(package, test), "test-failed", package, (step, root, module)
            )
        elif not any(other == package and name for other, name in bad) and not _is_build_failure(told):
            broken.append(_finding(told, package, "package-failed", package, (step, root, module)))
    return failed, broken


def _telling(events: _Events, package: str, test: str) -> Iterator[tuple[str, str]]:
    """Whose lines say why: a test's own, and those of its subtests that failed."""
    yield package, test
    for key, how in events.ended.items():
        if test and key[0] == package and key[1].startswith(f"{test}/") and how == "fail":
            yield key


def _is_build_failure(told: list[str]) -> bool:
    return any("[build failed]" in line or "[setup failed]" in line for line in told)


def _panicked(lines: list[str]) -> bool:
    return any(line.startswith("panic: ") for line in lines)


def _finding(told: list[str], what: str, code: str, package: str, where: tuple[Step, Path, GoModule]) -> Finding:
    step, root, module = where
    said = [line.strip() for line in told if line.strip() and not _NOISE.match(line)]
    file, line = _place(told, package, step, root, module)
    message = "\n".join(said[:_MESSAGE_LINES])
    return Finding(
        source=output.source(step), code=code, message=f"{what}: {message or 'failed'}", file=file, line=line
    )


def _place(told: list[str], package: str, step: Step, root: Path, module: GoModule) -> tuple[str | None, int | None]:
    """Of a panic the innermost frame inside the module, else the last line that a test wrote with its place."""
    if _panicked(told):
        frames = (match for line in told if (match := _FRAME.match(line)))
        for match in frames:
            file = output.relative(match["file"], step, root)
            if not Path(file).is_absolute():
                return file, int(match["line"])
    said = [match for line in told if (match := _SAID.match(line))]
    if not said:
        return None, None
    below = package.removeprefix(module.path).strip("/")
    return str(PurePosixPath(step.package.root, below, said[0]["file"])), int(said[0]["line"])
