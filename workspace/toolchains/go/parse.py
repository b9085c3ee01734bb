"""The outputs of Go's tools as findings. Formats as printed by Go 1.27 and golangci-lint 2."""

import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from backend_developer.contract import Finding, NoToolchain
from backend_developer.contract.ports import Outcome
from backend_developer.workspace.toolchains import output
from backend_developer.workspace.toolchains.base import Step
from backend_developer.workspace.toolchains.installed import INSTALL_HINT

logger = logging.getLogger(__name__)

PLACE = re.compile(r"^\s*(?:vet: )?(?P<file>[^\s:][^:]*\.(?:go|s|c|mod|work)):(?P<line>\d+)(?::\d+)?: (?P<message>.*)$")
_NOT_FETCHED = re.compile(r"module lookup disabled by GOPROXY=off|reading file://.*: no such file or directory")
_TOO_OLD = re.compile(r"go: (?P<why>go\.(?:mod|work) requires go >= \S+ \(running go \S+; GOTOOLCHAIN=local\))")


def findings(step: Step, outcome: Outcome, root: Path) -> list[Finding]:
    """What a lint or build step found.

    Raises `NoToolchain` where the module's dependencies have not been downloaded, or it needs a newer Go.
    """
    refuse_missing(step, outcome)
    lines = list(output.lines(outcome))
    if step.tool == "gofmt":
        found = [finding for line in lines if (finding := _unformatted(line, step, root))]
    elif step.tool == "vet":
        found = list(_vet("\n".join(lines), step, root))
    elif step.tool == "golangci-lint":
        found = list(_golangci(lines, step, root))
    else:
        found = []
    found += [finding for line in lines if (finding := compiler_finding(line, step, root))]
    logger.info("%s: exit code %s, %d findings", step.tool, outcome.exit_code, len(found))
    return found


def refuse_missing(step: Step, outcome: Outcome) -> None:
    """Raise `NoToolchain` where the environment lacks what the module asks for."""
    if outcome.ok:
        return
    if _NOT_FETCHED.search(outcome.output):
        raise NoToolchain(
            f"Dependencies of the Go module in {step.package.root} have not been downloaded.",
            f"Run `go mod download` in {step.package.root}. {INSTALL_HINT}",
            source="toolchain/go",
        )
    if old := _TOO_OLD.search(outcome.output):
        raise NoToolchain(f"{old['why']}.", "Install that version of Go (https://go.dev/dl/).", source="toolchain/go")


def compiler_finding(line: str, step: Step, root: Path) -> Finding | None:
    """A line `file:line:column: message` of the compiler, of vet and of the parser."""
    match = PLACE.match(line)
    if match is None:
        return None
    file = output.relative(match["file"], step, root)
    return Finding(
        source=output.source(step),
        code="compile",
        message=match["message"],
        file=file,
        line=max(1, int(match["line"])),
    )


def _unformatted(line: str, step: Step, root: Path) -> Finding | None:
    if not line.endswith(".go") or {"vendor", "testdata"}.intersection(Path(line).parts):
        return None
    file = output.relative(line, step, root)
    return Finding(source=output.source(step), code="unformatted", message="not formatted as gofmt would", file=file)


def _vet(text: str, step: Step, root: Path) -> Iterator[Finding]:
    """One JSON object a package: package to analyser to its diagnostics. An analyser that failed has an object."""
    for report in _objects(text):
        for analysers in report.values():
            for code, diagnostics in analysers.items() if isinstance(analysers, dict) else ():
                for one in diagnostics if isinstance(diagnostics, list) else ():
                    file, line = _position(one["posn"])
                    yield _placed(step, root, code=code, message=one["message"], file=file, line=line)


def _objects(text: str) -> Iterator[dict[str, Any]]:
    decoder = json.JSONDecoder()
    start = text.find("{")
    while start >= 0:
        try:
            value, end = decoder.raw_decode(text, start)
        except json.JSONDecodeError:
            start = text.find("\n{", start)
            start = start + 1 if start >= 0 else start
            continue
        if isinstance(value, dict):
            yield value
        start = text.find("{", end)


def _position(text: str) -> tuple[str, int]:
    file, _, rest = text.partition(".go:")
    return f"{file}.go", int(rest.partition(":")[0] or 1)


def _golangci(lines: list[str], step: Step, root: Path) -> Iterator[Finding]:
    for line in lines:
        if not line.startswith('{"Issues"'):
            continue
        for issue in json.loads(line)["Issues"] or ():
            place = issue["Pos"]
            yield _placed(
                step, root, code=issue["FromLinter"], message=issue["Text"], file=place["Filename"], line=place["Line"]
            )


def _placed(step: Step, root: Path, *, code: str, message: str, file: str, line: int) -> Finding:
    return Finding(
        source=output.source(step),
        code=code,
        message=message,
        file=output.relative(file, step, root),
        line=max(1, line),
    )
