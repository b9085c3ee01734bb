"""What a person or a model gets to see of a log: its head and its tail, as harmless text."""

import os
import re
from pathlib import Path
from typing import BinaryIO

_ESCAPES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # colours and cursor movements
    r"|\x1b[\]P^_X][^\x07\x1b\n]{0,1000}(?:\x07|\x1b\\)"  # titles, links and other strings
    r"|\x1b[ -/]*[0-~]?"  # where a string has no end, its start alone: what follows may be the program's last words
)
_NOT_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffd]+")
_CHUNK = 1 << 20
_BYTES_A_CHARACTER = 4


def read_output(log: Path, chars: int) -> str:
    """The log as text: all of it, or the head and tail of at most `chars` characters with one line between them.

    Blocking. Escape sequences and overwritten progress lines are dropped, CRLF becomes LF; each run of bytes that are
    no text becomes one U+FFFD, so NUL and surrogates never come out. A missing log reads as empty.
    """
    try:
        with log.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            text = _whole(file, size, chars)
            return _head_and_tail(file, size, log, chars) if text is None else text
    except FileNotFoundError:
        return ""


def clean(data: bytes) -> str:
    """Bytes of a program's output as harmless text."""
    text = _ESCAPES.sub("", data.decode("utf-8", "replace"))
    if "\r" in text:
        text = "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n"))
    return _NOT_TEXT.sub("\ufffd", text)


def _whole(file: BinaryIO, size: int, chars: int) -> str | None:
    if size > chars * _BYTES_A_CHARACTER:
        return None
    text = clean(_read(file, 0, size))
    return text if len(text) <= chars else None


def _head_and_tail(file: BinaryIO, size: int, log: Path, chars: int) -> str:
    half = chars // 2
    window = min(size, half * _BYTES_A_CHARACTER)
    head = _cut_head(_read(file, 0, window), half)
    tail = _cut_tail(_read(file, size - window, window), half)
    start, end = len(head), size - len(tail)
    left_out = f"[... {end - start} bytes, {_count_lines(file, start, end)} lines left out; whole output: {log} ...]"
    return "\n".join((clean(head).removesuffix("\n"), left_out, clean(tail)))


def _read(file: BinaryIO, start: int, length: int) -> bytes:
    file.seek(start)
    return file.read(length)


def _cut_head(data: bytes, chars: int) -> bytes:
    """The first characters, up to the end of a line where one is near."""
    text = data.decode("utf-8", "surrogateescape")[:chars]
    newline = text.rfind("\n", chars * 3 // 4)
    return (text[: newline + 1] or text).encode("utf-8", "surrogateescape")


def _cut_tail(data: bytes, chars: int) -> bytes:
    """The last characters, from the start of a line where one is near."""
    text = data.decode("utf-8", "surrogateescape")[-chars:]
    newline = text.find("\n", 0, chars // 4)
    return text[newline + 1 :].encode("utf-8", "surrogateescape")


def _count_lines(file: BinaryIO, start: int, end: int) -> int:
    file.seek(start)
    lines = 0
    while start < end and (chunk := file.read(min(_CHUNK, end - start))):
        lines += chunk.count(b"\n")
        start += len(chunk)
    return lines
