"""Lines that show how a project logs, fails, is set up and reaches its database."""

from collections.abc import Iterable, Iterator

from backend_developer.workspace.index.records import Fact, Topic

TEXT_CHARS = 120

Sign = tuple[bytes, Topic, int]
"""What to look for, what it is a sign of, and its weight."""


def signs(source: bytes, wanted: Iterable[Sign], comment: bytes = b"//") -> Iterator[Fact]:
    """The first line of each sign in a file, comments left out."""
    for needle, topic, weight in wanted:
        position = source.find(needle)
        if position >= 0 and (line := _line_around(source, position, comment)):
            yield Fact(topic, source.count(b"\n", 0, position) + 1, line, weight)


def _line_around(source: bytes, position: int, comment: bytes) -> str:
    """The line at a position; empty for a comment."""
    start = source.rfind(b"\n", 0, position) + 1
    end = source.find(b"\n", position)
    line = source[start : end if end >= 0 else None].strip()
    return "" if line.startswith(comment) else line[:TEXT_CHARS].decode("utf-8", "replace")
