"""Bytes of a file as text and back, and text as the model sees it."""

import codecs
import os
import re
from dataclasses import dataclass

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CODING = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)", re.MULTILINE)
_SNIFF_BYTES = 8192
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A file's text, and how it was written."""

    text: str
    """Line ends as they are in the file."""
    encoding: str = "utf-8"
    bom: bytes = b""

    def encode(self, text: str) -> bytes:
        """Another text in the same encoding. Raises `UnicodeEncodeError` where it has no room for it."""
        return self.bom + text.encode(self.encoding)


def keeps_ascii(data: bytes) -> bool:
    """Whether ASCII letters in the file's text are these same bytes in it; False where it may be otherwise.

    That is UTF-16, and any encoding that a Python file declares, but for UTF-8.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return False
    return (_declared(data) or "utf-8").lower() == "utf-8"


def decode(data: bytes) -> Decoded | None:
    """The text of a file; None where it is binary.

    UTF-8, UTF-16 with a mark, the encoding that a Python file declares, and else Latin-1, which loses no byte.
    """
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _decode_as(data[len(bom) :], encoding, bom)
    if b"\0" in data[:_SNIFF_BYTES]:
        return None
    declared = _declared(data)
    for encoding in ("utf-8",) if declared is None else (declared, "utf-8"):
        decoded = _decode_as(data, encoding, b"")
        if decoded is not None:
            return decoded
    return Decoded(data.decode("latin-1"), "latin-1")


def _declared(data: bytes) -> str | None:
    head = data[:512]
    declared = _CODING.search(b"\n".join(head.splitlines()[:2])) if b"coding" in head else None
    return declared[1].decode("ascii") if declared else None


def _decode_as(data: bytes, encoding: str, bom: bytes) -> Decoded | None:
    try:
        text = data.decode(encoding)
        return Decoded(text, encoding, bom) if text.encode(encoding) == data else None
    except (UnicodeError, LookupError):
        return None


def newline_of(text: str) -> str:
    """The line end that most lines of the text have."""
    windows = text.count("\r\n")
    return "\r\n" if windows * 2 > text.count("\n") else "\n"


def with_newline(text: str, newline: str) -> str:
    """The text with this line end everywhere."""
    return text.replace("\r\n", "\n").replace("\n", newline)


def line_count(text: str) -> int:
    """How many lines an editor shows."""
    return text.count("\n") + (not text.endswith("\n") if text else 0)


def printable(path: str) -> str:
    """A path that any encoder takes: bytes that are not UTF-8 are shown as escapes."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace") if _is_path(path) else repr(path)


def _is_path(path: str) -> bool:
    try:
        os.fsencode(path)
    except UnicodeEncodeError:
        return False
    return True


def harmless(text: str) -> str:
    """The text without what JSON, PostgreSQL or a terminal would stumble over."""
    return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text.encode("utf-8", "replace").decode())


def numbered(lines: list[str], first: int, *, width: int = 2000) -> str:
    """Lines with their numbers, from `first` on; over-long ones are cut."""
    return "\n".join(f"{number}\t{_cut(line.rstrip(), width)}" for number, line in enumerate(lines, first))


def _cut(line: str, width: int) -> str:
    return line if len(line) <= width else f"{line[:width]}... ({len(line) - width} more characters)"


def clip(text: str, limit: int) -> str:
    """Head and tail of a text that is over the limit, with what is left out named between them."""
    if len(text) <= limit:
        return text
    mark = f"\n... {len(text)} characters in all, the middle is left out ...\n"
    room = max(limit - len(mark), 2)
    return text[: room - room // 2] + mark + text[len(text) - room // 2 :]
