import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend_developer.workspace.text import (
    clip,
    decode,
    harmless,
    line_count,
    newline_of,
    numbered,
    printable,
    with_newline,
)


@pytest.mark.parametrize(
    ("data", "text", "encoding"),
    [
        (b"caf\xc3\xa9", "café", "utf-8"),
        (b"\xef\xbb\xbfx", "x", "utf-8"),
        ("é".encode("utf-16"), "é", "utf-16-le"),
        (b"caf\xe9", "café", "latin-1"),
        ("# -*- coding: cp1251 -*-\nx = 'да'".encode("cp1251"), "# -*- coding: cp1251 -*-\nx = 'да'", "cp1251"),
        (b"# coding: no-such-thing\n", "# coding: no-such-thing\n", "utf-8"),
        (b"", "", "utf-8"),
    ],
)
def test_decodes_and_encodes_alike(data: bytes, text: str, encoding: str) -> None:
    decoded = decode(data)
    assert decoded
    assert (decoded.text, decoded.encoding) == (text, encoding)
    assert decoded.encode(decoded.text) == data


def test_binary_is_no_text() -> None:
    assert decode(b"\x7fELF\0\0") is None


@settings(database=None, deadline=None)
@given(st.binary(max_size=200))
def test_no_byte_is_lost(data: bytes) -> None:
    decoded = decode(data)
    assert decoded is None or decoded.encode(decoded.text) == data


def test_line_ends() -> None:
    assert newline_of("a\r\nb\r\nc\n") == "\r\n"
    assert newline_of("a\nb") == "\n"
    assert newline_of("") == "\n"
    assert with_newline("a\nb\r\nc", "\r\n") == "a\r\nb\r\nc"
    assert [line_count(text) for text in ("", "a", "a\n", "a\nb", "a\nb\n")] == [0, 1, 1, 2, 2]


def test_shows_any_path() -> None:
    assert printable("app/café.py") == "app/café.py"
    assert printable(os.fsdecode(b"caf\xe9.py")) == "caf\\xe9.py"
    assert printable("\ud800") == "'\\ud800'"


@settings(database=None, deadline=None)
@given(st.text())
def test_harmless_text_can_be_encoded_and_holds_no_control_signs(text: str) -> None:
    shown = harmless(text)
    assert "\0" not in shown
    assert "\x1b" not in shown
    assert shown.encode().decode() == shown


@settings(database=None, deadline=None)
@given(st.text(min_size=1), st.integers(100, 200))
def test_clips_the_middle(text: str, limit: int) -> None:
    long = text * 500
    short = clip(long, limit)
    assert len(short) <= max(limit, 0) or len(long) <= limit
    assert short[:20] == long[:20]
    assert short[-20:] == long[-20:]


def test_numbers_lines_and_cuts_long_ones() -> None:
    assert numbered(["a ", "b" * 30], 9, width=10) == "9\ta\n10\tbbbbbbbbbb... (20 more characters)"
