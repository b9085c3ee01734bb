"""Node `database`: the SQL and the migrations that the task touched, on a real PostgreSQL, and what they do to it.

Reads `attempt`, `task`. Writes `gates`. Skipped where the task touched no migration, or the project wanted an extension
before that our server lacks, or its migrations failed before: that is told, and not held against the change.
Raises `NoExtension` where the change is the first to want one.
"""

import logging
from collections.abc import Sequence
from functools import partial
from typing import Any

from langgraph.runtime import Runtime

from backend_developer.contract import UNPROVEN, CallFailed, EnvironmentBroken, Finding, GateResult, GateStatus
from backend_developer.contract.state import State
from backend_developer.nodes.context import Context
from backend_developer.nodes.gates.database.found import find_migrators
from backend_developer.nodes.gates.database.lint import lint
from backend_developer.nodes.gates.database.migrators import Migrator, ToolMigrator
from backend_developer.nodes.gates.database.partly import prove_what_can_be
from backend_developer.nodes.gates.database.prove import Proof
from backend_developer.nodes.gates.extensions import no_extension, refuse_new_needs
from backend_developer.nodes.gates.house_rules.change import collect_changes
from backend_developer.nodes.gates.result import run_gate, skipped

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
        proofs = [await prove_what_can_be(context, migrator, named) for migrator in migrators]
        linted, log = await lint(context, changes, list(zip(migrators, proofs, strict=True)), named)
    except (CallFailed, EnvironmentBroken) as error:
        return GateResult(gate="database", status="error", reason=str(error))
    result = _result(migrators, proofs, linted, [*reasons, *log])
    if result.status != "fail":
        await _refuse_new_needs(context, migrators, proofs)
    return result


async def _refuse_new_needs(context: Context, migrators: Sequence[Migrator], proofs: Sequence[Proof]) -> None:
    """Raise `NoExtension` where the schema before the change could be had without what was refused."""
    for migrator, proof in zip(migrators, proofs, strict=True):
        new = [one for one in proof.refused if one.refused and not proof.was_refused]
        if new and migrator.knows_before:
            raise no_extension([one.refused for one in new if one.refused], "database", new[0].place)
        await refuse_new_needs(context, [one.refused for one in new if one.refused], "database")


def _result(
    migrators: Sequence[Migrator], proofs: Sequence[Proof], linted: Sequence[Finding], remarks: Sequence[str]
) -> GateResult:
    found = [*(one for proof in proofs for one in proof.findings), *linted]
    # What two sets build on is proven in both.
    alone = {(one.code, one.file, one.line, one.message): one for one in found}
    findings = sorted(alone.values(), key=lambda one: one.level)
    outcomes = [one for migrator in migrators if isinstance(migrator, ToolMigrator) for one in migrator.outcomes]
    shown = next((one for one in outcomes if not one.ok), outcomes[-1] if outcomes else None)
    unproven = [one for proof in proofs for one in proof.unproven]
    return GateResult(
        gate="database",
        status=_status(findings, proofs),
        command=shown.command if shown else None,
        exit_code=shown.exit_code if shown else None,
        log=str(shown.log) if shown else None,
        findings=findings,
        reason="; ".join(dict.fromkeys([*unproven, *remarks])) or None,
        evidence={one.name: proof.evidence for one, proof in zip(migrators, proofs, strict=True)}
        | ({UNPROVEN: "; ".join(dict.fromkeys(unproven))} if unproven else {}),
    )


def _status(findings: Sequence[Finding], proofs: Sequence[Proof]) -> GateStatus:
    if any(finding.level == "error" for finding in findings):
        return "fail"
    return "skip" if all(proof.unproven for proof in proofs) else "pass"
