"""The gate `database` on migrations that want extensions: stood in for, not to be had here, and misspelt."""

import pytest

from tests.support.database_judge import Judge, database_judge, errors
from tests.support.python_migrations import ALEMBIC, ALEMBIC_ADDED, DJANGO, DJANGO_ADDED, FIELD, REVISION

judge = pytest.fixture(database_judge)

FIRST = "migrations/0001_users.sql"
ADDED = "migrations/0002_name.sql"
USERS = (
    'CREATE EXTENSION IF NOT EXISTS "uuid-ossp";\nCREATE EXTENSION IF NOT EXISTS "pgcrypto" WITH SCHEMA public;\n'
    "CREATE EXTENSION IF NOT EXISTS citext;\n"
    "CREATE TABLE users (\n    id uuid PRIMARY KEY DEFAULT uuid_generate_v4(),\n"
    "    email citext NOT NULL UNIQUE,\n    token text NOT NULL DEFAULT encode(gen_random_bytes(16), 'hex')\n);\n"
)
NAME = "ALTER TABLE users ADD COLUMN name text;\n"
TRIGRAMS = f"{NAME}CREATE EXTENSION IF NOT EXISTS pg_trgm;\nCREATE INDEX ON users USING gin (name gin_trgm_ops);\n"


async def test_stand_ins_let_it_pass_and_are_told(judge: Judge) -> None:
    result = await judge({}, {FIRST: USERS, "migrations/0001_users.down.sql": "DROP TABLE users;\n"})
    assert (result["status"], errors(result)) == ("pass", [])
    assert sorted(result["evidence"]["migrations"]["stand_ins"]) == ["citext", "pgcrypto", "uuid-ossp"]
    result = await judge({FIRST: USERS}, {ADDED: NAME})
    assert (result["status"], result["evidence"]["migrations"]["sample_rows"]) == ("pass", {"users": 3})
    result = await judge({FIRST: USERS}, {ADDED: NAME.replace("text", "text NOT NULL")})
    assert ("migration-failed-on-rows", ADDED, 1) in errors(result)


async def test_an_extension_that_is_not_to_be_had_here_is_no_fault(judge: Judge) -> None:
    result = await judge({FIRST: USERS}, {ADDED: TRIGRAMS})
    assert (result["status"], errors(result)) == ("skip", [])
    assert result["reason"].startswith(f"{ADDED}:2: ")
    assert "it lacks the extension pg_trgm" in result["reason"]


async def test_what_fails_beside_it_still_fails(judge: Judge) -> None:
    result = await judge({FIRST: USERS}, {ADDED: TRIGRAMS.replace("TABLE users", "TABLE usres")})
    assert errors(result) == [("migration-failed", ADDED, 1)]
    result = await judge({FIRST: USERS}, {FIRST: USERS + NAME, ADDED: TRIGRAMS.replace("name text", "nick text")})
    assert [code for code, file, _ in errors(result) if file == FIRST] == ["migration-rewritten"]


async def test_one_that_was_there_before_is_no_fault_of_the_change(judge: Judge) -> None:
    result = await judge({FIRST: f'CREATE EXTENSION "postgis";\n{USERS}'}, {ADDED: NAME})
    assert (result["status"], errors(result)) == ("skip", [])
    assert result["reason"].startswith(f"{FIRST}:1: ")


async def test_another_set_of_migrations_is_judged_all_the_same(judge: Judge) -> None:
    result = await judge({FIRST: USERS}, {ADDED: TRIGRAMS, "db/schema.sql": "CREATE TABLE t (id int PRIMARY KEY);\n"})
    assert (result["status"], errors(result)) == ("pass", [])
    assert "it lacks the extension pg_trgm" in result["reason"]


async def test_a_misspelt_extension_fails(judge: Judge) -> None:
    result = await judge({FIRST: USERS}, {ADDED: "SELECT 1;\nCREATE EXTENSION pg_tgrm;\n"})
    assert errors(result) == [("migration-failed", ADDED, 2)]
    assert "no extension pg_tgrm is known, pg_trgm is" in result["findings"][0]["message"]


async def test_what_a_stand_in_cannot_do_is_no_fault(judge: Judge) -> None:
    seed = "INSERT INTO users (email, token)\nVALUES ('a@x.org', crypt('a', gen_salt('bf')));\n"
    result = await judge({FIRST: USERS}, {ADDED: seed})
    assert (result["status"], errors(result)) == ("skip", [])
    assert "its stand-in for the extension pgcrypto cannot do gen_salt()" in result["reason"]


OPERATION = "from django.contrib.postgres.operations import {name}\n"


async def test_django_makes_the_extensions_that_are_stood_in_for(judge: Judge) -> None:
    names = ("CITextExtension", "CryptoExtension")
    added = OPERATION.format(name=", ".join(names)) + FIELD.format(more=", ".join(f"{name}()" for name in names))
    result = await judge(DJANGO, {DJANGO_ADDED: added})
    assert (result["status"], errors(result)) == ("pass", [])
    assert sorted(result["evidence"]["django"]["stand_ins"]) == ["citext", "pgcrypto"]


async def test_django_is_not_to_blame_for_the_others(judge: Judge) -> None:
    added = OPERATION.format(name="TrigramExtension") + FIELD.format(more="TrigramExtension()")
    result = await judge(DJANGO, {DJANGO_ADDED: added})
    assert (result["status"], errors(result)) == ("skip", [])
    line = 1 + added[: added.index("TrigramExtension(")].count("\n")
    assert result["reason"].startswith(f"{DJANGO_ADDED}:{line}: ")
    assert "it lacks the extension pg_trgm" in result["reason"]


async def test_alembic_is_not_to_blame_either(judge: Judge) -> None:
    revision = REVISION.format(null="", column="name")
    added = revision.replace(
        "def upgrade():\n", "def upgrade():\n    op.execute('CREATE EXTENSION IF NOT EXISTS hstore')\n"
    )
    result = await judge(ALEMBIC, {ALEMBIC_ADDED: added})
    assert (result["status"], errors(result)) == ("skip", [])
    assert result["reason"].startswith(f"{ALEMBIC_ADDED}:8: ")
