"""The outputs of `dotnet`: MSBuild's diagnostics, and the console logger of VSTest.

Formats as documented for .NET 8 and 9; they are tested on recorded output, for want of an SDK.
"""

import logging
import re
from pathlib import Path

from backend_developer.contract import Finding, NoToolchain
from backend_developer.contract.ports import Outcome
from backend_developer.workspace.toolchains import output
from backend_developer.workspace.toolchains.base import Step, TestRun
from backend_developer.workspace.toolchains.installed import INSTALL_HINT

logger = logging.getLogger(__name__)

_DIAGNOSTIC = re.compile(
    r"^\s*(?P<file>[^\s(][^(]*?)(?:\((?P<line>\d+)(?:,\d+)*\))?\s*: (?P<level>error|warning) (?P<code>[A-Z]+\d*): "
    r"(?P<message>.*?)(?: \[[^\]]+\])?$"
)
_TEST = re.compile(r"^\s+(?P<how>Passed|Failed|Skipped) (?P<name>\S.*?)(?: \[[^\]]*(?:ms|s|m)\])?$")
_SUMMARY = re.compile(r"^(?:Failed|Passed|Skipped)! |^Total tests: |^Test Run ")
_FRAME = re.compile(r" in (?P<file>\S.*?):line (?P<line>\d+)$")
_HEADINGS = ("Error Message:", "Stack Trace:", "Standard Output Messages:")
_NOT_RESTORED = re.compile(r"error NU1101|error NU1301|error NETSDK1004")
_NO_SDK = re.compile(r"A compatible \.NET SDK was not found|No \.NET SDKs were found")
_MESSAGE_LINES = 8


def findings(step: Step, outcome: Outcome, root: Path) -> list[Finding]:
    """Errors, each once: MSBuild prints some for every project that refers to the one they are in.

    Raises `NoToolchain` where packages have not been restored or the SDK that the project names is not there.
    """
    _refuse_missing(step, outcome)
    found = {}
    for line in output.lines(outcome):
        match = _DIAGNOSTIC.match(line)
        if match and match["level"] == "error":
            finding = _finding(match, step, root)
            found[finding.code, finding.file, finding.line, finding.message] = finding
    logger.info("%s: exit code %s, %d findings", step.tool, outcome.exit_code, len(found))
    return list(found.values())


def read_run(step: Step, outcome: Outcome, root: Path) -> TestRun:
    """The tests by outcome, each with its message and the innermost place of the project.

    Raises `NoToolchain` as `findings` does.
    """
    broken = findings(step, outcome, root)
    ended: dict[str, str] = {}
    said: dict[str, list[str]] = {}
    current = None
    for line in output.lines(outcome):
        if match := _TEST.match(line):
            current = match["name"]
            ended[current] = match["how"]
        elif _SUMMARY.match(line):
            current = None
        elif current:
            said.setdefault(current, []).append(line.strip())
    failed = {name: _failure(name, said.get(name, []), step, root) for name, how in ended.items() if how == "Failed"}
    if not (outcome.ok or outcome.timed_out or failed or broken):
        broken = [output.unexplained(step, outcome)]
    return TestRun(
        passed=frozenset(name for name, how in ended.items() if how == "Passed"),
        failed=failed,
        skipped=frozenset(name for name, how in ended.items() if how == "Skipped"),
        broken=tuple(broken),
        complete=not broken,
    )


def _refuse_missing(step: Step, outcome: Outcome) -> None:
    if outcome.ok:
        return
    if _NO_SDK.search(outcome.output):
        raise NoToolchain(
            f"The .NET SDK that {step.package.root} asks for is not installed.",
            "Install it (https://dotnet.microsoft.com/download), or change global.json.",
            source="toolchain/dotnet",
        )
    if _NOT_RESTORED.search(outcome.output):
        raise NoToolchain(
            f"NuGet packages of {step.package.root} have not been restored.",
            f"Run `dotnet restore` in {step.package.root}. {INSTALL_HINT}",
            source="toolchain/dotnet",
        )


def _finding(match: re.Match[str], step: Step, root: Path) -> Finding:
    return Finding(
        source=output.source(step),
        code=match["code"],
        message=match["message"],
        file=output.relative(match["file"].strip(), step, root),
        line=max(1, int(match["line"])) if match["line"] else None,
    )


def _failure(name: str, said: list[str], step: Step, root: Path) -> Finding:
    frames = [match for line in said if (match := _FRAME.search(line))]
    places = [(output.relative(match["file"], step, root), int(match["line"])) for match in frames]
    file, line = next((place for place in places if not Path(place[0]).is_absolute()), (None, None))
    text = [one for one in said if one and one not in _HEADINGS and not one.startswith("at ")]
    return Finding(
        source=output.source(step),
        code="test-failed",
        message=f"{name}: {chr(10).join(text[:_MESSAGE_LINES]) or 'failed'}",
        file=file,
        line=line,
    )
