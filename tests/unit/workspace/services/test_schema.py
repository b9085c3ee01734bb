from pathlib import Path
from typing import Any

import pytest

from backend_developer.workspace.services.playback import Answer, Playback
from backend_developer.workspace.services.schema import contradicts, find_schema
from backend_developer.workspace.toolchains.base import Package, ServiceSpec

TABLE = "CREATE TABLE users (id bigint PRIMARY KEY);\n"


def service(package: str = ".", **fields: bool) -> ServiceSpec:
    given: dict[str, Any] = {"wants_database": True, **fields}
    return ServiceSpec(argv=("serve",), package=Package("go", package), framework="x", **given)


def write(root: Path, files: dict[str, str]) -> Path:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


def test_the_migrations_are_found_in_their_order(tmp_path: Path) -> None:
    names = ("db/migrations/10_b.up.sql", "db/migrations/9_a.up.sql", "db/migrations/9_a.down.sql")
    root = write(tmp_path, {**dict.fromkeys(names, TABLE), "queries/1_all.sql": "SELECT 1;", "main.go": "package main"})
    found = find_schema(root, service())
    assert found.files == ("db/migrations/9_a.up.sql", "db/migrations/10_b.up.sql")
    assert not found.by_service


@pytest.mark.parametrize("fields", [{"wants_database": False}, {"migrates": True}])
def test_none_are_applied_where_nothing_asks_for_it(tmp_path: Path, fields: dict[str, bool]) -> None:
    assert find_schema(write(tmp_path, {"migrations/1_a.sql": TABLE}), service(".", **fields)).files == ()


def test_a_packages_own_come_before_those_of_the_workspace(tmp_path: Path) -> None:
    root = write(tmp_path, {"a/migrations/1_a.sql": TABLE, "db/migrations/1_b.sql": TABLE})
    assert find_schema(root, service("a")).files == ("a/migrations/1_a.sql",)
    assert find_schema(root, service("c")).files == ("a/migrations/1_a.sql", "db/migrations/1_b.sql")


def test_a_database_without_migrations_begins_with_its_script(tmp_path: Path) -> None:
    root = write(tmp_path, {"db/schema.sql": TABLE, "db/report.sql": TABLE})
    assert find_schema(root, service()).files == ("db/schema.sql",)
    write(root, {"main.go": "//go:embed db/schema.sql\nvar schema string\n"})
    assert find_schema(root, service()).by_service


def test_those_of_another_server_are_left_alone(tmp_path: Path) -> None:
    root = write(tmp_path, {"migrations/1_a.sql": "CREATE TABLE `users` (id int AUTO_INCREMENT);\n"})
    assert find_schema(root, service()).files == ()


@pytest.mark.parametrize(
    ("path", "source", "by_service"),
    [
        ("app/migrate.py", 'FOLDER = Path(__file__).parent / "migrations"\n', True),
        ("main.go", 'm, err := migrate.New("file://db/migrations", url)\n', True),
        ("main.go", "//go:embed migrations/*.sql\nvar files embed.FS\n", True),
        ("src/main.rs", "sqlx::migrate!().run(&pool).await?;\n", True),
        ("src/migrate.ts", "await migrate(db, { migrationsFolder: './migrations' });\n", True),
        ("main.go", 'log.Print("run the migrations first")\n', False),
        ("tests/conftest.py", 'FOLDER = "migrations"\n', False),
        ("knexfile.js", "module.exports = { directory: './migrations' };\n", False),
    ],
)
def test_a_service_that_applies_them_by_itself_says_so(
    tmp_path: Path, path: str, source: str, by_service: bool
) -> None:
    root = write(tmp_path, {"migrations/1_a.sql": TABLE, path: source})
    assert find_schema(root, service()).by_service is by_service


def test_postgresqls_words_show_who_applies_them() -> None:
    dead = Playback(command="serve", log_tail='pq: relation "users" already exists')
    alive = Playback(command="serve", url="http://x", log_tail='relation "users" already exists')
    assert (contradicts(dead, applied=True), contradicts(alive, applied=True)) == (True, False)
    asked = Answer(
        1, "GET", "/users", None, {}, body='{"error": "relation \\"users\\" does not exist (SQLSTATE 42P01)"}'
    )
    empty = Playback(command="serve", url="http://x", answers=(asked,))
    assert (contradicts(empty, applied=False), contradicts(empty, applied=True)) == (True, False)
