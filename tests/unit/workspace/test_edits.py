import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend_developer.contract import EditFailed
from backend_developer.workspace.edits import apply_edit

CODE = """\
class Users:
    def all(self):
        return self.rows

    def one(self, key):
        return self.rows[key]
"""


def test_replaces_an_exact_match() -> None:
    edited = apply_edit(CODE, "return self.rows\n", "return list(self.rows)\n")
    assert edited.text == CODE.replace("return self.rows\n", "return list(self.rows)\n")
    assert edited.lines == [3]
    assert edited.tolerance == ""


def test_names_the_lines_of_several_matches() -> None:
    with pytest.raises(EditFailed, match=r"2 times, at lines 3, 6"):
        apply_edit(CODE, "return self.rows", "return None")


def test_replaces_all_where_asked() -> None:
    edited = apply_edit(CODE, "self.rows", "self._rows", replace_all=True)
    assert edited.text == CODE.replace("self.rows", "self._rows")
    assert edited.lines == [3, 6]


@pytest.mark.parametrize(("old", "new", "why"), [("", "x", "empty"), ("class", "class", "the same")])
def test_refuses_an_edit_that_means_nothing(old: str, new: str, why: str) -> None:
    with pytest.raises(EditFailed, match=why):
        apply_edit(CODE, old, new)


def test_lets_trailing_space_pass() -> None:
    text = "a = 1   \nb = 2\t\nc = 3\n"
    edited = apply_edit(text, "a = 1\nb = 2\n", "a = 9\nb = 8\n")
    assert edited.text == "a = 9\nb = 8\nc = 3\n"
    assert edited.tolerance == "trailing space"


def test_shifts_a_block_that_was_quoted_without_its_indentation() -> None:
    edited = apply_edit(CODE, "def one(self, key):\n    return self.rows[key]", "def one(self, key):\n    return 1")
    assert edited.text == CODE.replace("return self.rows[key]", "return 1")
    assert edited.tolerance == "indentation"


def test_keeps_the_files_tabs() -> None:
    text = "func f() {\n\tif x {\n\t\treturn 1\n\t}\n}\n"
    edited = apply_edit(text, "    if x {\n        return 1\n    }", "    if x {\n        y()\n        return 2\n    }")
    assert edited.text == "func f() {\n\tif x {\n\t\ty()\n\t\treturn 2\n\t}\n}\n"


def test_lets_the_spacing_within_lines_pass() -> None:
    edited = apply_edit("x  =  1\ny = 2\n", "x = 1", "x = 5")
    assert edited.text == "x = 5\ny = 2\n"
    assert edited.tolerance == "spacing"


def test_keeps_windows_line_ends() -> None:
    text = "a\r\nb\r\nc\r\n"
    assert apply_edit(text, "a\nb\n", "x\ny\nz\n").text == "x\r\ny\r\nz\r\nc\r\n"
    assert apply_edit(text, "b", "b1\nb2").text == "a\r\nb1\r\nb2\r\nc\r\n"


@pytest.mark.parametrize("text", ["    a\n    b", "    a\n    b\n", "    a\r\n    b\r\n", "    a\r\n    b"])
def test_keeps_the_final_line_end_in_a_tolerant_match(text: str) -> None:
    newline = "\r\n" if "\r" in text else "\n"
    end = newline if text.endswith(newline) else ""
    assert apply_edit(text, "a\nb", "c\nd").text == f"    c{newline}    d{end}"


def test_deletes_whole_lines() -> None:
    assert apply_edit("a \nb \nc\n", "a\nb\n", "").text == "c\n"


def test_does_not_guess_between_two_tolerant_matches() -> None:
    with pytest.raises(EditFailed, match="2 times, at lines 1, 3"):
        apply_edit("a  \nb\na \n", "  a", "c")


def test_refuses_a_block_whose_inner_indentation_differs() -> None:
    with pytest.raises(EditFailed, match="nearest lines"):
        apply_edit("if a:\n    b()\n", "if a:\nb()\n", "if c:\nb()\n")


def test_shows_the_nearest_lines() -> None:
    with pytest.raises(EditFailed) as failed:
        apply_edit(CODE, "    def one(self, identity):\n        return self.rows[key]\n", "x")
    assert "5\t    def one(self, key):" in str(failed.value)
    assert "6\t        return self.rows[key]" in str(failed.value)


def test_shows_a_line_that_is_only_similar() -> None:
    with pytest.raises(EditFailed, match=r"5\t    def one\(self, key\):"):
        apply_edit(CODE, "def one(self, keys):", "x")


def test_says_that_nothing_is_alike() -> None:
    with pytest.raises(EditFailed, match="Nothing in the file resembles it"):
        apply_edit(CODE, "SELECT 42 FROM dual", "x")


def test_says_that_it_seems_done_already() -> None:
    with pytest.raises(EditFailed, match="at line 5: it seems to be done already"):
        apply_edit(CODE, "def uno(self):", "def one(self, key):")


LINE = st.text("abcxyz(): =", min_size=1, max_size=12).filter(str.strip)


@settings(database=None, deadline=None)
@given(before=st.text(max_size=60), old=st.text(min_size=1, max_size=20), new=st.text(max_size=20), after=st.text())
def test_an_exact_single_match_is_a_plain_replacement(before: str, old: str, new: str, after: str) -> None:
    text = before + old + after
    if "\r" in text + new or text.count(old) != 1 or old == new:
        return
    assert apply_edit(text, old, new).text == text.replace(old, new)


@settings(database=None, deadline=None)
@given(lines=st.lists(LINE, min_size=3, max_size=12), data=st.data())
def test_a_block_quoted_with_other_trailing_space_is_found(lines: list[str], data: st.DataObject) -> None:
    # No line ends as another one: `0:` at the end of `10:` is found as it stands, and then that place is meant.
    lines = [f"#{number}{line.rstrip()}" for number, line in enumerate(lines)]
    start = data.draw(st.integers(0, len(lines) - 2))
    end = data.draw(st.integers(start + 1, len(lines)))
    newline = data.draw(st.sampled_from(["\n", "\r\n"]))
    spaced = [line + data.draw(st.sampled_from(["", " ", "\t "])) for line in lines[start:end]]
    text = newline.join([*lines[:start], *spaced, *lines[end:]]) + newline
    edited = apply_edit(text, "\n".join(lines[start:end]) + "\n", "NEW\nLINES\n")
    assert edited.text == newline.join([*lines[:start], "NEW", "LINES", *lines[end:]]) + newline


@settings(database=None, deadline=None)
@given(lines=st.lists(LINE, min_size=2, max_size=8), depth=st.integers(1, 4), tabs=st.booleans())
def test_a_block_quoted_at_another_depth_is_put_at_the_files_depth(lines: list[str], depth: int, tabs: bool) -> None:
    block = [f"{number}{line.strip()}" for number, line in enumerate(lines)]
    indent = ("\t" if tabs else "    ") * depth
    text = "head\n" + "".join(f"{indent}{line}\n" for line in block) + "tail\n"
    edited = apply_edit(text, "\n".join(block), "one\n    two")
    inner = indent + ("\t" if tabs else "    ")
    assert edited.text == f"head\n{indent}one\n{inner}two\ntail\n"
