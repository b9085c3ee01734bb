from pathlib import Path

import pytest

from backend_developer.workspace.commands.output import clean, read_output


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\x1b[31mred\x1b[0m and \x1b]0;title\x07plain", "red and plain"),
        (b"one\r\ntwo\r\n", "one\ntwo\n"),
        (b" 10%\r 50%\r100%\ndone", "100%\ndone"),
        (b"\rstart\r", "start"),
        (b"nul\x00\x00 and \xff\xfe end", "nul\ufffd and \ufffd end"),
        (b"half a pair \xed\xa0\x80!", "half a pair \ufffd!"),
        ("день\t日本\n".encode(), "день\t日本\n"),
        (b"open string \x1b]0;never closed\nnext line", "open string 0;never closed\nnext line"),
    ],
)
def test_output_becomes_harmless_text(data: bytes, text: str) -> None:
    assert clean(data) == text


def test_short_output_is_whole(tmp_path: Path) -> None:
    log = tmp_path / "x.log"
    log.write_bytes("я".encode() * 1000)
    assert read_output(log, 1000) == "я" * 1000


def test_missing_and_empty_logs_read_as_empty(tmp_path: Path) -> None:
    (tmp_path / "empty.log").touch()
    assert read_output(tmp_path / "empty.log", 1000) == ""
    assert read_output(tmp_path / "none.log", 1000) == ""


def test_long_output_keeps_head_and_tail_and_says_what_is_missing(tmp_path: Path) -> None:
    log = tmp_path / "x.log"
    lines = [f"line {number:05}\n" for number in range(10_000)]
    log.write_text("".join(lines))
    head, middle, tail = read_output(log, 1000).partition("[... ")[0::1]
    left_out, _, tail = tail.partition(" ...]\n")
    kept = [line for line in lines if line in head or line in tail]
    assert middle == "[... "
    assert head.startswith("line 00000\n")
    assert tail.endswith("line 09999\n")
    assert len(head) + len(tail) <= 1000
    assert left_out == (f"{(10_000 - len(kept)) * 11} bytes, {10_000 - len(kept)} lines left out; whole output: {log}")


def test_one_endless_line_is_cut_between_characters(tmp_path: Path) -> None:
    log = tmp_path / "x.log"
    log.write_bytes("日".encode() * 50_000)
    head, left_out, tail = read_output(log, 1000).split("\n")
    assert head == tail == "日" * 500
    assert left_out.startswith("[... 147000 bytes, 0 lines left out")


def test_output_that_shrinks_when_cleaned_is_whole(tmp_path: Path) -> None:
    log = tmp_path / "x.log"
    log.write_bytes(b"\x1b[32m.\x1b[0m" * 350)
    assert read_output(log, 1000) == "." * 350
