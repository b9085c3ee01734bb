import pytest

from backend_developer.interfaces.display.text import clean, counted, money, one_line, seconds


def test_escape_sequences_are_shown_and_not_obeyed() -> None:
    assert clean("\x1b]0;title\x07red") == "\\x1b]0;title\\x07red"


def test_direction_marks_and_half_surrogates_are_shown() -> None:
    assert clean("a\u202eb\udcffc") == "a\\x202eb\\xdcffc"


def test_lines_tabs_and_other_scripts_stay() -> None:
    assert clean("привет\tмир\r\n名前\n") == "привет\tмир\n名前\n"


def test_one_line_is_bounded() -> None:
    assert one_line("a\n  b") == "a b"
    assert one_line("x" * 30, 10) == "x" * 9 + "…"


@pytest.mark.parametrize(
    ("value", "words"), [(0, "0.00 s"), (0.414, "0.41 s"), (12.34, "12.3 s"), (125.9, "2 min 05 s")]
)
def test_seconds(value: float, words: str) -> None:
    assert seconds(value) == words


def test_counts_and_money() -> None:
    assert counted(1, "finding") == "1 finding"
    assert counted(1_200, "call") == "1,200 calls"
    assert money("0") == money("") == ""
    assert money("0.01234") == ", $0.0123"
