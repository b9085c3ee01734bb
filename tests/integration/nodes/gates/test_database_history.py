"""The gate `database` on migrations of Alembic and Django that were there before the task, and are not as they were."""

import pytest

from tests.support.database_judge import Judge, database_judge, errors, warnings
from tests.support.python_migrations import ALEMBIC, ALEMBIC_ADDED, DJANGO, DJANGO_ADDED, FIELD, REVISION

judge = pytest.fixture(database_judge)

SECOND = {ALEMBIC_ADDED: REVISION.format(null="", column="name")}
FIRST = "alembic/versions/0001_users.py"
THIRD = SECOND[ALEMBIC_ADDED].replace("0002", "0003").replace("0001", "0002").replace("name", "note")
NOTE = {DJANGO_ADDED: FIELD.format(more="")}


async def test_a_deleted_alembic_revision_is_named(judge: Judge) -> None:
    result = await judge({**ALEMBIC, **SECOND}, {ALEMBIC_ADDED: None})
    assert errors(result) == [("migration-deleted", ALEMBIC_ADDED, None)]
    result = await judge({**ALEMBIC, **SECOND}, {ALEMBIC_ADDED: None}, named=(ALEMBIC_ADDED,))
    assert (result["status"], warnings(result)) == ("pass", {"migration-deleted"})


async def test_a_revision_that_others_build_on_cannot_be_deleted(judge: Judge) -> None:
    before = {**ALEMBIC, **SECOND, "alembic/versions/0003_note.py": THIRD}
    result = await judge(before, {ALEMBIC_ADDED: None})
    assert {code for code, _, _ in errors(result)} == {"migration-failed", "migration-deleted"}


async def test_a_rewritten_alembic_revision_is_named_and_a_moved_one_is_not(judge: Judge) -> None:
    wider = {ALEMBIC_ADDED: SECOND[ALEMBIC_ADDED].replace("sa.Text", "sa.String(20)")}
    assert errors(await judge({**ALEMBIC, **SECOND}, wider)) == [("migration-rewritten", ALEMBIC_ADDED, None)]
    moved = {FIRST: None, "alembic/versions/2026_01_01_users.py": ALEMBIC[FIRST]}
    assert (await judge(ALEMBIC, moved))["status"] == "skip"


async def test_a_deleted_django_migration_is_named(judge: Judge) -> None:
    result = await judge({**DJANGO, **NOTE}, {DJANGO_ADDED: None})
    assert errors(result) == [("migration-deleted", DJANGO_ADDED, None)]


async def test_a_rewritten_django_migration_is_named(judge: Judge) -> None:
    wider = {DJANGO_ADDED: NOTE[DJANGO_ADDED].replace("TextField(", "CharField(max_length=20, ")}
    assert errors(await judge({**DJANGO, **NOTE}, wider)) == [("migration-rewritten", DJANGO_ADDED, None)]


async def test_a_new_revision_is_proven_beside_a_rewritten_one(judge: Judge) -> None:
    broken = {FIRST: ALEMBIC[FIRST].replace("'users'", "'people'"), **SECOND}
    assert {code for code, _, _ in errors(await judge(ALEMBIC, broken))} == {"migration-failed", "migration-rewritten"}
