import re
from pathlib import Path

import pytest

from backend_developer.workspace.lines import LINE_CHARS, MAX_FILE_BYTES, LineSearch


def lines(root: Path, data: bytes, pattern: str, flags: re.RegexFlag = re.NOFLAG, name: str = "a.py") -> list[int]:
    (root / name).write_bytes(data)
    return [hit.line for hit in LineSearch(root, re.compile(pattern, flags)).hits(name)]


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"", []),
        (b"\xef\xbb\xbf", []),
        (b"\n", [1]),
        (b"x\n", []),
        (b"x\n\n", [2]),
        (b"x\r\n\r\nx", [2]),
    ],
)
def test_an_empty_line_is_one_that_is_there(tmp_path: Path, data: bytes, found: list[int]) -> None:
    assert lines(tmp_path, data, "^$") == found


@pytest.mark.parametrize("data", [b"a\nthe user", b"a\r\nthe user\r\n", b"\na\nthe user\n"[1:]])
def test_anchors_are_those_of_a_line(tmp_path: Path, data: bytes) -> None:
    assert lines(tmp_path, data, "^the") == [2]
    assert lines(tmp_path, data, "user$") == [2]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_words_are_found_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    data = "# caf\u00e9\r\nclass User: ...\r\n".encode(encoding)
    assert lines(tmp_path, data, "class User") == [2]
    assert lines(tmp_path, data, "CAF\u00c9", re.IGNORECASE) == [1]


def test_the_encoding_that_a_file_declares_counts(tmp_path: Path) -> None:
    assert lines(tmp_path, "# coding: cp1251\n\u0434\u0430 user\n".encode("cp1251"), "\u0434\u0430 user") == [2]


def test_binary_secret_large_and_missing_files_hold_no_lines(tmp_path: Path) -> None:
    assert lines(tmp_path, b"user\0", "user") == []
    assert lines(tmp_path, b"user", "user", name=".env") == []
    assert lines(tmp_path, b"user\n" * (MAX_FILE_BYTES // 5 + 1), "user") == []
    assert list(LineSearch(tmp_path, re.compile("user")).hits("none.py")) == []


def test_only_the_beginning_of_an_endless_line_is_searched(tmp_path: Path) -> None:
    assert lines(tmp_path, b"a" * (LINE_CHARS - 4) + b"user", "user") == [1]
    assert lines(tmp_path, b"a" * (LINE_CHARS - 3) + b"user", "user") == []
