"""The diffs are judged by an independent reader: applying one must give the new text."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from backend_developer.workspace.files import FILE, LINK, Content
from backend_developer.workspace.journal.diff import file_diff


def content(data: bytes | None, mode: int = FILE | 0o644) -> Content | None:
    return None if data is None else Content(data, mode)


def applied(old: str, diff: str) -> str:
    """The text after a unified diff, by its own words."""
    source, position = re.findall(r"[^\n]*\n|[^\n]+", old), 0
    result: list[str] = []
    for line in re.findall(r"[^\n]*\n(?!\\)|[^\n]*(?=\n\\)", diff.partition("@@")[1] + diff.partition("@@")[2]):
        hunk = re.match(r"@@ -(\d+)(?:,(\d+))?", line)
        if hunk:
            start = int(hunk[1]) - (hunk[2] != "0")
            result += source[position:start]
            position = start
        if line.startswith((" ", "-")):
            assert source[position] == line[1:]
            position += 1
        if line.startswith((" ", "+")):
            result.append(line[1:])
    return "".join([*result, *source[position:]])


def test_shows_a_change() -> None:
    assert file_diff("a.py", content(b"one\ntwo\n"), content(b"one\n2\n")) == (
        "diff --git a/a.py b/a.py\n--- a/a.py\n+++ b/a.py\n@@ -1,2 +1,2 @@\n one\n-two\n+2\n"
    )


def test_shows_new_and_deleted_files() -> None:
    new = file_diff("a", None, content(b"x\n", FILE | 0o755))
    assert "new file mode 100755\n--- /dev/null\n+++ b/a\n" in new
    assert "deleted file mode 100644\n--- a/a\n+++ /dev/null\n" in file_diff("a", content(b"x\n"), None)


def test_says_one_line_for_binary() -> None:
    assert file_diff("a", content(b"\0"), content(b"\1\0")).splitlines()[1] == "Binary files a/a and b/a differ"


def test_shows_a_missing_final_newline() -> None:
    assert file_diff("a", content(b"x"), content(b"y\n")).endswith("-x\n\\ No newline at end of file\n+y\n")


def test_shows_a_mode_alone_and_a_link() -> None:
    assert "old mode 100644\nnew mode 100755\n" in file_diff("a", content(b"x"), content(b"x", FILE | 0o755))
    assert "new file mode 120000" in file_diff("a", None, content(b"b", LINK | 0o777))


TEXT = st.lists(st.text("ab", max_size=2), max_size=8).map("\n".join)


@settings(database=None, deadline=None)
@given(old=TEXT, new=TEXT)
def test_applying_a_diff_gives_the_new_text(old: str, new: str) -> None:
    diff = file_diff("a", content(old.encode()), content(new.encode()))
    assert old == new or applied(old, diff) == new
