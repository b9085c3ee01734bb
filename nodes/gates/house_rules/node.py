"""Node `house_rules`: the user's own rules, on the files that the task changed.

Reads `attempt`, `consult`, `task`, and of `baseline` what the project was measured by. Writes `gates`.
What the task did not touch is not judged.
"""

import asyncio
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from posixpath import basename
from typing import Any

from langgraph.runtime import Runtime

from backend_developer.contract import Finding, GateResult
from backend_developer.contract.state import State
from backend_developer.nodes.context import Context
from backend_developer.nodes.gates.house_rules.change import Change, collect_changes
from backend_developer.nodes.gates.house_rules.consulted import check_consulted
from backend_developer.nodes.gates.house_rules.duplicates import check_duplicates
from backend_developer.nodes.gates.house_rules.formatters import formats_prefix
from backend_developer.nodes.gates.house_rules.index_files import check_index_files
from backend_developer.nodes.gates.house_rules.lines import check_sizes
from backend_developer.nodes.gates.house_rules.log_rule import check_logging
from backend_developer.nodes.gates.house_rules.measures import check_measures
from backend_developer.nodes.gates.house_rules.paths import check_paths
from backend_developer.nodes.gates.house_rules.sources import is_source
from backend_developer.nodes.gates.house_rules.suppressions import check_suppressions
from backend_developer.nodes.gates.result import result, run_gate
from backend_developer.workspace.collector import without_collector
from backend_developer.workspace.ignore import ignore_spec
from backend_developer.workspace.project_settings import HouseRulesTable
from backend_developer.workspace.toolchains.files import MAX_FILES, one_look, walk


async def house_rules(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
    """Judge this attempt's change."""
    attempt = state["attempt"]
    judged = await run_gate("house_rules", attempt, runtime, partial(_judge, state=state))
    return {"gates": {f"{attempt}/house_rules": judged.dump()}}


async def _judge(context: Context, state: State) -> GateResult:
    workspace = context.workspace
    changes = await collect_changes(workspace.journal, workspace.root)
    paths = [change.path for change in changes]
    named = (state.get("task") or {}).get("files_involved", [])
    findings = [
        *check_changed(paths),
        *check_paths(paths, workspace.guard),
        *check_consulted(state.get("consult", {}), context.required_servers(state)),
        *await asyncio.to_thread(check_measures, changes, state.get("baseline") or {}, named, workspace.root),
        *await asyncio.to_thread(check_files, changes, context.project_settings.house_rules, workspace.root),
        *await _duplicates(context, changes),
    ]
    return result("house_rules", [], findings, {"files": len(paths)})


async def _duplicates(context: Context, changes: Sequence[Change]) -> list[Finding]:
    rules = context.project_settings.house_rules
    excluded = ignore_spec(rules.exclude)
    judged = {one.path for one in changes if one.after is not None and not excluded.match_file(one.path)}
    if rules.duplicates == "off" or not judged:
        return []
    pairs = await context.index.duplicates(judged)
    return await asyncio.to_thread(check_duplicates, pairs, changes, judged, rules.duplicates)


def check_changed(paths: Sequence[str]) -> list[Finding]:
    """A change that does nothing is no success."""
    if paths:
        return []
    return [
        Finding(
            source="house_rules",
            code="nothing-changed",
            message="no file differs from before the task: do what the task asks for",
        )
    ]


def check_hidden(changes: Sequence[Change], root: Path) -> list[Finding]:
    """New source that git ignores, or old source that it now does, is neither linted nor committed. Reads the disk."""
    rewritten = any(basename(change.path) == ".gitignore" for change in changes)
    doubtful = [
        change.path
        for change in changes
        if change.after is not None and is_source(change.path) and (rewritten or change.before is None)
    ]
    seen = set(walk(root)) if doubtful else set()
    return [
        Finding(
            source="house_rules",
            code="ignored-by-git",
            message=f"git ignores {path}, so it would be neither checked nor committed: put it elsewhere",
            file=path,
        )
        for path in doubtful
        if path not in seen and len(seen) < MAX_FILES and not (root / path).is_symlink()
    ]


def check_files(changes: Sequence[Change], rules: HouseRulesTable, root: Path) -> list[Finding]:
    """The rules on what a file holds, on the files that the project does not exclude. Reads the disk."""
    excluded = ignore_spec(rules.exclude)
    judged = [change for change in changes if not excluded.match_file(change.path)]
    with one_look():
        return _check(judged, rules, root)


def _check(judged: Sequence[Change], rules: HouseRulesTable, root: Path) -> list[Finding]:
    findings = [*check_hidden(judged, root), *check_suppressions(judged), *check_sizes(judged, rules.max_lines)]
    if rules.index_files != "off":
        findings += check_index_files(judged, root, rules.index_files)
    if rules.log_prefix:
        with without_collector():
            findings += check_logging(judged, partial(formats_prefix, root))
    return findings
