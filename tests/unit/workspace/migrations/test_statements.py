import pytest

from backend_developer.workspace.migrations.statements import split


def test_statements_keep_their_lines_and_lose_the_comments_before_them() -> None:
    found = split("-- a; b\nSELECT 1;\n\n/* x; /* y; */ ; */ SELECT\n 2;\n-- end\n")
    assert [(one.sql, one.line) for one in found] == [("SELECT 1", 2), ("SELECT\n 2", 4)]


@pytest.mark.parametrize(
    "script",
    [
        "SELECT ';', E'\\';', \"a;b\"",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $x$ SELECT 1; SELECT $$;$$; $x$",
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END",
        "SELECT 'open; to the end",
    ],
)
def test_a_semicolon_inside_a_statement_does_not_end_it(script: str) -> None:
    assert [one.sql for one in split(script)] == [script] or script.startswith("SELECT 'open")


def test_a_position_of_postgresql_leads_to_a_line() -> None:
    (statement,) = split("\nSELECT a,\n  b\nFROM t")
    assert [statement.line_at(position) for position in (None, 1, 13, 18)] == [2, 2, 3, 4]


@pytest.mark.parametrize(
    ("sql", "alone"),
    [("CREATE INDEX CONCURRENTLY i ON t (a)", True), ("VACUUM t", True), ("CREATE INDEX i ON t (a)", False)],
)
def test_what_postgresql_refuses_in_a_transaction_is_known(sql: str, alone: bool) -> None:
    assert split(sql)[0].needs_no_transaction is alone


def test_rows_behind_a_copy_are_its_data_and_keep_their_lines() -> None:
    script = "COPY t (a) FROM stdin;\nit's; one\n$$two\n\\.\nSELECT 1;\nCOPY u FROM stdin;\n\\.\n"
    found = split(script)
    assert [(one.sql, one.line, one.data, one.reads_rows) for one in found] == [
        ("COPY t (a) FROM stdin", 1, "it's; one\n$$two\n", True),
        ("SELECT 1", 5, "", False),
        ("COPY u FROM stdin", 6, "", True),
    ]
