import pytest

from backend_developer.workspace.migrations.psql import Psql
from backend_developer.workspace.migrations.sql import read_folder

FILES = {"sql/types.sql": "CREATE TYPE mood AS ENUM ('glad');\n", "sql/deep/a.sql": "\\ir ../types.sql\nSELECT 1;\n"}


def read(script: str, path: str = "db/0001_x.sql") -> list[tuple[str, int, str | None]]:
    return [(one.sql, one.line, one.file) for one in Psql(FILES).read(path, script)]


def refusals(script: str) -> list[tuple[int, str]]:
    return [(one.line, one.refused) for one in Psql(FILES).read("db/0001_x.sql", script) if one.refused]


def test_included_files_keep_their_own_place() -> None:
    assert read("SELECT 0;\n\\i sql/deep/a.sql\nSELECT 2;\n") == [
        ("SELECT 0", 1, None),
        ("CREATE TYPE mood AS ENUM ('glad')", 1, "sql/types.sql"),
        ("SELECT 1", 2, "sql/deep/a.sql"),
        ("SELECT 2", 3, None),
    ]


@pytest.mark.parametrize(
    ("script", "sent"),
    [
        ("\\set name users\nSELECT 1 FROM :name;", "SELECT 1 FROM users"),
        ("\\set name 'it''s'\nSELECT :'name', ':name', 1::int, a[1:2];", "SELECT 'it''s', ':name', 1::int, a[1:2]"),
        ('\\set name "x"\nSELECT 1 AS :"name", ":name";', 'SELECT 1 AS """x""", ":name"'),
        ("\\set a 1\n\\set b :a 2\nSELECT :b, :c, $$:a$$;", "SELECT 12, :c, $$:a$$"),
        ("\\set a 1\n\\unset a\nSELECT :a;", "SELECT :a"),
        ("\\echo it's done\n\\restrict xyz\n\\d users\n\\timing on\nSELECT 1;", "SELECT 1"),
        ("\\set ON_ERROR_STOP on\nSELECT E'\\\\n';", "SELECT E'\\\\n'"),
        ("-- \\connect x\nSELECT '\\i a';", "SELECT '\\i a'"),
    ],
)
def test_what_only_psql_knows_is_done_as_psql_does_it(script: str, sent: str) -> None:
    assert [sql for sql, _, _ in read(script)] == [sent]
    assert refusals(script) == []


@pytest.mark.parametrize(
    ("script", "line", "words"),
    [
        ("SELECT 1;\n\\connect other\n", 2, "\\connect is not followed here"),
        ("\\c other", 1, "\\c is not followed here"),
        ("SELECT 1;\n\n\\copy t FROM 'a.csv'\n", 3, "\\copy is not followed here"),
        ("SELECT 'SELECT 1'\n\\gexec\n", 2, "\\gexec is not followed here"),
        ("\\! rm x", 1, "\\! is not followed here"),
        ("\\if true\n\\endif", 1, "\\if is not followed here"),
        ("\\set ON_ERROR_STOP off", 1, "lets errors pass"),
        ("\\set a `date`", 1, "runs a command of the shell"),
        ("\\i nowhere.sql", 1, "names nowhere.sql, which is no SQL file of the project"),
    ],
)
def test_what_cannot_be_followed_is_refused_at_its_line(script: str, line: int, words: str) -> None:
    found = refusals(script)
    assert found[0][0] == line
    assert words in found[0][1]
    assert Psql(FILES).read("x.sql", script)[0].refused or script.startswith("SELECT 1;")


def test_a_file_that_includes_itself_ends() -> None:
    files = {"a.sql": "\\ir a.sql\n"}
    (one,) = Psql(files).read("a.sql", files["a.sql"])
    assert "being read already" in (one.refused or "")


def test_rows_stay_rows_beside_commands() -> None:
    script = "\\restrict x\nCOPY t (a) FROM stdin;\n\\N\tit's\n\\.\nSELECT 2;\n"
    copy, last = Psql({}).read("a.sql", script)
    assert (copy.data, copy.line, last.sql, last.line) == ("\\N\tit's\n", 2, "SELECT 2", 5)


def test_a_file_that_only_includes_the_others_of_its_folder_is_no_step_of_its_own() -> None:
    files = {"m/all.sql": "\\ir 1_a.sql\n\\ir 2_b.sql\n", "m/1_a.sql": "SELECT 1;", "m/2_b.sql": "SELECT 2;"}
    assert [one.file for one in read_folder({**files, "m/migrations.sql": ""}, every=files)][-2:] == [
        "m/1_a.sql",
        "m/2_b.sql",
    ]
    others = {"m/3_c.sql": "\\ir ../f.sql\n", "f.sql": "SELECT 3;"}
    (one,) = read_folder({"m/3_c.sql": others["m/3_c.sql"]}, every=others)
    assert (one.up[0].file, "SELECT 3" in one.text) == ("f.sql", True)
