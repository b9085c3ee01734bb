"""The output of a command that may run anything: places and failed tests, as the common tools print them.

Places: `file:line: message`; `--> file:line:column` below its message, as rustc, clippy and ruff print it; eslint's
listing, tsc, and frames of JavaScript. Tests: the summaries of pytest, unittest, Go and Cargo, each with the first
place of the project in what stands below it.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from backend_developer.contract import Finding
from backend_developer.contract.ports import Outcome
from backend_developer.workspace.toolchains import output
from backend_developer.workspace.toolchains.base import Step, TestRun
from backend_developer.workspace.toolchains.files import walk
from backend_developer.workspace.toolchains.node import parse as node

_FAILED = (
    re.compile(r"^(?:FAILED|ERROR) (?P<test>\S+?)(?: - (?P<message>.*))?$"),  # pytest's summary
    re.compile(r"^(?:FAIL|ERROR): (?P<test>\w+ \([\w.]+\))"),  # unittest and Django
    re.compile(r"^\s*--- FAIL: (?P<test>\S+)"),  # go test
    re.compile(r"^test (?P<test>\S+) \.\.\. FAILED$"),  # cargo test
)
_DETAILS = re.compile(r"^---- (?P<test>\S+) stdout ----$")
"""Where Cargo tells more of a test that it has named."""
_WITHIN = (
    re.compile(r"^\s+File \"(?P<file>[^\"]+)\", line (?P<line>\d+)"),
    re.compile(r"panicked at (?P<file>[^\s':]+\.rs):(?P<line>\d+):\d+"),
    re.compile(r"^\s+(?P<file>[^\s:]+\.go):(?P<line>\d+): "),
)
_ARROW = re.compile(r"^\s*--> (?P<file>[^\s:]+):(?P<line>\d+)(?::\d+)?$")
_OF_MAKE = re.compile(r"recipe for target .* failed$")


def findings(step: Step, outcome: Outcome, root: Path) -> list[Finding]:
    """What a lint or build command that failed printed; one that ended well has found nothing, whatever it printed."""
    if outcome.ok or outcome.timed_out:
        return []
    plain = [one for one in output.placed(step, outcome, root) if not _OF_MAKE.search(one.message)]
    found: dict[tuple[str | None, int | None, str], Finding] = {}
    for one in (*plain, *_below(step, outcome, root)):
        found[one.file, one.line, one.message] = one
    places = {(file, line) for file, line, _ in found}
    others = [one for one in node.findings(step, outcome, root) if (one.file, one.line) not in places]
    return output.explained([*found.values(), *others], step, outcome)


def test_run(step: Step, outcome: Outcome, root: Path, whole: str) -> TestRun:
    """The tests that the output names as failed; else the command itself, called `whole`, as if it were one test.

    A command that ends well may have hidden how its tests ended, as `go test ./... | tee log` does.
    """
    failed = dict(_failed(step, outcome, root))
    if outcome.ok and not failed:
        return TestRun(passed=frozenset({whole}), failed={}, complete=False)
    if not failed and not outcome.timed_out:
        failed = {whole: output.unexplained(step, outcome)}
    return TestRun(passed=frozenset(), failed=failed, complete=False)


def _below(step: Step, outcome: Outcome, root: Path) -> Iterator[Finding]:
    message = ""
    for line in output.lines(outcome):
        match = _ARROW.match(line)
        if match is None:
            message = line.strip() if line[:1].strip() else message
        elif (root / (path := output.relative(match["file"], step, root))).is_file():
            yield Finding(
                source=output.source(step),
                code="error",
                message=message or "error",
                file=path,
                line=max(1, int(match["line"])),
            )


def _failed(step: Step, outcome: Outcome, root: Path) -> Iterator[tuple[str, Finding]]:
    places = dict(_places(step, outcome, root))
    for line in output.lines(outcome):
        match = _named(line)
        if match and not (outcome.ok and _is_vague(match)):
            test = match["test"]
            message = f"{test}: {match.groupdict().get('message') or 'failed'}"
            file = output.relative(test.partition("::")[0], step, root)
            known = (file, None) if (root / file).is_file() else (None, None)
            file_of, line_of = places.get(test, known)
            finding = Finding(
                source=output.source(step), code="test-failed", message=message, file=file_of, line=line_of
            )
            yield test, finding


def _is_vague(match: re.Match[str]) -> bool:
    """Whether the line may as well be any message that begins with ERROR."""
    return match.re is _FAILED[0] and "::" not in match["test"] and not match["test"].endswith(".py")


def _named(line: str) -> re.Match[str] | None:
    return next((match for pattern in _FAILED if (match := pattern.match(line))), None)


def _places(step: Step, outcome: Outcome, root: Path) -> Iterator[tuple[str, tuple[str, int]]]:
    """Each failed test with the first place below its name; a traceback's last, which is the innermost."""
    test = None
    for line in output.lines(outcome):
        begins = _named(line) or _DETAILS.match(line)
        test = begins["test"] if begins else test
        match = next((match for pattern in _WITHIN if (match := pattern.search(line))), None)
        if test and match and (file := _found(match["file"], step, root)):
            yield test, (file, max(1, int(match["line"])))
            test = test if match.re is _WITHIN[0] else None


def _found(name: str, step: Step, root: Path) -> str | None:
    """A file of the project; Go names it without its folder, so that it must be the only one of its name."""
    path = output.relative(name, step, root)
    if (root / path).is_file():
        return path
    if not name.endswith(".go") or "/" in name:
        return None
    alike = [other for other in walk(root, step.package.root) if other.endswith(f"/{name}")]
    return alike[0] if len(alike) == 1 else None
