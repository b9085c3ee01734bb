import pytest

from backend_developer.workspace.migrations.scripts import (
    Unit,
    builds_from_nothing,
    builds_on,
    changes_schema,
    is_script,
    read_script,
    units_of,
    why_not,
    why_unfollowed,
)
from backend_developer.workspace.migrations.sql import read_folder

USERS = "CREATE TABLE app.users (id bigint PRIMARY KEY);\n"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("schema.sql", True),
        ("db/init.sql", True),
        ("migrations/0001_users.sql", False),
        ("tests/schema.sql", False),
        ("queries/users.sql", False),
        ("db/mysql/schema.sql", False),
        ("schema.py", False),
    ],
)
def test_scripts_are_told_from_migrations_and_other_sql(path: str, expected: bool) -> None:
    assert is_script(path) is expected


def test_a_database_begins_with_a_script_of_the_usual_names() -> None:
    names = ["db/schema.sql", "docker-entrypoint-initdb.d/01.sql", "db/report.sql", "tests/schema.sql"]
    assert [builds_from_nothing(name) for name in names] == [True, False, False, False]
    assert builds_from_nothing("docker-entrypoint-initdb.d/users.sql")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT 1; CREATE INDEX ON t (a);", True),
        ("DROP VIEW v;", True),
        ("SELECT 'CREATE TABLE t'; -- ALTER TABLE t\n", False),
        ("CREATE USER app; CREATE DATABASE app;", False),
    ],
)
def test_a_script_is_judged_where_it_changes_a_schema(text: str, expected: bool) -> None:
    assert changes_schema(text) is expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("CREATE TABLE {{ name }} (id int);", "template"),
        ("\\i other.sql\nCREATE TABLE t (id int);", "psql"),
        ("CREATE TABLE t (id int);\n\\copy t FROM 't.csv'\n", "psql"),
        ("\\connect other\nCREATE TABLE t (id int);", "psql"),
        ("COPY t (id) FROM stdin;\n1\n\\.\n", None),
        ("CREATE TABLE t (id int, at DATETIME);", "another server"),
        ("CREATE TABLE t (datetime timestamptz);", None),
    ],
)
def test_what_cannot_be_applied_says_why(text: str, words: str | None) -> None:
    reason = why_not(text) or why_unfollowed(read_script("a.sql", text))
    assert words in reason if reason and words else reason is words


def test_lines_of_psql_count_and_are_not_sent() -> None:
    (one,) = read_script("a.sql", "\\set ON_ERROR_STOP on\n\\restrict x\nCREATE TABLE t (id int);").up
    assert (one.sql, one.line) == ("CREATE TABLE t (id int)", 3)


def test_a_script_builds_on_what_makes_the_names_it_holds() -> None:
    files = {
        "db/types.sql": "CREATE TYPE \"Mood\" AS ENUM ('glad');",
        "db/users.sql": "CREATE TABLE users (id bigint PRIMARY KEY, mood mood);",
        "other/users.sql": "CREATE TABLE users (id bigint PRIMARY KEY);",
        "db/posts.sql": "CREATE TABLE posts (author bigint REFERENCES users (id));",
        "db/report.sql": "SELECT 1;",
    }
    units = units_of(files, {"db/migrations": read_folder({"db/migrations/1_a.sql": "CREATE TABLE teams (id int);"})})
    target = units.pop("db/posts.sql")
    assert [one.file for one in builds_on(target, units, "db/posts.sql")] == ["db/types.sql", "db/users.sql"]
    added = Unit((read_script("sql/x.sql", "ALTER TABLE teams ADD COLUMN name text;"),))
    assert [one.file for one in builds_on(added, units, "sql/x.sql")] == ["db/migrations/1_a.sql"]


def test_scripts_that_name_each_other_end() -> None:
    files = {"a.sql": "CREATE TABLE a (b int);", "b.sql": "CREATE TABLE b (a int);"}
    units = units_of(files, {})
    target = units.pop("a.sql")
    assert [one.file for one in builds_on(target, units, "a.sql")] == ["b.sql"]
