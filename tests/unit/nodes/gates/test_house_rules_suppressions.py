import pytest

from backend_developer.nodes.gates.house_rules.change import Change
from backend_developer.nodes.gates.house_rules.suppressions import check_suppressions


def judge(after: str, before: str = "", *, path: str = "app/a.py") -> list[tuple[str, int | None, str]]:
    found = check_suppressions([Change(path, before.encode(), after.encode())])
    return [(finding.code, finding.line, finding.level) for finding in found]


@pytest.mark.parametrize(
    ("line", "code", "level"),
    [
        ("# ruff: noqa", "file-silenced", "error"),
        ("# ruff: noqa: F401", "file-silenced", "error"),
        ("# flake8: noqa", "file-silenced", "error"),
        ("# mypy: ignore-errors", "file-silenced", "error"),
        ("# mypy: ignore_errors=True", "file-silenced", "error"),
        ("# mypy: strict, disable_error_code=arg-type", "file-silenced", "error"),
        ("# mypy: allow-untyped-defs", "file-silenced", "error"),
        ("# mypy: disallow_untyped_defs=False", "file-silenced", "error"),
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


@pytest.mark.parametrize(
    ("path", "line", "code"),
    [
        ("a.ts", "/* eslint-disable */", "file-silenced"),
        ("a.ts", "/* eslint-disable no-console */", "file-silenced"),
        ("a.ts", "/*\n  eslint-disable\n*/", "file-silenced"),
        ("a.ts", '/* eslint no-console: "off", eqeqeq: 2 */', "file-silenced"),
        ("a.ts", "/* eslint eqeqeq: 2, no-console: [0] */", "file-silenced"),
        ("a.tsx", "// @ts-nocheck", "file-silenced"),
        ("a.js", "f(); // eslint-disable-line", "line-silenced"),
        ("a.js", "// eslint-disable-next-line -- wanted", "line-silenced"),
        ("a.ts", "// @ts-ignore", "line-silenced"),
        ("a.ts", "// eslint-disable-next-line no-console", "code-silenced"),
        ("a.ts", "// @ts-expect-error the types are wrong", "code-silenced"),
        ("a.ts", "// biome-ignore lint/style: old", "code-silenced"),
        ("a.go", "x := f() //nolint", "line-silenced"),
        ("a.go", "x := f() //nolint:all // wanted", "line-silenced"),
        ("a.go", "x := f() //nolint:errcheck // closed anyway", "code-silenced"),
        ("a.rs", "#![allow(dead_code)]", "file-silenced"),
        ("a.rs", "#[allow(warnings)]", "line-silenced"),
        ("a.rs", "#[allow(clippy::too_many_arguments)]", "code-silenced"),
        ("a.cs", "#pragma warning disable", "line-silenced"),
        ("a.cs", "#pragma warning disable CS0168", "code-silenced"),
        ("a.sql", "-- squawk-ignore-file", "file-silenced"),
        ("a.sql", "/* squawk-ignore-file ban-drop-table */", "file-silenced"),
        ("a.sql", "-- squawk-ignore", "line-silenced"),
        ("a.sql", "-- squawk-ignore ban-drop-table, renaming-table", "code-silenced"),
    ],
)
def test_each_language_has_its_own(path: str, line: str, code: str) -> None:
    level = "warning" if code == "code-silenced" else "error"
    assert judge(f"\n{line}\n", path=path) == [(code, 2, level)]


def test_a_mark_before_the_package_silences_a_whole_go_file() -> None:
    assert judge("//nolint:errcheck\npackage users\n", path="a.go") == [("file-silenced", 1, "error")]


def test_a_note_on_squawk_in_sql_silences_nothing() -> None:
    assert judge("-- see what squawk-ignore does\nDROP TABLE a; -- squawk-ignored here\n", path="a.sql") == []


@pytest.mark.parametrize("path", ["a.ts", "a.go", "a.rs", "a.cs", "a.md"])
def test_plain_comments_of_other_languages_are_left_alone(path: str) -> None:
    assert judge("// eslint, nolint and pragma are words\n", path=path) == []
