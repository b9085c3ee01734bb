"""The gate `database` on the folders of the usual migration tools: Prisma, golang-migrate, sqlx, goose and others."""

from dataclasses import dataclass, field

import pytest

from tests.support.database_judge import Files, Judge, database_judge, errors

judge = pytest.fixture(database_judge)

USERS = "CREATE TABLE users (\n    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,\n    email text NOT NULL\n);\n"
ADD = "ALTER TABLE users ADD COLUMN name text;\n"
REQUIRE = "-- every user has a name\nALTER TABLE users\n    ADD COLUMN name text NOT NULL;\n"
DROP = "ALTER TABLE users DROP COLUMN name;\n"
WRONG = "ALTER TABLE users DROP COLUMN nickname;\n"
PLACED = "-- +goose Up\n-- +goose StatementBegin\n{up}-- +goose StatementEnd\n-- +goose Down\n{down}"


@dataclass(frozen=True)
class Layout:
    """How one tool lays its migrations out."""

    folder: str
    old: Files
    up: str
    """The file of the new migration."""
    down: str | None = None
    """The file of its way back, which may be the same."""
    text: str = "{up}"
    beside: Files = field(default_factory=dict)

    def files(self, up: str, down: str) -> Files:
        """The new migration."""
        found = {self.up: self.text.format(up=up, down=down)}
        return found if self.down in (None, self.up) else {**found, str(self.down): down}


LAYOUTS = {
    "prisma": Layout(
        folder="prisma/migrations",
        old={"prisma/migrations/20260101120000_users/migration.sql": USERS},
        up="prisma/migrations/20260102120000_name/migration.sql",
        down="prisma/migrations/20260102120000_name/down.sql",
        beside={
            "prisma/schema.prisma": 'datasource db {\n  provider = "postgresql"\n  url = env("DATABASE_URL")\n}\n',
            "prisma/migrations/migration_lock.toml": 'provider = "postgresql"\n',
        },
    ),
    "golang-migrate": Layout(
        folder="db/migrations",
        old={"db/migrations/000001_users.up.sql": USERS, "db/migrations/000001_users.down.sql": "DROP TABLE users;\n"},
        up="db/migrations/000002_name.up.sql",
        down="db/migrations/000002_name.down.sql",
    ),
    "sqlx": Layout(
        folder="migrations",
        old={"migrations/20260101120000_users.sql": USERS},
        up="migrations/20260102120000_name.sql",
    ),
    "sqlx with ways back": Layout(
        folder="migrations",
        old={"migrations/20260101120000_users.up.sql": USERS},
        up="migrations/20260102120000_name.up.sql",
        down="migrations/20260102120000_name.down.sql",
    ),
    "goose": Layout(
        folder="migrations",
        old={"migrations/00001_users.sql": f"-- +goose Up\n{USERS}\n-- +goose Down\nDROP TABLE users;\n"},
        up="migrations/00002_name.sql",
        down="migrations/00002_name.sql",
        text=PLACED,
    ),
    "diesel": Layout(
        folder="migrations",
        old={"migrations/2026-01-01-120000_users/up.sql": USERS},
        up="migrations/2026-01-02-120000_name/up.sql",
        down="migrations/2026-01-02-120000_name/down.sql",
    ),
    "drizzle": Layout(
        folder="drizzle",
        old={"drizzle/0000_users.sql": USERS},
        up="drizzle/0001_name.sql",
        text="{up}--> statement-breakpoint\nCREATE INDEX users_email ON users (email);\n",
    ),
}
every = pytest.mark.parametrize("name", LAYOUTS)
reversible = pytest.mark.parametrize("name", [name for name, one in LAYOUTS.items() if one.down])


def line_of(layout: Layout, files: Files, statement: str) -> int:
    """The line that a statement begins on, in whichever of the files holds it."""
    text = next(text for text in files.values() if statement in text)
    return text.count("\n", 0, text.index(statement)) + 1


