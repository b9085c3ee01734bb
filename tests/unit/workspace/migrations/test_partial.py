import pytest

from backend_developer.workspace.migrations.catalog import Schema, Table
from backend_developer.workspace.migrations.failure import Failure
from backend_developer.workspace.migrations.partial import Gaps, LeftOut
from backend_developer.workspace.migrations.sql import SqlMigration
from backend_developer.workspace.migrations.statements import split
from backend_developer.workspace.postgres.extensions import refusals

OLD = "CREATE TYPE mood AS ENUM ('glad');\nCREATE FUNCTION fold(text) RETURNS text LANGUAGE sql AS 'SELECT $1';\n"
COLUMNS = ({"name": "id"}, {"name": "word"}, {"name": "note"})
SCHEMA = Schema({"logs": Table(1, "logs", "logs", COLUMNS, (), (), ())})
INDEX = "CREATE INDEX logs_word ON logs USING gin (fold(word) gin_trgm_ops)"
UNIQUE = "CREATE UNIQUE INDEX logs_word ON logs USING gist (word gist_trgm_ops)"
PLACES = "CREATE TABLE places (id int, mood mood, at geometry)"


def migration(text: str) -> SqlMigration:
    return SqlMigration("m/1.sql", tuple(split(text)))


@pytest.mark.parametrize(
    ("left", "added", "touches"),
    [
        (INDEX, "ALTER TABLE logs ADD COLUMN n int", False),
        (INDEX, "ALTER TABLE logs DROP COLUMN note", False),
        (INDEX, "ALTER TABLE logs DROP COLUMN word", True),
        (INDEX, "DROP INDEX IF EXISTS logs_word", True),
        (INDEX, "DROP FUNCTION fold(text)", True),
        (UNIQUE, "INSERT INTO logs VALUES (1, 'a', 'b')", True),
        (PLACES, "ALTER TABLE logs DROP COLUMN word", False),
        (PLACES, "INSERT INTO places (id) VALUES (1)", True),
        (PLACES, "DROP TYPE mood", True),
        (PLACES, "DROP SCHEMA old CASCADE", True),
        ("CREATE VIEW near AS SELECT word <-> 'a' FROM logs", "ALTER TABLE logs ADD COLUMN n int", True),
        ("CREATE EXTENSION postgis", "CREATE TABLE notes (id int PRIMARY KEY)", False),
    ],
)
def test_what_touches_a_statement_that_was_left_out(left: str, added: str, touches: bool) -> None:
    gaps = Gaps([LeftOut(left, "m/1.sql", 9)])
    assert bool(gaps.touched_by([migration(added)], [migration(OLD)], SCHEMA)) is touches


@pytest.mark.parametrize(
    ("message", "explained"),
    [
        ('relation "places" does not exist', True),
        ('relation "logz" does not exist', False),
        ("function similarity(text, text) does not exist", True),
        ('operator class "gin_trgm_ops" does not exist for access method "gin"', True),
        ('extension "postgis" is not available', True),
        ('extension "pg_trgm" is not available', False),
        ('column "n" of relation "logs" contains null values', False),
    ],
)
def test_what_is_left_out_explains_what_names_it(message: str, explained: bool) -> None:
    gaps = Gaps([LeftOut(PLACES, "m/1.sql", 9)], refusals('extension "postgis" is not available'))
    assert gaps.explain(Failure(message, "m/2.sql", 1)) is explained


def test_what_is_left_out_is_left_out_of_the_migrations_alone() -> None:
    gaps = Gaps([LeftOut("CREATE EXTENSION postgis", "m/1.sql", 1)])
    (one,) = gaps.without([migration("CREATE EXTENSION postgis;\nCREATE EXTENSION vector;")])
    assert [each.sql for each in one.up] == ["CREATE EXTENSION vector"]
