"""Gates on projects that want an extension which the embedded PostgreSQL lacks, and an installed one has."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from backend_developer.contract import load_settings
from backend_developer.workspace.postgres import ScratchDatabases
from backend_developer.workspace.postgres.installed import installation_with
from tests.support.database_judge import Judge, database_judge, errors
from tests.support.postgres import install_postgres, state_folder
from tests.support.python_migrations import ALEMBIC, ALEMBIC_ADDED, DJANGO, DJANGO_ADDED, FIELD, REVISION

judge = pytest.fixture(database_judge)

FIRST, ADDED = "migrations/0001_releases.sql", "migrations/0002_order.sql"
RELEASES = "CREATE TABLE releases (\n    id bigint PRIMARY KEY,\n    version text NOT NULL\n);\n"
EXTENSION = "CREATE EXTENSION semver;\n"
USED = "ALTER TABLE releases ADD COLUMN major text GENERATED ALWAYS AS (semver_major(version)) STORED;\n"
SCRIPT = (
    "CREATE FUNCTION semver_major(text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT split_part($1, '.', 1) $$;\n"
)

contrib = pytest.mark.skipif(
    installation_with({"pg_trgm", "hstore"}) is None, reason="no PostgreSQL with contrib modules is installed"
)


@pytest.fixture(scope="module")
def own_state_dir() -> Iterator[Path]:
    """A state folder with programs that have the extension `semver`, which hardly any machine has."""
    with state_folder() as folder:
        install_postgres(folder / "installed", "semver", SCRIPT)
        yield folder


@pytest.fixture
async def databases(own_state_dir: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[dict[str, Any]]:
    """What a run has."""
    (programs,) = own_state_dir.glob("installed/*/*/bin")
    monkeypatch.setenv("PATH", f"{os.environ['PATH']}:{programs}")
    scratch = ScratchDatabases(load_settings(state_dir=own_state_dir), "installed")
    yield {"database_of": scratch.fresh, "with_extensions": scratch.with_extensions}
    await scratch.aclose()


async def test_the_first_need_is_proven_there_and_what_fails_beside_it_fails(
    judge: Judge, databases: dict[str, Any]
) -> None:
    result = await judge({FIRST: RELEASES}, {ADDED: EXTENSION + USED}, **databases)
    assert (result["status"], errors(result)) == ("pass", [])
    assert "migrations is proven on a PostgreSQL of this machine, which has semver" in result["reason"]
    assert result["evidence"]["migrations"]["sample_rows"] == {"releases": 3}
    assert "unproven" not in result["evidence"]
    result = await judge({FIRST: RELEASES}, {ADDED: EXTENSION + USED.replace("releases", "relases")}, **databases)
    assert errors(result) == [("migration-failed", ADDED, 2)]


async def test_what_wanted_it_before_is_whole_and_judged_on_rows(judge: Judge, databases: dict[str, Any]) -> None:
    old = {FIRST: EXTENSION + RELEASES + USED}
    result = await judge(old, {ADDED: "SELECT 1;\nALTER TABLE releases ADD COLUMN n int NOT NULL;\n"}, **databases)
    assert ("migration-failed-on-rows", ADDED, 2) in errors(result)
    assert "left_out" not in result["evidence"]["migrations"]


@contrib
async def test_django_is_proven_on_this_machines_own(judge: Judge, databases: dict[str, Any]) -> None:
    added = "from django.contrib.postgres.operations import TrigramExtension\n" + FIELD.format(
        more="TrigramExtension()"
    )
    result = await judge(DJANGO, {DJANGO_ADDED: added}, **databases)
    assert (result["status"], errors(result)) == ("pass", []), result
    assert "django is proven on a PostgreSQL of this machine, which has pg_trgm" in result["reason"]


@contrib
async def test_alembic_too_where_the_project_wanted_it_before(judge: Judge, databases: dict[str, Any]) -> None:
    first = next(path for path in ALEMBIC if path.endswith(".py") and "/versions/" in path)
    before = ALEMBIC | {
        first: ALEMBIC[first].replace(
            "def upgrade():\n", "def upgrade():\n    op.execute('CREATE EXTENSION IF NOT EXISTS hstore')\n"
        )
    }
    result = await judge(before, {ALEMBIC_ADDED: REVISION.format(null=", nullable=False", column="name")}, **databases)
    assert "migration-failed-on-rows" in [code for code, *_ in errors(result)]
    assert "is proven on a PostgreSQL of this machine, which has hstore" in result["reason"]
