"""Plain SQL migrations on a real PostgreSQL, in the transactions that their tools send them in."""

from pathlib import Path

from backend_developer.workspace.migrations.apply import apply_up
from backend_developer.workspace.migrations.manners import Manner
from backend_developer.workspace.migrations.sql import SqlMigration
from backend_developer.workspace.migrations.statements import split
from tests.support.postgres import fresh_database

INDEX = "CREATE INDEX CONCURRENTLY {name} ON t (a);\n"
BESIDE = "ALTER TABLE t ADD COLUMN {name} int;\n"


def migration(manner: Manner, text: str) -> SqlMigration:
    return SqlMigration(file="m/1.sql", up=tuple(split(text)), manner=manner)


async def test_what_may_stand_in_no_transaction_depends_on_how_the_tool_sends_it(state_dir: Path) -> None:
    refused = "CREATE INDEX CONCURRENTLY cannot run inside a transaction block"
    async with fresh_database(state_dir) as url:
        assert await apply_up(url, [migration(Manner.LOOSE, "CREATE TABLE t (a int);")]) is None
        for number, (manner, alone, beside, between) in enumerate(
            [
                (Manner.QUERY, True, False, False),
                (Manner.TRANSACTION, False, False, False),
                (Manner.EACH, True, True, True),
                (Manner.LOOSE, True, True, True),
            ]
        ):
            texts = [INDEX, BESIDE + INDEX, f"BEGIN;\n{BESIDE}COMMIT;\n{INDEX}"]
            for which, passes in enumerate((alone, beside, between)):
                text = texts[which].format(name=f"n{number}{which}")
                failure = await apply_up(url, [migration(manner, text)])
                told = (failure.message, failure.line) if failure else None
                if manner is Manner.TRANSACTION and which == 2:
                    assert told is None  # its own COMMIT ends the tool's transaction
                else:
                    assert told == (None if passes else (refused, 1 + text[: text.index("CREATE")].count("\n")))


async def test_a_query_keeps_nothing_where_one_statement_fails_and_the_place_is_told(state_dir: Path) -> None:
    async with fresh_database(state_dir) as url:
        failure = await apply_up(
            url, [migration(Manner.QUERY, "CREATE TABLE t (a int);\n\nSELECT a,\n  b\nFROM t WHERE aa = 1;\n")]
        )
        assert failure is not None
        assert (failure.file, failure.line) == ("m/1.sql", 4)
        assert (
            await apply_up(url, [migration(Manner.QUERY, "CREATE TABLE t (a int);\nBEGIN;\nSELECT 1;\nCOMMIT;")])
            is None
        )
        failure = await apply_up(url, [migration(Manner.QUERY, "SELECT 1;\nBEGIN;\nSELECT 2;\n")])
        assert (failure and failure.line) == 2


async def test_only_psql_reads_rows_from_a_file(state_dir: Path) -> None:
    text = "CREATE TABLE t (a int);\nCOPY t (a) FROM stdin;\n1\n\\.\n"
    async with fresh_database(state_dir) as url:
        failure = await apply_up(url, [migration(Manner.QUERY, text)])
        assert (failure and (failure.line, "write INSERT" in failure.message)) == (2, True)
        assert await apply_up(url, [migration(Manner.LOOSE, text)]) is None
