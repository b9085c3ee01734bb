"""The proof itself: up, down and up on an empty database, and up on the old schema with rows in it."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from backend_developer.contract import Finding
from backend_developer.nodes.context import Context
from backend_developer.nodes.gates.database.migrators import Migrator, ToolMigrator
from backend_developer.workspace.migrations.catalog import Schema, compare, read_schema
from backend_developer.workspace.migrations.design import Remark, check_design
from backend_developer.workspace.migrations.failure import SOURCE, Failure
from backend_developer.workspace.migrations.partial import Gaps
from backend_developer.workspace.migrations.rendered import Rendered
from backend_developer.workspace.migrations.samples import fill_tables
from backend_developer.workspace.postgres.stand_ins import used_stand_ins
from backend_developer.workspace.toolchains.files import read_text

logger = logging.getLogger(__name__)

_TABLES = 20
"""How many tables without sample rows are told one by one."""
_WHY_NOT = {
    "rewritten": "databases in use would never get the change: put it back and add a new one",
    "deleted": "databases in use would keep what it made, and new ones would not get it: put it back, and undo it in a "
    "new one",
}


@dataclass(slots=True)
class Proof:
    """What was found and what was seen."""

    findings: list[Finding] = field(default_factory=list)
    evidence: dict[str, Any] = field(default_factory=dict)
    rendered: list[Rendered] = field(default_factory=list)
    """The SQL of the touched files that are no SQL."""
    reasons: list[str] = field(default_factory=list)
    """Why that of some cannot be told."""
    old_tables: frozenset[str] | None = None
    """Those of before the change, without their schema; None where they are not known."""
    unproven: list[str] = field(default_factory=list)
    """What could not be tried on our server, and why: nothing of it is held against the change."""
    refused: list[Failure] = field(default_factory=list)
    """What failed for want of an extension."""
    was_refused: bool = False
    """Whether the schema before the change could not be had for such a want."""
    lacking: set[str] = field(default_factory=set)
    """The extensions that were refused, before the change or after it."""
    gaps: Gaps | None = None
    """What of the schema before the change is left out, where it is."""

    def refuse(self, failure: Failure, code: str, told: str) -> None:
        """Hold a failure against the change, unless our server is what failed."""
        self.lack(failure)
        if self.gaps and self.gaps.explain(failure):
            self.unproven.append(f"{failure.place}: {failure.message}, which what is left out may have made")
        elif failure.unproven:
            self.unproven.append(failure.unproven)
            self.refused.append(failure)
        else:
            self.findings.append(failure.finding(code, told))

    def lack(self, failure: Failure) -> None:
        """Keep in mind which extension a failure is for want of, if it is."""
        if failure.refused:
            self.lacking.add(failure.refused.name)


async def prove(context: Context, migrator: Migrator, named: Sequence[str], gaps: Gaps | None = None) -> Proof:
    """Apply one set of migrations every way that it can be. Raises `NoDatabase`, `CallFailed`, `EnvironmentBroken`."""
    whole = asyncio.create_task(_whole(context, migrator, gaps))
    on_rows = asyncio.create_task(_on_rows(context, migrator, gaps))
    try:
        (proof, after), (rows, before, broken_before) = await asyncio.gather(whole, on_rows)
    finally:
        for task in (whole, on_rows):
            task.cancel()
        await asyncio.gather(whole, on_rows, return_exceptions=True)
    proof.lacking |= rows.lacking
    if broken_before and rows.was_refused:
        # The whole ends where what was before does.
        proof.findings = [one for one in proof.findings if not _is_same(one, broken_before)]
    # What the tool would apply up to there may have been written over.
    elif broken_before and not (isinstance(migrator, ToolMigrator) and (migrator.rewritten or migrator.deleted)):
        return _judged_by_old(proof, migrator, broken_before)
    proof.rendered, proof.reasons = rows.rendered, rows.reasons
    seen = {(one.file, one.line, one.message.partition(": ")[2]) for one in proof.findings}
    proof.findings += [one for one in rows.findings if (one.file, one.line, one.message.partition(": ")[2]) not in seen]
    proof.evidence |= rows.evidence
    proof.unproven = list(dict.fromkeys([*proof.unproven, *rows.unproven]))
    proof.refused, proof.was_refused = [*proof.refused, *rows.refused], rows.was_refused
    if before is not None and after is not None:
        proof.old_tables = frozenset(table.relname for table in before.tables.values())
        proof.evidence["schema"] = compare(before, after)
        remarks = check_design(before, after)
        proof.findings += await asyncio.to_thread(_placed, remarks, migrator.files, context.workspace.root)
    proof.findings += [_of_before(path, "rewritten", named) for path in migrator.rewritten]
    proof.findings += [_of_before(path, "deleted", named) for path in migrator.deleted]
    return proof


async def _whole(context: Context, migrator: Migrator, gaps: Gaps | None) -> tuple[Proof, Schema | None]:
    """On an empty database."""
    proof = Proof(evidence={"up": "applied"}, gaps=gaps)
    async with context.scratch_database() as url:
        if failure := await migrator.all(url):
            proof.evidence["up"] = "failed"
            proof.refuse(failure, "migration-failed", "the migrations fail on an empty database")
            return proof, None
        if used := await used_stand_ins(url):
            proof.evidence["stand_ins"] = used
        after = await read_schema(url)
        proof.evidence["down"] = "not tried: there is no way back" if not migrator.reversible else "applied"
        if migrator.reversible:
            await _back_and_forth(url, migrator, after, proof)
    return proof, after


async def _back_and_forth(url: str, migrator: Migrator, after: Schema, proof: Proof) -> None:
    if failure := await migrator.down(url):
        proof.evidence["down"] = "failed"
        return proof.refuse(failure, "down-failed", "the way back fails")
    if failure := await migrator.again(url):
        proof.evidence["down"] = "applied, but not up again"
        return proof.refuse(failure, "up-again-failed", "after the way back, the way up fails")
    differs = compare(after, await read_schema(url))
    if any(differs.values()):
        told = "; ".join([*differs["added"], *differs["removed"], *differs["changed"]][:5])
        message = f"after down and up the schema differs: {told}"
        proof.findings.append(Finding(source=SOURCE, code="up-again-differs", message=message))
    return None


async def _on_rows(
    context: Context, migrator: Migrator, gaps: Gaps | None
) -> tuple[Proof, Schema | None, Failure | None]:
    """On the schema before the change, with rows; the last is what failed before the change already."""
    proof = Proof(gaps=gaps)
    if not migrator.knows_before:
        return proof, None, None
    async with context.scratch_database() as url:
        if failure := await migrator.before(url):
            proof.lack(failure)
            if failure.unproven or failure.unfollowed:
                proof.unproven.append(failure.unproven or f"{failure.place}: {failure.message}")
                proof.was_refused = True
                return proof, None, failure
            return proof, None, failure
        before = await read_schema(url)
        proof.rendered, proof.reasons = await migrator.render(url)
        filled = await fill_tables(url)
        proof.evidence = {"sample_rows": filled.rows, "tables_without_rows": filled.unfilled}
        proof.findings += _without_rows(filled.unfilled)
        if failure := await migrator.new(url):
            told = "the migration fails on a database that has rows"
            proof.refuse(failure, "migration-failed-on-rows", told)
    return proof, before, None


def _without_rows(unfilled: Mapping[str, str]) -> list[Finding]:
    """A warning for each table, of many for the first; all are in the evidence."""
    told = [
        f"table {table} could be given no sample row, so what fails on its rows alone is not noticed here: {why}"
        for table, why in unfilled.items()
    ]
    if len(told) > _TABLES:
        told[_TABLES:] = [f"and {len(told) - _TABLES} more tables could be given none"]
    return [Finding(source=SOURCE, code="table-without-rows", message=one, level="warning") for one in told]


def _judged_by_old(proof: Proof, migrator: Migrator, old: Failure) -> Proof:
    """The migrations were broken before: only what fails otherwise now is held against the change."""
    same = [one.model_copy(update={"level": "warning"}) for one in proof.findings if _is_old(one, old, migrator)]
    new = [one for one in proof.findings if not _is_old(one, old, migrator)]
    proof.findings = [*new, *same]
    if same:
        told = "the migrations failed before the change as well, so nothing shows what it does"
        proof.unproven.append(f"{old.place or migrator.name}: {told}: {old.message}")
    proof.evidence["before"] = f"failed before the change as well: {old.file or migrator.name}: {old.message}"
    return proof


def _is_old(finding: Finding, old: Failure, migrator: Migrator) -> bool:
    return _is_same(finding, old) and finding.file not in migrator.files


def _is_same(finding: Finding, old: Failure) -> bool:
    return finding.message.endswith(old.message) and finding.file == old.file


def _of_before(path: str, fate: str, named: Sequence[str]) -> Finding:
    """The finding for a migration of before that was `rewritten` or `deleted`."""
    return Finding(
        source=SOURCE,
        code=f"migration-{fate}",
        message=f"this migration was there before and may be applied already, so {_WHY_NOT[fate]}",
        file=path,
        level="warning" if path in named else "error",
    )


def _placed(remarks: Sequence[Remark], files: Sequence[str], root: Path) -> list[Finding]:
    """Each remark at the line of a touched file that names its table and its column. Reads the disk."""
    texts = {path: read_text(root / path).splitlines() for path in files}
    return [remark.finding(*_place(remark, texts)) for remark in remarks]


def _place(remark: Remark, texts: dict[str, list[str]]) -> tuple[str | None, int | None]:
    table = remark.table.rpartition(".")[2].strip('"')
    for path, lines in texts.items():
        head = next((number for number, line in enumerate(lines) if table.lower() in line.lower()), None)
        if head is None:
            continue
        name = (remark.column or table).lower()
        exact = next((number for number in range(head, len(lines)) if _names(lines[number].lower(), name)), head)
        return path, exact + 1
    return (next(iter(texts)), None) if len(texts) == 1 else (None, None)


def _names(line: str, name: str) -> bool:
    words = "".join(letter if letter.isalnum() or letter == "_" else " " for letter in line).split()
    return name in words
