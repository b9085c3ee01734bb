"""Node `database`: the SQL and the migrations that the task touched, on a real PostgreSQL, and what they do to it.

Reads `attempt`, `task`. Writes `gates`. Skipped where the task touched no migration. What failed before the change as
well is told, and not held against it.
"""

import logging
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import partial
from typing import Any

from langgraph.runtime import Runtime

from backend_developer.contract import CallFailed, EnvironmentBroken, Finding, GateResult
from backend_developer.contract.state import State
from backend_developer.nodes.context import Context
from backend_developer.nodes.gates.database.found import find_migrators
from backend_developer.nodes.gates.database.migrators import Migrator, SqlMigrator, ToolMigrator
from backend_developer.nodes.gates.database.prove import Proof, prove
from backend_developer.nodes.gates.house_rules.change import Change, collect_changes
from backend_developer.nodes.gates.result import run_gate, skipped
from backend_developer.workspace.migrations import squawk
from backend_developer.workspace.migrations.sql import is_down, text_of, up_lines
from backend_developer.workspace.toolchains import output

logger = logging.getLogger(__name__)


async def database(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
    """Judge what this attempt does to the schema."""
    attempt = state["attempt"]
    judged = await run_gate("database", attempt, runtime, partial(_judge, state=state))
    return {"gates": {f"{attempt}/database": judged.dump()}}


async def _judge(context: Context, state: State) -> GateResult:
    if not context.project_settings.database.gate:
        return skipped("database", "switched off in backend-developer.toml")
    changes = await collect_changes(context.workspace.journal, context.workspace.root)
    migrators, reasons = await find_migrators(context, changes)
    if not migrators:
        return skipped("database", "; ".join(reasons) or "the task touched no migration")
    named = (state.get("task") or {}).get("files_involved", [])
    try:
        proofs = [await prove(context, migrator, named) for migrator in migrators]
        linted, log = await _squawk(context, migrators, changes)
    except (CallFailed, EnvironmentBroken) as error:
        return GateResult(gate="database", status="error", reason=str(error))
    return _result(migrators, proofs, linted, [*reasons, *log])


def _result(
    migrators: Sequence[Migrator], proofs: Sequence[Proof], linted: Sequence[Finding], remarks: Sequence[str]
) -> GateResult:
    found = [*(one for proof in proofs for one in proof.findings), *linted]
    # What two sets build on is proven in both.
    alone = {(one.code, one.file, one.line, one.message): one for one in found}
    findings = sorted(alone.values(), key=lambda one: one.level)
    outcomes = [one for migrator in migrators if isinstance(migrator, ToolMigrator) for one in migrator.outcomes]
    shown = next((one for one in outcomes if not one.ok), outcomes[-1] if outcomes else None)
    return GateResult(
        gate="database",
        status="fail" if any(finding.level == "error" for finding in findings) else "pass",
        command=shown.command if shown else None,
        exit_code=shown.exit_code if shown else None,
        log=str(shown.log) if shown else None,
        findings=findings,
        reason="; ".join(remarks) or None,
        evidence={one.name: proof.evidence for one, proof in zip(migrators, proofs, strict=True)},
    )


async def _squawk(
    context: Context, migrators: Sequence[Migrator], changes: Sequence[Change]
) -> tuple[list[Finding], list[str]]:
    """Its findings in lines that the task added, and why it could not be asked."""
    plain = [path for one in migrators if isinstance(one, SqlMigrator) for path in one.files]
    judged = {one.path: one for one in changes if one.path in plain and one.after is not None}
    paths = [path for path in judged if not is_down(path)]
    program = squawk.program()
    if not paths:
        return [], []
    if program is None:
        return [], ["squawk is not installed (pip install squawk-cli)"]
    outcome = await context.commands.run(
        squawk.command(program, paths), cwd=context.workspace.root, timeout_s=context.settings.gate_timeout_s
    )
    found = squawk.read("\n".join(output.lines(outcome)))
    if found is None:
        return [], [f"squawk could not read them: {outcome.output.strip()[-300:]}"]
    added = {path: _added_lines(judged[path]) for path in paths}
    return [one for one in found if one.line in added.get(one.file or "", ())], []


def _added_lines(change: Change) -> set[int]:
    """The lines of the way up that were not there before the task."""
    before, after = text_of(change.before), text_of(change.after)
    blocks = SequenceMatcher(None, before.splitlines(), after.splitlines(), autojunk=False).get_opcodes()
    lines = {number + 1 for tag, _, _, first, last in blocks if tag != "equal" for number in range(first, last)}
    return lines & set(up_lines(after))
