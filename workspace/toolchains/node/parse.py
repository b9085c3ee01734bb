"""The outputs of Node's tools as findings.

Formats as printed by eslint 10, biome 2.6, tsc 5 and 7, and our own probes; of a script that we do not know, by tsc,
eslint and whatever prints `file:line:column`.
"""

import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from backend_developer.contract import Finding
from backend_developer.contract.ports import Outcome
from backend_developer.workspace.toolchains import output
from backend_developer.workspace.toolchains.base import Step

logger = logging.getLogger(__name__)

_TSC = re.compile(
    r"^(?P<file>[^\s(][^(]*)(?:\((?P<line>\d+),\d+\)|:(?P<line2>\d+):\d+)(?::| -) error (?P<code>TS\d+): (?P<text>.*)$"
)
_TSC_BARE = re.compile(r"^error (?P<code>TS\d+): (?P<text>.*)$")
_BIOME = re.compile(
    r"^::(?P<level>error|warning|notice) title=(?P<code>[^,]*),file=(?P<file>[^,]*),"
    r"line=(?P<line>\d+).*?::(?P<text>.*)$"
)
_STYLISH = re.compile(r"^\s+(?P<line>\d+):\d+\s+(?P<level>error|warning)\s+(?P<text>.*?)(?:\s{2,}(?P<code>\S+))?$")
_PLACE = re.compile(
    r"^\s*(?:at .*?\(?|[✘×]?\s*(?:\[ERROR\]|ERROR)?\s*)(?:file://)?(?P<file>[^\s:()]+\.\w+):(?P<line>\d+):\d+\)?:?\s*(?P<text>.*)$"
)
_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


def findings(step: Step, outcome: Outcome, root: Path) -> list[Finding]:
    """What a lint or build step found."""
    lines = [_COLOUR.sub("", line) for line in output.lines(outcome)]
    if step.tool == "eslint":
        found = list(_eslint(lines, step, root))
    elif step.tool in {"syntax", "import"}:
        found = list(_probe(lines, step, root))
    elif step.tool in {"tsc", "tsgo", "biome"}:
        found = list(_known(lines, step, root))
    else:
        found = [] if outcome.ok else list(_any(lines, step, root))
    # Biome's linter and its formatter each say that a file does not parse.
    found = list(dict.fromkeys(found))
    logger.info("%s: exit code %s, %d findings", step.tool, outcome.exit_code, len(found))
    return found


def finding(step: Step, root: Path, code: str, text: str, file: str | None, line: int | None) -> Finding:
    """A finding at a place that the tool named."""
    return Finding(
        source=output.source(step),
        code=code or "error",
        message=text.strip() or code or "error",
        file=output.relative(file, step, root) if file else None,
        line=max(1, line) if file and line else None,
    )


def _eslint(lines: list[str], step: Step, root: Path) -> Iterator[Finding]:
    """Its JSON is one line; warnings count only where eslint itself fails for them, which no line of it says."""
    for line in lines:
        for entry in _list(line):
            for message in entry.get("messages", ()):
                if message.get("severity") == 2:
                    code = message.get("ruleId") or "syntax"
                    yield finding(step, root, code, message["message"], entry["filePath"], message.get("line"))


def _list(line: str) -> list[dict[str, Any]]:
    if not line.startswith("[{"):
        return []
    try:
        return list(json.loads(line))
    except json.JSONDecodeError:
        return []


def _probe(lines: list[str], step: Step, root: Path) -> Iterator[Finding]:
    for line in lines:
        if line.startswith('{"code":'):
            fields = json.loads(line)
            yield finding(step, root, fields["code"], fields["message"], fields["file"], fields["line"])


def _known(lines: list[str], step: Step, root: Path) -> Iterator[Finding]:
    for line in lines:
        found = _of_tsc(line, step, root) or _of_biome(line, step, root)
        if found:
            yield found


def _of_tsc(line: str, step: Step, root: Path) -> Finding | None:
    if match := _TSC.match(line):
        number = int(match["line"] or match["line2"])
        return finding(step, root, match["code"], match["text"], match["file"], number)
    bare = _TSC_BARE.match(line)
    return finding(step, root, bare["code"], bare["text"], None, None) if bare else None


def _of_biome(line: str, step: Step, root: Path) -> Finding | None:
    match = _BIOME.match(line)
    if match is None or match["level"] != "error":
        return None
    text = match["text"].replace("%0A", " ").replace("%25", "%")
    return finding(step, root, match["code"], text, match["file"], int(match["line"]))


def _any(lines: list[str], step: Step, root: Path) -> Iterator[Finding]:
    """Of a script that failed: the formats that we know; each file:line:column once."""
    file = None
    seen: set[tuple[str | None, int | None]] = set()
    for number, line in enumerate(lines):
        if (root / output.relative(line.strip(), step, root)).is_file() and line.strip():
            file = line.strip()
            continue
        stylish = _STYLISH.match(line)
        if stylish and file:
            found = _of_stylish(stylish, file, step, root)
        else:
            found = _of_tsc(line, step, root) or _of_biome(line, step, root) or _placed(lines, number, step, root)
        if found and (found.file, found.line) not in seen:
            seen.add((found.file, found.line))
            yield found


def _of_stylish(match: re.Match[str], file: str, step: Step, root: Path) -> Finding | None:
    if match["level"] != "error":
        return None
    return finding(step, root, match["code"] or "error", match["text"], file, int(match["line"]))


def _placed(lines: list[str], number: int, step: Step, root: Path) -> Finding | None:
    match = _PLACE.match(lines[number])
    if match is None:
        return None
    path = output.relative(match["file"], step, root)
    if "node_modules" in path or not (root / path).is_file():
        return None
    before = next((line.strip() for line in reversed(lines[:number]) if line.strip()), "")
    return finding(step, root, "error", match["text"] or before, match["file"], int(match["line"]))