@every
async def test_a_correct_migration_is_applied_every_way(judge: Judge, name: str) -> None:
    layout = LAYOUTS[name]
    result = await judge({**layout.old, **layout.beside}, layout.files(ADD, DROP))
    assert (result["status"], errors(result)) == ("pass", [])
    evidence = result["evidence"][layout.folder]
    assert "column users.name text" in evidence["schema"]["added"]
    assert evidence["sample_rows"] == {"users": 3}
    assert (evidence["up"], evidence["down"] == "applied") == ("applied", layout.down is not None)


@every
async def test_a_required_column_without_default_fails_on_rows_with_file_and_line(judge: Judge, name: str) -> None:
    layout = LAYOUTS[name]
    files = layout.files(REQUIRE, DROP)
    result = await judge({**layout.old, **layout.beside}, files)
    assert ("migration-failed-on-rows", layout.up, line_of(layout, files, "ALTER TABLE users\n")) in errors(result)
    told = next(one["message"] for one in result["findings"] if one["code"] == "migration-failed-on-rows")
    assert 'column "name" of relation "users" contains null values' in told


@every
async def test_a_misspelt_name_fails_with_postgresqls_own_hint(judge: Judge, name: str) -> None:
    layout = LAYOUTS[name]
    result = await judge(layout.old, layout.files("UPDATE users\nSET email = lower(emial);\n", DROP))
    told = next(one for one in result["findings"] if one["code"] == "migration-failed")
    line = 2 + (layout.text.index("{up}") and layout.text.count("\n", 0, layout.text.index("{up}")))
    assert (told["file"], told["line"]) == (layout.up, line)
    assert 'HINT: Perhaps you meant to reference the column "users.email"' in told["message"]


@reversible
async def test_a_broken_way_back_fails_with_file_and_line(judge: Judge, name: str) -> None:
    layout = LAYOUTS[name]
    files = layout.files(ADD, f"\n{WRONG}")
    result = await judge(layout.old, files)
    assert errors(result) == [("down-failed", layout.down, line_of(layout, files, WRONG))]
    assert 'column "nickname" of relation "users" does not exist' in result["findings"][0]["message"]


async def test_a_body_between_gooses_marks_stays_in_one_piece(judge: Judge) -> None:
    body = (
        "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n    NEW.email := lower(NEW.email);\n"
        "    RETURN NEW;\nEND;\n$$;\n"
    )
    layout = LAYOUTS["goose"]
    result = await judge(layout.old, {layout.up: PLACED.format(up=body, down="DROP FUNCTION touch();\n")})
    assert (result["status"], result["evidence"]["migrations"]["down"]) == ("pass", "applied")


async def test_goose_builds_no_index_concurrently_unless_it_is_told_to_open_no_transaction(judge: Judge) -> None:
    layout = LAYOUTS["goose"]
    placed = PLACED.format(up="CREATE INDEX CONCURRENTLY i ON users (email);\n", down="DROP INDEX i;\n")
    result = await judge(layout.old, {layout.up: placed})
    assert errors(result) == [("migration-failed", layout.up, 3)]
    result = await judge(layout.old, {layout.up: f"-- +goose NO TRANSACTION\n{placed}"})
    assert (result["status"], errors(result)) == ("pass", [])


@pytest.mark.parametrize("name", ["prisma", "golang-migrate", "diesel", "drizzle"])
async def test_an_index_is_not_built_concurrently_beside_another_statement(judge: Judge, name: str) -> None:
    layout = LAYOUTS[name]
    files = layout.files(f"{ADD}CREATE INDEX CONCURRENTLY i ON users (email);\n", DROP)
    result = await judge({**layout.old, **layout.beside}, files)
    line = line_of(layout, files, "CREATE INDEX CONCURRENTLY")
    assert ("migration-failed", layout.up, line) in errors(result)
    assert "cannot run inside a transaction block" in result["findings"][0]["message"]
