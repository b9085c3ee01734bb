"""The gate `database` on small projects: plain SQL, Alembic and Django, on a real embedded PostgreSQL."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from backend_developer.contract import NoDatabase
from tests.support.database_judge import Judge, database_judge, errors, warnings
from tests.support.python_migrations import ALEMBIC, ALEMBIC_ADDED, DJANGO, DJANGO_ADDED, FIELD, REVISION

judge = pytest.fixture(database_judge)

USERS = (
    "CREATE TYPE mood AS ENUM ('glad', 'sad');\n"
    "CREATE TABLE users (\n    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,\n"
    "    email text NOT NULL UNIQUE CHECK (email = lower(email) AND length(email) BETWEEN 3 AND 254),\n"
    "    role varchar(10) NOT NULL CHECK (role IN ('reader', 'admin')),\n    mood mood NOT NULL,\n    age integer\n);\n"
    "CREATE TABLE posts (\n    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,\n"
    "    author bigint NOT NULL REFERENCES users (id),\n    code text NOT NULL\n);\n"
    "CREATE INDEX ON posts (author);\n"
)
SQL = {"db/migrations/0001_users.sql": USERS}


async def test_a_change_without_migrations_is_skipped(judge: Judge) -> None:
    result = await judge(SQL, {"app.py": "x = 1\n"})
    assert (result["status"], result["reason"]) == ("skip", "the task touched no migration")


async def test_a_correct_migration_passes_and_its_effect_is_the_evidence(judge: Judge) -> None:
    result = await judge(SQL, {"db/migrations/0002_name.sql": "ALTER TABLE users ADD COLUMN name text;\n"})
    assert (result["status"], result["findings"]) == ("pass", [])
    evidence = result["evidence"]["db/migrations"]
    assert evidence["schema"] == {"added": ["column users.name text"], "removed": [], "changed": []}
    assert evidence["sample_rows"] == {"users": 3, "posts": 3}
    assert evidence["tables_without_rows"] == {}


@pytest.mark.parametrize(
    ("statement", "line", "words"),
    [
        ("-- age\nALTER TABLE users\n  ALTER COLUMN age SET NOT NULL;\n", 2, "contains null values"),
        ("ALTER TABLE posts ADD UNIQUE (code);\n", 1, "is duplicated"),
        (
            "SELECT 1;\nALTER TABLE posts ALTER COLUMN code TYPE integer USING code::integer;\n",
            2,
            "invalid input syntax",
        ),
    ],
)
async def test_a_migration_that_fails_on_rows_fails_with_file_and_line(
    judge: Judge, statement: str, line: int, words: str
) -> None:
    result = await judge(SQL, {"db/migrations/0002_x.sql": statement})
    assert errors(result) == [("migration-failed-on-rows", "db/migrations/0002_x.sql", line)]
    assert words in result["findings"][0]["message"]


async def test_a_table_has_sample_rows_whatever_its_columns_are(judge: Judge) -> None:
    kinds = (
        "boolean", "date", "time", "timetz", "timestamp", "timestamptz", "interval", "json", "jsonb", "bytea", "inet",
        "cidr", "macaddr", "tsvector", "point", "uuid", "text[]", "int4range", "numeric(9, 2)", "real", "char(2)",
    )  # fmt: skip
    columns = "".join(f",\n    c{number} {kind} NOT NULL" for number, kind in enumerate(kinds))
    before = {"db/migrations/0001_all.sql": f"CREATE TABLE all_kinds (\n    id bigint PRIMARY KEY{columns}\n);\n"}
    change = {"db/migrations/0002_x.sql": "ALTER TABLE all_kinds ADD COLUMN name text;\n"}
    evidence = (await judge(before, change))["evidence"]["db/migrations"]
    assert (evidence["sample_rows"], evidence["tables_without_rows"]) == ({"all_kinds": 3}, {})


async def test_a_table_that_can_be_given_no_row_is_told_with_the_reason(judge: Judge) -> None:
    coded = {"db/migrations/0001_x.sql": "CREATE TABLE coded (code text PRIMARY KEY CHECK (code ~ '^Q-[0-9]{4}$'));\n"}
    result = await judge(coded, {"db/migrations/0002_x.sql": "ALTER TABLE coded ADD COLUMN name text;\n"})
    assert (result["status"], "table-without-rows" in warnings(result)) == ("pass", True)
    told = next(one["message"] for one in result["findings"] if one["code"] == "table-without-rows")
    assert told.startswith("table coded could be given no sample row")
    assert told.endswith('new row for relation "coded" violates check constraint "coded_code_check"')


async def test_the_position_and_hint_of_postgresql_lead_to_the_line(judge: Judge) -> None:
    result = await judge(
        SQL, {"db/migrations/0002_x.sql": "CREATE INDEX ON posts (author);\nSELECT id,\n  emial\nFROM users;\n"}
    )
    assert errors(result) == [("migration-failed", "db/migrations/0002_x.sql", 3)]
    assert "HINT: Perhaps you meant to reference the column" in result["findings"][0]["message"]


async def test_design_and_locks_are_told_with_their_lines(judge: Judge) -> None:
    script = (
        "CREATE TABLE logs (\n    at timestamp,\n    user_id bigint REFERENCES users (id),\n    price real,\n"
        "    kind_id varchar\n);\nCREATE INDEX CONCURRENTLY logs_at ON logs (at);\nDROP TABLE posts;\n"
    )
    result = await judge(SQL, {"db/migrations/0002_logs.sql": script})
    file = "db/migrations/0002_logs.sql"
    assert set(errors(result)) == {
        ("no-primary-key", file, 1),
        ("timestamp-without-zone", file, 2),
        ("foreign-key-without-index", file, 3),
        ("money-in-float", file, 4),
    }
    assert {"unbounded-varchar-id", "ban-drop-table"} <= warnings(result)


async def test_a_pair_goes_down_and_up_and_a_broken_down_is_named(judge: Judge) -> None:
    up = {"m/1_a.up.sql": "CREATE TABLE a (id bigint PRIMARY KEY);\n", "m/1_a.down.sql": "DROP TABLE a;\n"}
    result = await judge({}, up)
    assert (result["status"], result["evidence"]["m"]["down"]) == ("pass", "applied")
    result = await judge({}, {**up, "m/1_a.down.sql": "\nDROP TABLE b;\n"})
    assert errors(result) == [("down-failed", "m/1_a.down.sql", 2)]
    result = await judge({}, {**up, "m/1_a.down.sql": "SELECT 1;\n"})
    assert errors(result) == [("up-again-failed", "m/1_a.up.sql", 1)]


async def test_a_migration_of_before_may_not_be_rewritten_unless_the_task_names_it(judge: Judge) -> None:
    change = {"db/migrations/0001_users.sql": USERS.replace("age integer", "age bigint")}
    assert errors(await judge(SQL, change)) == [("migration-rewritten", "db/migrations/0001_users.sql", None)]
    result = await judge(SQL, change, named=("db/migrations/0001_users.sql",))
    assert (result["status"], warnings(result)) == ("pass", {"migration-rewritten"})


async def test_a_migration_of_before_may_not_be_deleted_unless_the_task_names_it(judge: Judge) -> None:
    before = {**SQL, "db/migrations/0002_name.sql": "ALTER TABLE users ADD COLUMN name text;\n"}
    gone = {"db/migrations/0002_name.sql": None}
    assert errors(await judge(before, gone)) == [("migration-deleted", "db/migrations/0002_name.sql", None)]
    result = await judge(before, gone, named=("db/migrations/0002_name.sql",))
    assert (result["status"], warnings(result)) == ("pass", {"migration-deleted"})


async def test_what_failed_before_the_change_is_told_and_not_held_against_it(judge: Judge) -> None:
    before = {**SQL, "db/migrations/0002_old.sql": "DROP TABLE nowhere;\n"}
    result = await judge(before, {"db/migrations/0003_new.sql": "ALTER TABLE users ADD COLUMN name text;\n"})
    assert (result["status"], warnings(result)) == ("skip", {"migration-failed"})
    assert "nowhere" in result["evidence"]["db/migrations"]["before"]
    assert "failed before the change as well, so nothing shows what it does" in result["evidence"]["unproven"]


async def test_a_lost_server_is_no_fault_of_the_change(judge: Judge) -> None:
    @asynccontextmanager
    async def away() -> AsyncIterator[str]:
        raise NoDatabase("It is gone.", "Start it.", source="postgres")
        yield

    result = await judge({}, SQL, database_of=away)
    assert (result["status"], result["reason"]) == ("error", "It is gone. Start it.")


async def test_the_gate_can_be_switched_off_and_leaves_other_servers_alone(judge: Judge) -> None:
    off = {"backend-developer.toml": "[database]\ngate = false\n"}
    assert (await judge(off, SQL))["status"] == "skip"
    mysql = {"my/0001_x.sql": "CREATE TABLE `x` (id int AUTO_INCREMENT);\n", "backend-developer.toml": ""}
    result = await judge({}, mysql)
    assert (result["status"], "another server" in result["reason"]) == ("skip", True)


async def test_sql_of_another_server_in_a_new_file_is_no_excuse(judge: Judge) -> None:
    result = await judge(SQL, {"db/migrations/0002_x.sql": "ALTER TABLE users\n    ADD COLUMN `name` text;\n"})
    assert errors(result) == [("migration-failed", "db/migrations/0002_x.sql", 2)]


async def test_nor_is_it_in_the_first_file_of_a_project_with_a_driver_of_postgresql(judge: Judge) -> None:
    driver = {"package.json": '{"dependencies": {"pg": "8"}}'}
    result = await judge(driver, {"migrations/0001_x.sql": "CREATE TABLE x (id int AUTO_INCREMENT);\n"})
    assert errors(result) == [("migration-failed", "migrations/0001_x.sql", 1)]


async def test_a_project_on_another_server_is_left_alone(judge: Judge) -> None:
    before = {"package.json": '{"dependencies": {"better-sqlite3": "1"}}', "m/1_a.sql": "CREATE TABLE a (id text);\n"}
    result = await judge(before, {"m/2_b.sql": "CREATE TABLE b (id INTEGER PRIMARY KEY AUTOINCREMENT);\n"})
    assert (result["status"], result["reason"]) == ("skip", "the project's database is sqlite")
    beside = {**before, "package.json": '{"dependencies": {"redis": "1"}}'}
    assert (await judge(beside, {"m/2_b.sql": "CREATE TABLE b (id bigint PRIMARY KEY);\n"}))["status"] == "pass"


async def test_prismas_lock_file_says_whose_its_migrations_are(judge: Judge) -> None:
    lock = {"p/migrations/migration_lock.toml": 'provider = "sqlite"\n'}
    dated = {"p/migrations/20260101_x/migration.sql": 'CREATE TABLE "X" ("id" TEXT PRIMARY KEY, "at" DATETIME);\n'}
    result = await judge(lock, dated)
    assert (result["status"], "another server" in result["reason"]) == ("skip", True)


async def test_a_task_does_not_take_prismas_migrations_to_another_server(judge: Judge) -> None:
    old = {
        "p/migrations/migration_lock.toml": 'provider = "postgresql"\n',
        "p/migrations/20260101_x/migration.sql": 'CREATE TABLE "X" ("id" TEXT PRIMARY KEY);\n',
    }
    new = "p/migrations/20260102_y/migration.sql"
    change = {"p/migrations/migration_lock.toml": 'provider = "sqlite"\n', new: 'ALTER TABLE "Y" ADD "n" TEXT;\n'}
    assert ("migration-failed", new, 1) in errors(await judge(old, change))


async def test_rows_that_a_script_copies_are_copied(judge: Judge) -> None:
    rows = "COPY kinds (id, name) FROM stdin;\n1\tit's; so\n2\t\\N\n\\.\n"
    seeds = f"CREATE TABLE kinds (id bigint PRIMARY KEY, name text);\n{rows}"
    assert (await judge(SQL, {"db/migrations/0002_kinds.sql": seeds}))["status"] == "pass"
    result = await judge(SQL, {"db/migrations/0002_kinds.sql": f"{seeds}ALTER TABLE kinds ADD CHECK (id < 2);\n"})
    assert errors(result) == [("migration-failed", "db/migrations/0002_kinds.sql", 6)]
    result = await judge(SQL, {"db/migrations/0002_kinds.sql": seeds.replace("\n2\t", "\ntwo\t")})
    assert errors(result) == [("migration-failed", "db/migrations/0002_kinds.sql", 2)]


async def test_a_transaction_that_is_not_ended_is_a_fault(judge: Judge) -> None:
    result = await judge(SQL, {"db/migrations/0002_x.sql": "\nBEGIN;\nALTER TABLE users ADD COLUMN name text;\n"})
    assert errors(result) == [("migration-failed", "db/migrations/0002_x.sql", 2)]


async def test_alembic_goes_up_down_and_up(judge: Judge) -> None:
    result = await judge(ALEMBIC, {ALEMBIC_ADDED: REVISION.format(null="", column="name")})
    assert (result["status"], result["findings"]) == ("pass", [])
    assert result["evidence"]["alembic"]["schema"]["added"] == ["column users.name text"]
    assert result["evidence"]["alembic"]["down"] == "applied"
    assert "alembic" in result["command"]


async def test_alembic_failures_carry_file_line_and_postgresqls_words(judge: Judge) -> None:
    result = await judge(ALEMBIC, {ALEMBIC_ADDED: REVISION.format(null=", nullable=False", column="nmae")})
    assert set(errors(result)) == {
        ("migration-failed-on-rows", ALEMBIC_ADDED, 8),
        ("down-failed", ALEMBIC_ADDED, 12),
        ("adding-required-field", ALEMBIC_ADDED, 8),
    }
    told = " ".join(one["message"] for one in result["findings"])
    assert 'column "name" of relation "users" contains null values' in told


async def test_django_goes_up_down_and_up(judge: Judge) -> None:
    result = await judge(DJANGO, {DJANGO_ADDED: FIELD.format(more="")})
    assert (result["status"], errors(result)) == ("pass", [])
    assert result["evidence"]["django"]["schema"]["added"] == ["column shop_item.note text"]


async def test_a_django_migration_that_fails_on_rows_is_placed(judge: Judge) -> None:
    more = "migrations.RunSQL('ALTER TABLE shop_item ADD COLUMN size integer NOT NULL', migrations.RunSQL.noop),"
    result = await judge(DJANGO, {DJANGO_ADDED: FIELD.format(more=more)})
    assert ("migration-failed-on-rows", DJANGO_ADDED, 8) in errors(result)
