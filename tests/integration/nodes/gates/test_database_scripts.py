"""The gate `database` on SQL outside migration folders: `schema.sql`, `db/init.sql` and whatever else holds DDL."""

import pytest

from tests.support.database_judge import Judge, database_judge, errors, warnings

judge = pytest.fixture(database_judge)

USERS = "CREATE TABLE users (\n    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,\n    email text NOT NULL\n);\n"
SCHEMA = {"db/schema.sql": USERS}


async def test_an_edited_schema_is_applied_and_compared(judge: Judge) -> None:
    result = await judge(SCHEMA, {"db/schema.sql": USERS.replace("email text", "name text,\n    email text")})
    assert (result["status"], errors(result)) == ("pass", [])
    assert result["evidence"]["db/schema.sql"]["schema"]["added"] == ["column users.name text"]


async def test_a_schema_that_postgresql_refuses_fails_with_file_and_line(judge: Judge) -> None:
    result = await judge({}, {"schema.sql": f"{USERS}CREATE INDEX ON users (id,\n    emial);\n"})
    assert errors(result) == [("migration-failed", "schema.sql", 5)]
    assert 'column "emial" does not exist' in result["findings"][0]["message"]


async def test_the_design_of_what_was_added_is_judged(judge: Judge) -> None:
    logs = "CREATE TABLE logs (\n    at timestamp,\n    user_id bigint REFERENCES users (id)\n);\n"
    result = await judge(SCHEMA, {"db/init.sql": logs})
    assert set(errors(result)) == {
        ("no-primary-key", "db/init.sql", 1),
        ("timestamp-without-zone", "db/init.sql", 2),
        ("foreign-key-without-index", "db/init.sql", 3),
    }


async def test_a_script_is_applied_after_what_it_builds_on_and_on_its_rows(judge: Judge) -> None:
    before = {"migrations/0001_users.sql": USERS}
    result = await judge(before, {"sql/add_name.sql": "ALTER TABLE users ADD COLUMN name text;\n"})
    assert (result["status"], result["evidence"]["sql/add_name.sql"]["sample_rows"]) == ("pass", {"users": 3})
    required = "-- every user has a name\nALTER TABLE users ADD COLUMN name text NOT NULL;\n"
    result = await judge(before, {"sql/add_name.sql": required})
    assert ("migration-failed-on-rows", "sql/add_name.sql", 2) in errors(result)


async def test_scripts_of_one_change_find_their_order(judge: Judge) -> None:
    posts = (
        "CREATE TABLE posts (\n    id bigint PRIMARY KEY,\n    author bigint NOT NULL REFERENCES users (id)\n);\n"
        "CREATE INDEX ON posts (author);\n"
    )
    result = await judge({}, {"db/a_posts.sql": posts, "db/b_users.sql": USERS})
    assert (result["status"], errors(result)) == ("pass", [])


async def test_roles_belong_to_the_server_and_are_left_out(judge: Judge) -> None:
    script = f"CREATE ROLE app LOGIN;\n{USERS}ALTER TABLE users OWNER TO app;\nGRANT SELECT ON users TO app;\n"
    assert (await judge({}, {"db/init.sql": script}))["status"] == "pass"


async def test_a_script_that_could_not_be_applied_before_is_skipped_with_the_reason(judge: Judge) -> None:
    script = {"db/schema.sql": "\\i users.sql\nCREATE TABLE t (id int);\n"}
    assert errors(await judge({}, {**script, "report.sql": "SELECT 1;\n"})) == [
        ("migration-failed", "db/schema.sql", 1)
    ]
    result = await judge(script, {"db/schema.sql": f"{script['db/schema.sql']}SELECT 1;\n"})
    assert result["status"] == "skip"
    assert result["reason"].startswith(
        "db/schema.sql holds commands of psql that only psql can follow (\\i names users"
    )


async def test_a_change_does_not_excuse_a_script_by_what_it_writes_into_it(judge: Judge) -> None:
    table = {"db/schema.sql": "CREATE TABLE t (id int PRIMARY KEY);\n"}
    marked = "-- {{ none }}\nCREATE TABLE u (id int PRIMARY KEY, at DATETIME);\n"
    result = await judge(table, {"db/schema.sql": f"{table['db/schema.sql']}{marked}"})
    assert errors(result) == [("migration-failed", "db/schema.sql", 3)]
    driver = {"package.json": '{"dependencies": {"pg": "8"}}'}
    assert errors(await judge(driver, {"db/new.sql": marked})) == [("migration-failed", "db/new.sql", 2)]


async def test_what_was_broken_before_is_not_held_against_the_change(judge: Judge) -> None:
    before = {"migrations/0001_users.sql": f"{USERS}SELECT nothing;\n"}
    result = await judge(before, {"sql/add_name.sql": "ALTER TABLE users ADD COLUMN name text;\n"})
    assert (result["status"], warnings(result)) == ("skip", {"migration-failed"})
