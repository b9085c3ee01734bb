"""The gate `database` on plain SQL that is written for psql."""

import pytest

from tests.support.database_judge import Judge, database_judge, errors

judge = pytest.fixture(database_judge)

USERS = {"db/migrations/0001_users.sql": "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL);\n"}
OLD = {**USERS, "Makefile": "migrate:\n\tpsql -f db/migrations/0001_users.sql\n"}
ADDED = "db/migrations/0002_x.sql"
TOUCH = "ALTER TABLE users\n    ADD COLUMN touched timestamptz;\n"


async def test_where_nothing_says_that_psql_sends_it_a_command_is_an_error_of_syntax(judge: Judge) -> None:
    result = await judge(USERS, {ADDED: f"{TOUCH}\\set ON_ERROR_STOP on\nSELECT 1;\n"})
    assert errors(result) == [("migration-failed", ADDED, 3)]
    assert 'syntax error at or near "\\"' in result["findings"][0]["message"]


async def test_what_psql_does_with_a_script_is_done(judge: Judge) -> None:
    script = "\\set ON_ERROR_STOP on\n\\set column name\n\\ir ../parts/touch.sql\n"
    rows = (
        "ALTER TABLE users ADD COLUMN :column text;\nCOPY users (id, email) FROM stdin;\n7\ta@x.org\n\\.\n\\echo done\n"
    )
    change = {"db/parts/touch.sql": TOUCH, ADDED: script + rows}
    result = await judge(OLD, change)
    assert (result["status"], errors(result)) == ("pass", [])
    assert result["evidence"]["db/migrations"]["schema"]["added"] == [
        "column users.touched timestamp with time zone",
        "column users.name text",
    ]
    result = await judge(OLD, {**change, "db/parts/touch.sql": TOUCH.replace("ADD", "ADDD")})
    assert ("migration-failed", "db/parts/touch.sql", 2) in errors(result)


async def test_what_cannot_be_followed_is_a_fault_of_a_change_and_none_of_what_was_there(judge: Judge) -> None:
    leads_away = f"{TOUCH}\\connect other\n{TOUCH}"
    script = {"db/setup.sql": f"CREATE TABLE t (id int PRIMARY KEY);\n{leads_away}"}
    assert ("migration-failed", "db/setup.sql", 4) in errors(await judge(OLD, script))
    result = await judge(OLD | script, {"db/setup.sql": f"{script['db/setup.sql']}SELECT 1;\n"})
    assert (result["status"], "only psql can follow" in result["reason"]) == ("skip", True)
    result = await judge(OLD, {ADDED: leads_away})
    assert errors(result) == [("migration-failed", ADDED, 3)]
    assert "\\connect is not followed here" in result["findings"][0]["message"]
    result = await judge(
        {**OLD, ADDED: leads_away}, {"db/migrations/0003_x.sql": "ALTER TABLE users ADD COLUMN n int;\n"}
    )
    assert (result["status"], errors(result)) == ("skip", [])
    assert result["reason"].startswith(f"{ADDED}:3: \\connect is not followed here")
