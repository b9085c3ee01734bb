from pathlib import Path

import pytest

from backend_developer.nodes.write.tools import Toolbox
from backend_developer.workspace.workspace import Workspace


async def test_edits(toolbox: Toolbox, root: Path, workspace: Workspace) -> None:
    answer = await toolbox.call("edit", {"path": "app/main.py", "old": "os.name", "new": "os.sep"}, "1")
    assert answer.text == "Edited app/main.py at line 5."
    assert (root / "app/main.py").read_text().endswith("return os.sep\n")
    assert await workspace.journal.files_changed() == ["app/main.py"]


async def test_says_what_it_let_pass(toolbox: Toolbox) -> None:
    args = {"path": "app/main.py", "old": "  def main():\n      return os.name", "new": "  def main():\n      return 1"}
    answer = await toolbox.call("edit", args, "1")
    assert answer.ok
    assert "`old` differed in indentation" in answer.text


async def test_tells_a_syntax_error_in_the_same_answer(toolbox: Toolbox, root: Path) -> None:
    answer = await toolbox.call("edit", {"path": "app/main.py", "old": "def main():", "new": "def main(:"}, "1")
    assert answer.ok
    assert "Saved, but line 4 is no valid syntax" in answer.text
    assert "def main(:" in (root / "app/main.py").read_text()


async def test_shows_the_nearest_lines_where_an_edit_fails(toolbox: Toolbox) -> None:
    answer = await toolbox.call("edit", {"path": "app/main.py", "old": "return os.nam()", "new": "x"}, "1")
    assert not answer.ok
    assert "5\t    return os.name" in answer.text


async def test_keeps_line_ends_marks_and_encodings(toolbox: Toolbox, root: Path) -> None:
    (root / "bom.py").write_bytes(b"\xef\xbb\xbfa = 1\r\n")
    (root / "latin.py").write_bytes(b"# caf\xe9\na = 1\n")
    for path in ("bom.py", "latin.py"):
        assert (await toolbox.call("edit", {"path": path, "old": "a = 1", "new": "a = 2\nb = 3"}, path)).ok
    assert (root / "bom.py").read_bytes() == b"\xef\xbb\xbfa = 2\r\nb = 3\r\n"
    assert (root / "latin.py").read_bytes() == b"# caf\xe9\na = 2\nb = 3\n"
    await toolbox.call("write", {"path": "bom.py", "content": "c = 1\nd = 2\n"}, "w")
    assert (root / "bom.py").read_bytes() == b"\xef\xbb\xbfc = 1\r\nd = 2\r\n"


async def test_refuses_a_sign_that_the_encoding_lacks(toolbox: Toolbox, root: Path) -> None:
    (root / "latin.py").write_bytes(b"# caf\xe9\n")
    answer = await toolbox.call("edit", {"path": "latin.py", "old": "caf", "new": "да"}, "1")
    assert not answer.ok
    assert "latin-1" in answer.text
    assert (root / "latin.py").read_bytes() == b"# caf\xe9\n"


async def test_writes_new_and_old_files(toolbox: Toolbox, root: Path) -> None:
    assert (await toolbox.call("write", {"path": "a/b/c.sql", "content": "select 1;\n"}, "1")).text == (
        "Wrote a/b/c.sql, 1 line."
    )
    assert (await toolbox.call("write", {"path": "README.md", "content": "# New\n"}, "2")).text == (
        "Overwrote README.md, 1 line."
    )
    assert (root / "a/b/c.sql").read_text() == "select 1;\n"
    again = await toolbox.call("write", {"path": "README.md", "content": "# New\n"}, "3")
    assert not again.ok
    assert "has this content already" in again.text


async def test_remarks_on_a_long_file(toolbox: Toolbox) -> None:
    content = "x = 1\n" * 11
    assert (
        "It has 11 lines now; the limit is 10: split it."
        in (await toolbox.call("write", {"path": "long.py", "content": content}, "1")).text
    )
    assert "split" not in (await toolbox.call("write", {"path": "long.md", "content": content}, "2")).text


async def test_deletes_a_file_or_a_link(toolbox: Toolbox, root: Path, workspace: Workspace) -> None:
    (root / "alias.py").symlink_to("app/main.py")
    assert (await toolbox.call("delete", {"path": "alias.py"}, "1")).ok
    assert (await toolbox.call("delete", {"path": "app/windows.py"}, "2")).text == "Deleted app/windows.py."
    assert sorted(path.name for path in (root / "app").iterdir()) == ["main.py"]
    await workspace.undo()
    assert (root / "alias.py").is_symlink()
    assert (root / "app/windows.py").read_bytes() == b"a = 1\r\nb = 2\r\n"


@pytest.mark.parametrize(
    ("name", "args", "told"),
    [
        ("edit", {"path": "nope.py", "old": "a", "new": "b"}, "does not exist"),
        ("edit", {"path": "app", "old": "a", "new": "b"}, "is a folder"),
        ("edit", {"path": "a.bin", "old": "a", "new": "b"}, "is binary"),
        ("write", {"path": "app", "content": ""}, "is a folder; name a file"),
        ("write", {"path": "README.md/x", "content": ""}, "README.md is a file"),
        ("write", {"path": "x.py", "content": "\ud800"}, "utf-8"),
        ("delete", {"path": "nope.py"}, "does not exist"),
        ("delete", {"path": "app"}, "is a folder"),
        ("write", {"path": "tests/test_new.py", "content": ""}, "name what to cover in `finish`"),
        ("edit", {"path": ".ai/generated-code/x.py", "old": "a", "new": "b"}, "generated-code"),
        ("write", {"path": "../outside", "content": ""}, "outside"),
        ("write", {"path": ".git/config", "content": ""}, "belongs to git"),
        ("delete", {"path": ".env"}, "secrets"),
    ],
)
async def test_says_what_to_do_where_nothing_is_done(
    toolbox: Toolbox, root: Path, name: str, args: dict[str, str], told: str
) -> None:
    (root / "a.bin").write_bytes(b"\0")
    before = {path: path.stat().st_mtime_ns for path in root.rglob("*")}
    answer = await toolbox.call(name, args, "1")
    assert not answer.ok
    assert told in answer.text
    assert {path: path.stat().st_mtime_ns for path in root.rglob("*")} == before
