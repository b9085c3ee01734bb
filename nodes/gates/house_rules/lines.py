"""The rule on file size: a source file has at most 300 lines, and an old long one may not grow."""

import logging
from collections.abc import Iterable
from pathlib import Path

from backend_developer.contract import Finding
from backend_developer.nodes.gates.house_rules.change import Change, read_bytes
from backend_developer.nodes.gates.house_rules.sources import count_lines, is_short, is_source, says_generated
from backend_developer.workspace.ignore import ignore_spec
from backend_developer.workspace.project_settings import ProjectSettings
from backend_developer.workspace.toolchains.files import walk

logger = logging.getLogger(__name__)

SOURCE = "house_rules"


def check_sizes(changes: Iterable[Change], max_lines: int) -> list[Finding]:
    """Judge the changed source files.

    A file that was too long before may shrink or stay, which is a warning; growing is an error. A tool's product is
    left alone; the mark of one counts only where it stood in the file before the task.
    """
    found = [_judge(change, max_lines) for change in changes]
    return [finding for finding in found if finding]


def _judge(change: Change, max_lines: int) -> Finding | None:
    if change.after is None or is_short(change.after, max_lines):
        return None
    if not is_source(change.path) or says_generated(change.before or b""):
        return None
    now = count_lines(change.after)
    if now <= max_lines:
        return None
    before = count_lines(change.before or b"")
    if before <= max_lines:
        return _finding(
            change.path, f"has {now} lines, {max_lines} are allowed: split it by function, layer or type", max_lines
        )
    if now > before:
        return _finding(
            change.path,
            f"had {before} lines and has {now} now: a file over {max_lines} lines may not grow; "
            "put the new code into a module of its own",
            max_lines,
        )
    return _finding(change.path, f"still has {now} lines, {max_lines} are allowed", max_lines).model_copy(
        update={"level": "warning"}
    )


def check_project(root: Path, settings: ProjectSettings) -> list[Finding]:
    """Judge all source files of a project by their size, without a task.

    Left out is what the project ignores, excludes by its settings, or marks as a tool's product. Reads the disk.
    """
    rules = settings.house_rules
    excluded = ignore_spec(rules.exclude)
    findings = []
    for path in walk(root):
        if not is_source(path) or excluded.match_file(path):
            continue
        data = read_bytes(root / path)
        if data is not None and not says_generated(data):
            findings += check_sizes([Change(path, None, data)], rules.max_lines)
    logger.info("root=%s findings=%d", root, len(findings))
    return findings


def _finding(path: str, message: str, max_lines: int) -> Finding:
    """At the first line that is too much."""
    return Finding(source=SOURCE, code="file-too-long", message=f"{path} {message}", file=path, line=max_lines + 1)
