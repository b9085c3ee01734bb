"""A change to a project that wanted an extension before which the server lacks: proven without what wants it."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from backend_developer.nodes.context import Context
from backend_developer.nodes.gates.database.migrators import Migrator, SqlMigrator
from backend_developer.nodes.gates.database.prove import Proof, prove
from backend_developer.workspace.migrations.apply import apply_up
from backend_developer.workspace.migrations.catalog import read_schema
from backend_developer.workspace.migrations.partial import Gaps
from backend_developer.workspace.postgres.extensions import tried_until_had

logger = logging.getLogger(__name__)


async def prove_what_can_be(context: Context, migrator: Migrator, named: Sequence[str]) -> Proof:
    """As `prove`, on another PostgreSQL at hand where that has the extensions which ours lacks.

    Where none has, new plain SQL is tried on the schema of before without the statements that cannot be had.

    Only where it touches nothing of theirs: then what is left out cannot change how it ends. Raises as `prove` does.
    """
    proof = await _prove_where_it_can_be(context, migrator, named)
    if not proof.was_refused or not isinstance(migrator, SqlMigrator) or not _only_adds(migrator):
        return proof
    gaps = Gaps()
    async with context.scratch_database() as url:
        if await apply_up(url, migrator.old, gaps):
            return proof
        met = gaps.touched_by(migrator.added, migrator.old, await read_schema(url))
    if met:
        proof.unproven.append(met)
        return proof
    partly = await prove(context, _without(migrator, gaps), named, gaps)
    partly.evidence["left_out"] = [one.told for one in gaps.left_out]
    told = f"{migrator.name} is proven {gaps.told}"
    partly.reasons = [*partly.reasons, told]
    logger.info("%s", told)
    return partly


async def _prove_where_it_can_be(context: Context, migrator: Migrator, named: Sequence[str]) -> Proof:
    lacked: set[str] = set()

    def lacking(proof: Proof) -> set[str]:
        lacked.update(proof.lacking)
        return proof.lacking

    proof = await tried_until_had(context.with_extensions, partial(prove, context, migrator, named), lacking)
    if had := sorted(lacked - proof.lacking):
        told = f"{migrator.name} is proven on a PostgreSQL of this machine, which has {' and '.join(had)}"
        proof.reasons = [*proof.reasons, told]
        logger.info("%s", told)
    return proof


def _only_adds(migrator: SqlMigrator) -> bool:
    return bool(migrator.added) and not (migrator.rewritten or migrator.deleted or migrator.editable)


def _without(migrator: SqlMigrator, gaps: Gaps) -> SqlMigrator:
    return replace(migrator, old=gaps.without(migrator.old), now=gaps.without(migrator.now))
