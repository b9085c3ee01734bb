import pytest

from backend_developer.workspace.migrations.sql import folder_of, is_of_another_server, read_folder, up_lines


@pytest.mark.parametrize(
    ("path", "folder"),
    [
        ("migrations/0001_users.sql", "migrations"),
        ("db/V2__teams.sql", "db"),
        ("prisma/migrations/20260101120000_users/migration.sql", "prisma/migrations"),
        ("prisma/migrations/20260101120000_users/down.sql", "prisma/migrations"),
        ("migrations/2026-01-01-120000_users/up.sql", "migrations"),
        ("drizzle/0000_quick_hulk.sql", "drizzle"),
        ("sql/migrations/users.sql", "sql/migrations"),
        ("queries/0001_users.sql", None),
        ("tests/migrations/0001_users.sql", None),
        ("app/report.sql", None),
        ("migrations/0001_users.py", None),
    ],
)
def test_a_migrations_folder_is_known_by_its_files(path: str, folder: str | None) -> None:
    assert folder_of(path) == folder


def test_the_order_is_by_number() -> None:
    names = ["m/10_c.sql", "m/V9__b.sql", "m/1_a.sql"]
    assert [one.file for one in read_folder(dict.fromkeys(names, "SELECT 1"))] == [
        "m/1_a.sql",
        "m/V9__b.sql",
        "m/10_c.sql",
    ]


def test_a_pair_is_one_migration() -> None:
    (one,) = read_folder({"m/1_a.up.sql": "SELECT 1;", "m/1_a.down.sql": "\nSELECT 2;"})
    assert one.down is not None
    assert (one.file, one.up[0].sql, one.down[0].line, one.down_file) == (
        "m/1_a.up.sql",
        "SELECT 1",
        2,
        "m/1_a.down.sql",
    )


@pytest.mark.parametrize(("up", "down"), [("migration.sql", "down.sql"), ("up.sql", "down.sql")])
def test_a_folder_for_each_migration_holds_its_way_back(up: str, down: str) -> None:
    folders = ["m/20260102_b", "m/20260101_a"]
    files = {f"{folder}/{name}": "SELECT 1;" for folder in folders for name in (up, down)}
    files |= {"m/20260103_c/migration.sql": "SELECT 1;"}
    found = [(one.file, one.down_file) for one in read_folder(files)]
    assert found == [
        (f"m/20260101_a/{up}", "m/20260101_a/down.sql"),
        (f"m/20260102_b/{up}", "m/20260102_b/down.sql"),
        ("m/20260103_c/migration.sql", None),
    ]


@pytest.mark.parametrize(("up", "down"), [("-- migrate:up", "-- migrate:down"), ("-- +goose Up", "-- +goose Down")])
def test_sections_of_a_file_keep_their_lines(up: str, down: str) -> None:
    text = f"{up}\nSELECT 1;\n\n{down}\nSELECT 2;\n"
    (one,) = read_folder({"m/1_a.sql": text})
    assert one.down is not None
    assert [(each.sql, each.line) for each in (*one.up, *one.down)] == [("SELECT 1", 2), ("SELECT 2", 5)]
    assert (2 in up_lines(text), 5 in up_lines(text)) == (True, False)


def test_sql_of_other_servers_is_told_from_postgresqls() -> None:
    assert is_of_another_server(["CREATE TABLE t (id int AUTO_INCREMENT)"])
    assert not is_of_another_server(["-- like `x` in MySQL\nCREATE TABLE t (id int)"])
