import pytest

from backend_developer.nodes.gates.house_rules.change import Change
from backend_developer.nodes.gates.house_rules.suppressions import check_suppressions


def judge(after: str, before: str = "") -> list[tuple[str, int | None, str]]:
    found = check_suppressions([Change("app/a.py", before.encode(), after.encode())])
    return [(finding.code, finding.line, finding.level) for finding in found]


@pytest.mark.parametrize(
    ("line", "code", "level"),
    [
        ("# ruff: noqa", "file-silenced", "error"),
        ("# ruff: noqa: F401", "file-silenced", "error"),
        ("# flake8: noqa", "file-silenced", "error"),
        ("# mypy: ignore-errors", "file-silenced", "error"),
        ("import os  # noqa", "line-silenced", "error"),
        ("import os  # NoQA - wanted", "line-silenced", "error"),
        ("x = f()  # type: ignore", "line-silenced", "error"),
        ("import os  # noqa: F401", "code-silenced", "warning"),
        ("x = f()  # type: ignore[arg-type]", "code-silenced", "warning"),
    ],
)
def test_a_new_one_is_told(line: str, code: str, level: str) -> None:
    assert judge(f"x = 1\n{line}\n") == [(code, 2, level)]


def test_what_is_no_comment_or_silences_nothing_is_left_alone() -> None:
    assert judge('text = "# noqa"\n# a note on noqa-comments elsewhere\nx = 1  # type: int\n') == []


def test_an_old_one_stays_also_where_its_code_moves() -> None:
    line = "import os  # noqa\n"
    assert judge(f"x = 1\n{line}", before=line) == []
    moved = [Change("a.py", line.encode(), b""), Change("b.py", None, line.encode())]
    assert check_suppressions(moved) == []
    assert judge(line * 2, before=line) == [("line-silenced", 2, "error")]


def test_a_file_that_does_not_parse_is_not_ours() -> None:
    assert judge("def f(:\n  '''") == []
