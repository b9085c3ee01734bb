"""The outputs of Cargo, clippy, rustfmt and libtest. Formats as printed by Rust 1.95."""

import itertools
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from backend_developer.contract import Finding, NoToolchain
from backend_developer.contract.ports import Outcome
from backend_developer.workspace.toolchains import output
from backend_developer.workspace.toolchains.base import Step, TestRun
from backend_developer.workspace.toolchains.installed import INSTALL_HINT

logger = logging.getLogger(__name__)

_UNFORMATTED = re.compile(r"^Diff in (?P<file>.+?\.rs):(?:\D*)(?P<line>\d+):?$")
_UNPARSED = re.compile(r"^\s*--> (?P<file>\S+?\.rs):(?P<line>\d+):\d+$")
_NOT_FETCHED = re.compile(r"--offline was specified|you may be able to (?:resolve this|try again).*--offline")
_TARGET = re.compile(r"^\s+(?:Running (?:unittests )?(?P<path>\S+) \((?P<program>.*?)\)|Doc-tests (?P<doc>\S+))$")
_TEST = re.compile(r"^test (?P<name>.+?)(?: - should panic)? \.\.\. (?P<how>ok|FAILED|ignored)(?:, .*)?$")
_SECTION = re.compile(r"^---- (?P<name>.+) stdout ----$")
_PANICKED = re.compile(r"panicked at (?P<file>[^\s':]+\.rs):(?P<line>\d+):\d+:?$")
_MESSAGE_LINES = 8


def findings(step: Step, outcome: Outcome, root: Path) -> list[Finding]:
    """What a lint or build step found. Raises `NoToolchain` where dependencies have not been downloaded."""
    refuse_missing(step, outcome)
    lines = output.lines(outcome)
    found = _formatter(lines, step, root) if step.tool == "rustfmt" else _messages(lines, step, root)
    # A library is compiled for itself and for its tests: each says the same.
    unique = list({(one.code, one.message, one.file, one.line): one for one in found}.values())
    logger.info("%s: exit code %s, %d findings", step.tool, outcome.exit_code, len(unique))
    return unique


def refuse_missing(step: Step, outcome: Outcome) -> None:
    """Raise `NoToolchain` where Cargo would have to download something."""
    if not outcome.ok and _NOT_FETCHED.search(outcome.output):
        raise NoToolchain(
            f"Dependencies of the Cargo project in {step.package.root} have not been downloaded.",
            f"Run `cargo fetch` in {step.package.root}. {INSTALL_HINT}",
            source="toolchain/rust",
        )


def _formatter(lines: Iterator[str], step: Step, root: Path) -> Iterator[Finding]:
    """One finding a file: how many places it has does not matter."""
    seen: set[str] = set()
    for line in lines:
        match = _UNFORMATTED.match(line) or _UNPARSED.match(line)
        if match and (file := output.relative(match["file"], step, root)) not in seen:
            seen.add(file)
            text = "not formatted as rustfmt would"
            yield Finding(
                source=output.source(step), code="unformatted", message=text, file=file, line=int(match["line"])
            )


def _messages(lines: Iterator[str], step: Step, root: Path) -> Iterator[Finding]:
    """Errors; of the lint step warnings as well, for clippy's and the compiler's lints are no more than that."""
    wanted = {"error", "warning"} if step.kind == "lint" else {"error"}
    for line in lines:
        message = _message(line)
        if message is None or message["level"] not in wanted or not message["spans"]:
            continue
        span = next((one for one in message["spans"] if one["is_primary"]), message["spans"][0])
        yield Finding(
            source=output.source(step),
            code=(message["code"] or {}).get("code") or "syntax",
            message=message["message"],
            file=output.relative(span["file_name"], step, root),
            line=max(1, span["line_start"]),
        )


def _message(line: str) -> dict[str, Any] | None:
    fields = output.json_object(line) or {}
    message = fields.get("message") if fields.get("reason") == "compiler-message" else None
    return message if isinstance(message, dict) else None


def read_run(step: Step, outcome: Outcome, root: Path) -> TestRun:
    """What libtest printed; a test's id is its program's name and source, `::` and its path.

    Raises `NoToolchain` where dependencies have not been downloaded.
    """
    refuse_missing(step, outcome)
    lines = list(output.lines(outcome))
    ended: dict[str, str] = {}
    said: dict[str, list[str]] = {}
    target, section = "", None
    for line in lines:
        if match := _TARGET.match(line):
            target, section = _target(match), None
        elif match := _TEST.match(line):
            ended[f"{target}::{match['name']}"], section = match["how"], None
        elif match := _SECTION.match(line):
            section = f"{target}::{match['name']}"
        elif line == "failures:" or line.startswith("test result:"):
            section = None
        elif section:
            said.setdefault(section, []).append(line)
    failed = {name: _failure(name, said.get(name, []), step, root) for name, how in ended.items() if how == "FAILED"}
    broken = () if failed or outcome.ok or outcome.timed_out else tuple(_broken(lines, step, outcome, root))
    return TestRun(
        passed=frozenset(name for name, how in ended.items() if how == "ok"),
        failed=failed,
        skipped=frozenset(name for name, how in ended.items() if how == "ignored"),
        broken=broken,
        complete=not broken,  # what does not compile, or aborts, leaves tests unnamed
    )


def _target(match: re.Match[str]) -> str:
    if match["doc"]:
        return f"{match['doc']} doc"
    return f"{Path(match['program']).name.rpartition('-')[0]} {match['path']}"


def _failure(name: str, said: list[str], step: Step, root: Path) -> Finding:
    place = next((match for line in said if (match := _PANICKED.search(line))), None)
    text = [line.strip() for line in said if line.strip() and not line.startswith(("note: ", "thread '"))]
    return Finding(
        source=output.source(step),
        code="test-failed",
        message=f"{name}: {chr(10).join(text[-_MESSAGE_LINES:]) or 'failed'}",
        file=output.relative(place["file"], step, root) if place else None,
        line=int(place["line"]) if place else None,
    )


def _broken(lines: list[str], step: Step, outcome: Outcome, root: Path) -> Iterator[Finding]:
    """The compiler's errors as people read them: a line `error[E0308]: text`, and the place in the next one."""
    found = False
    for before, line in itertools.pairwise(lines):
        if before.startswith("error") and (match := _UNPARSED.match(line)):
            found = True
            file = output.relative(match["file"], step, root)
            yield Finding(
                source=output.source(step), code="compile", message=before, file=file, line=int(match["line"])
            )
    if not found:
        yield output.unexplained(step, outcome)
