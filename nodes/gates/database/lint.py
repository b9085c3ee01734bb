"""squawk on the SQL of a change: of its SQL files as they stand, of Alembic's and Django's as the tool renders it."""

import asyncio
import logging
import tempfile
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from pathlib import Path

from backend_developer.contract import Finding
from backend_developer.nodes.context import Context
from backend_developer.nodes.gates.database.migrators import Migrator, SqlMigrator
from backend_developer.nodes.gates.database.prove import Proof
from backend_developer.nodes.gates.house_rules.change import Change
from backend_developer.workspace.migrations import squawk
from backend_developer.workspace.migrations.sql import is_down, text_of, up_lines
from backend_developer.workspace.toolchains import output

logger = logging.getLogger(__name__)


async def lint(
    context: Context,
    changes: Sequence[Change],
    proved: Sequence[tuple[Migrator, Proof]],
    named: Sequence[str],
) -> tuple[list[Finding], list[str]]:
    """The findings in lines that the task added, and why squawk could not be asked.

    The task's own comments to squawk, and what it makes of squawk's configuration, are not heeded: it would judge
    itself. `named` are the paths that the task names. Raises `CallFailed`.
    """
    touched = {one.path: one for one in changes}
    scripts = await asyncio.to_thread(
        lambda: [one for migrator, proof in proved for one in _scripts(migrator, proof, touched)]
    )
    reasons = [reason for _, proof in proved for reason in proof.reasons]
    program = squawk.program()
    if not scripts:
        return [], reasons
    if program is None:
        return [], [*reasons, "squawk is not installed (pip install squawk-cli)"]
    settings, told = await asyncio.to_thread(_settings, context.workspace.root, touched, named)
    with tempfile.TemporaryDirectory(prefix="bd-squawk-") as folder:
        await asyncio.to_thread(squawk.lay_out, Path(folder), scripts, settings)
        outcome = await context.commands.run(
            squawk.command(program, scripts), cwd=Path(folder), timeout_s=context.settings.gate_timeout_s
        )
    found, unread = squawk.read("\n".join(output.lines(outcome)), scripts)
    logger.info("scripts=%d findings=%d unread=%s", len(scripts), len(found), unread)
    return found, [*reasons, *told, *unread]


def _scripts(migrator: Migrator, proof: Proof, touched: dict[str, Change]) -> Iterator[squawk.Script]:
    for one in proof.rendered:
        change = touched[one.file]
        added, source = _added_lines(change), text_of(change.after)
        places = {line: lines.start for line, lines in one.places(source).items() if not added.isdisjoint(lines)}
        sql = squawk.without_marks(one.sql, range(1, one.sql.count("\n") + 2))
        yield squawk.Script(one.file, sql, places, proof.old_tables)
    for path in migrator.files if isinstance(migrator, SqlMigrator) else ():
        change = touched[path]
        if change.after is None or is_down(path):
            continue
        added, text = _added_lines(change), text_of(change.after)
        judged = added & set(up_lines(text))
        sql = squawk.without_marks(text, added)
        yield squawk.Script(path, sql, {line: line for line in judged}, proof.old_tables)


def _added_lines(change: Change) -> set[int]:
    """The lines that were not there before the task; the same ends of a long dump need no comparing."""
    old, new = text_of(change.before).splitlines(), text_of(change.after).splitlines()
    shorter = min(len(old), len(new))
    head = next((row for row in range(shorter) if old[row] != new[row]), shorter)
    tail = next((row for row in range(shorter - head) if old[-1 - row] != new[-1 - row]), shorter - head)
    between = SequenceMatcher(None, old[head : len(old) - tail], new[head : len(new) - tail], autojunk=False)
    return {
        head + row + 1
        for tag, _, _, first, last in between.get_opcodes()
        if tag != "equal"
        for row in range(first, last)
    }


def _settings(root: Path, touched: dict[str, Change], named: Sequence[str]) -> tuple[str, list[str]]:
    """squawk's configuration from before the task, unless the task names it. Reads the disk."""
    change = touched.get(squawk.CONFIGURATION)
    if change is None or change.path in named:
        return squawk.configuration(root), []
    return text_of(change.before), [f"{change.path} is read as it was before the task"]
