"""The gate `database` on migrations that want extensions: stood in for, not to be had here, and misspelt."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from backend_developer.contract import NoExtension, load_settings
from backend_developer.workspace.postgres import ScratchDatabases, ensure_scratch_server
from tests.support.database_judge import Files, Judge, database_judge, errors
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


async def refused(judge: Judge, before: Files, change: Files) -> str:
    """What is said of a change that is the first to want an extension which is not to be had."""
    with pytest.raises(NoExtension) as caught:
        await judge(before, change)
    assert "BACKEND_DEVELOPER_SCRATCH_DATABASE_URL" in caught.value.way_out
    return caught.value.message


async def test_the_first_need_of_an_extension_that_is_not_to_be_had_here_is_no_pass_and_no_fault(judge: Judge) -> None:
    told = await refused(judge, {FIRST: USERS}, {ADDED: TRIGRAMS})
    assert f"({ADDED}:2): it lacks the extension pg_trgm" in told
    told = await refused(
        judge, {FIRST: USERS}, {"db/schema.sql": "CREATE EXTENSION postgis;\nCREATE TABLE t (id int);\n"}
    )
    assert "(db/schema.sql:1): it lacks the extension postgis" in told


async def test_what_fails_beside_it_still_fails(judge: Judge) -> None:
    result = await judge({FIRST: USERS}, {ADDED: TRIGRAMS.replace("TABLE users", "TABLE usres")})
    assert errors(result) == [("migration-failed", ADDED, 1)]
    result = await judge({FIRST: USERS}, {FIRST: USERS + NAME, ADDED: TRIGRAMS.replace("name text", "nick text")})
    assert [code for code, file, _ in errors(result) if file == FIRST] == ["migration-rewritten"]


OLD = (
    f"CREATE EXTENSION pg_trgm;\n{USERS}CREATE TABLE logs (id bigint PRIMARY KEY, word text NOT NULL, note text);\n"
    "CREATE INDEX logs_word ON logs USING gin (word gin_trgm_ops);\n"
    "CREATE VIEW near AS SELECT email, similarity(email::text, 'a') AS how FROM users;\nCREATE TABLE tags (id int);\n"
)
"""The extension, an index and a view cannot be had here."""


async def test_what_wanted_it_before_is_left_out_and_the_rest_is_proven(judge: Judge) -> None:
    result = await judge(
        {FIRST: OLD}, {ADDED: "ALTER TABLE logs ADD COLUMN n int;\nALTER TABLE tags ADD PRIMARY KEY (id);\n"}
    )
    assert (result["status"], errors(result)) == ("fail", [("migration-failed-on-rows", ADDED, 2)])
    result = await judge({FIRST: OLD}, {ADDED: "ALTER TABLE logs ADD COLUMN n int;\n"})
    assert (result["status"], errors(result), "unproven" in result["evidence"]) == ("pass", [], False)
    evidence = result["evidence"]["migrations"]
    assert [one.partition(": ")[2][:21] for one in evidence["left_out"]] == [
        "CREATE EXTENSION pg_t",
        "CREATE INDEX logs_wor",
        "CREATE VIEW near AS S",
    ]
    assert evidence["schema"]["added"] == ["column logs.n integer"]
    assert evidence["sample_rows"] == {"users": 3, "logs": 3, "tags": 3}
    assert "proven without what wants the extension pg_trgm: 3 in all, first " in result["reason"]


@pytest.mark.parametrize(
    ("added", "words"),
    [
        (
            "ALTER TABLE logs ALTER COLUMN word TYPE varchar(9);",
            f"{ADDED}:1 touches what stands in {FIRST}:11: CREATE INDEX",
        ),
        ("ALTER TABLE users ADD COLUMN n int;", f"{ADDED}:1 touches what stands in {FIRST}:12: CREATE VIEW near"),
        ("DROP VIEW IF EXISTS near;", f"{ADDED}:1 touches what stands in"),
        ("SELECT similarity('a', 'b');", "function similarity(unknown, unknown) does not exist"),
        ("CREATE EXTENSION IF NOT EXISTS pg_trgm;", 'extension "pg_trgm" is not available'),
    ],
)
async def test_a_change_that_touches_what_is_left_out_is_not_proven(judge: Judge, added: str, words: str) -> None:
    result = await judge({FIRST: OLD}, {ADDED: added})
    assert (result["status"], errors(result)) == ("skip", [])
    assert words in result["evidence"]["unproven"]


async def test_nor_is_what_it_wants_first_or_does_wrong_excused_by_what_is_left_out(judge: Judge) -> None:
    assert "it lacks the extension postgis" in await refused(judge, {FIRST: OLD}, {ADDED: "CREATE EXTENSION postgis;"})
    result = await judge({FIRST: OLD}, {ADDED: "ALTER TABLE logz ADD COLUMN n int;"})
    assert ("migration-failed", ADDED, 1) in errors(result)


async def test_another_set_of_migrations_is_judged_all_the_same(judge: Judge) -> None:
    script = {"db/schema.sql": "CREATE TABLE t (id int PRIMARY KEY);\n"}
    result = await judge({FIRST: OLD}, {ADDED: NAME, **script})
    assert (result["status"], errors(result)) == ("pass", [])
    assert "it lacks the extension pg_trgm" in result["reason"]
    assert "it lacks the extension pg_trgm" in await refused(judge, {FIRST: USERS}, {ADDED: TRIGRAMS, **script})


async def test_a_misspelt_extension_fails(judge: Judge) -> None:
    result = await judge({FIRST: USERS}, {ADDED: "SELECT 1;\nCREATE EXTENSION pg_tgrm;\n"})
    assert errors(result) == [("migration-failed", ADDED, 2)]
    assert "no extension pg_tgrm is known, pg_trgm is" in result["findings"][0]["message"]


async def test_what_a_stand_in_cannot_do_is_no_fault(judge: Judge) -> None:
    seed = "INSERT INTO users (email, token)\nVALUES ('a@x.org', crypt('a', gen_salt('bf')));\n"
    told = await refused(judge, {FIRST: USERS}, {ADDED: seed})
    assert "its stand-in for the extension pgcrypto cannot do gen_salt()" in told
    result = await judge({FIRST: USERS + seed}, {ADDED: NAME})
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
    line = 1 + added[: added.index("TrigramExtension(")].count("\n")
    assert f"({DJANGO_ADDED}:{line}): it lacks the extension pg_trgm" in await refused(
        judge, DJANGO, {DJANGO_ADDED: added}
    )


async def test_alembic_is_not_to_blame_either(judge: Judge) -> None:
    revision = REVISION.format(null="", column="name")
    added = revision.replace(
        "def upgrade():\n", "def upgrade():\n    op.execute('CREATE EXTENSION IF NOT EXISTS hstore')\n"
    )
    assert f"({ALEMBIC_ADDED}:8): it lacks the extension hstore" in await refused(
        judge, ALEMBIC, {ALEMBIC_ADDED: added}
    )


async def test_on_a_server_of_the_users_own_that_has_it_the_change_is_proven(
    judge: Judge, state_dir: Path, tmp_path: Path
) -> None:
    added = {ADDED: f"CREATE EXTENSION unaccent;\n{NAME}UPDATE users SET name = unaccent(email::text);\n"}
    await refused(judge, {FIRST: USERS}, added)
    lay_out_extension(
        state_dir, "unaccent", "CREATE FUNCTION unaccent(text) RETURNS text LANGUAGE sql AS 'SELECT $1';\n"
    )
    server = await ensure_scratch_server(load_settings(state_dir=state_dir))
    settings = load_settings(state_dir=tmp_path / "unused", scratch_database_url=SecretStr(server))
    databases = ScratchDatabases(settings, "own")
    result = await judge({FIRST: USERS}, added, database_of=databases.fresh)
    await databases.aclose()
    assert (result["status"], errors(result)) == ("pass", [])
    assert not (tmp_path / "unused").exists()


def lay_out_extension(state_dir: Path, name: str, script: str) -> None:
    """Give the server an extension that it lacks."""
    folder = state_dir / "scratch" / "share" / "extension"
    for path, text in (
        (folder / f"{name}.control", "default_version = '1.0'\n"),
        (folder / f"{name}--1.0.sql", script),
    ):
        path.write_text(text)
        path.chmod(0o644)
