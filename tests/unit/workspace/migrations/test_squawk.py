import json

from backend_developer.workspace.migrations.squawk import read


def row(rule: str, line: int) -> dict[str, object]:
    return {"file": "m/1.sql", "line": line, "message": "It locks.", "help": None, "rule_name": rule}


def test_rules_of_style_are_left_out_and_lines_count_from_one() -> None:
    output = json.dumps([row("prefer-robust-stmts", 0), row("ban-drop-table", 1), row("adding-required-field", 2)])
    found = read(f"{output}\n")
    assert found is not None
    assert [(one.code, one.line, one.level) for one in found] == [
        ("ban-drop-table", 2, "warning"),
        ("adding-required-field", 3, "error"),
    ]


def test_an_output_without_an_answer_is_no_clean_bill() -> None:
    assert read("panic: out of memory\n") is None
    assert read("[\n") is None
    assert read("[]") == []
