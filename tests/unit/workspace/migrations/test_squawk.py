import json

import pytest

from backend_developer.workspace.migrations.squawk import Script, read, without_marks

SQL = "ALTER TABLE users ADD COLUMN a text;\nDROP TABLE posts;\nCREATE INDEX i ON logs (at);\n"


def row(rule: str, line: int) -> dict[str, object]:
    return {"file": "m/1.sql", "line": line, "message": "It locks.", "help": None, "rule_name": rule}


def script(*, old_tables: frozenset[str] | None = None) -> Script:
    return Script("m/1.sql", SQL, {1: 11, 2: 12, 3: 13}, old_tables)


def test_rules_of_style_are_left_out_and_lines_lead_to_the_file() -> None:
    rows = [row("prefer-robust-stmts", 0), row("ban-drop-table", 1), row("adding-required-field", 0)]
    found, unread = read(f"{json.dumps([*rows, row('ban-drop-table', 7)])}\n", [script()])
    assert unread == []
    assert [(one.code, one.line, one.level) for one in found] == [
        ("ban-drop-table", 12, "warning"),
        ("adding-required-field", 11, "error"),
    ]


def test_a_table_that_the_change_makes_itself_is_locked_for_nobody() -> None:
    rows = [row("adding-required-field", 0), row("require-concurrent-index-creation", 2)]
    found, _ = read(json.dumps(rows), [script(old_tables=frozenset({"users"}))])
    assert [one.code for one in found] == ["adding-required-field"]


@pytest.mark.parametrize("output", ["panic: out of memory\n", "[\n", ""])
def test_an_output_without_an_answer_is_no_clean_bill(output: str) -> None:
    found, unread = read(output, [script()])
    assert (found, len(unread)) == ([], 1)
    assert read("[]", [script()]) == ([], [])


def test_sql_that_squawk_cannot_read_is_told() -> None:
    assert read(json.dumps([row("syntax-error", 0)]), [script()]) == ([], ["squawk could not read m/1.sql"])


def test_marks_in_other_lines_stay() -> None:
    text = "-- squawk-ignore a\nSELECT 1;\n-- squawk-ignore-file\n"
    assert without_marks(text, {3}) == "-- squawk-ignore a\nSELECT 1;\n-- squawk_ignore-file\n"
