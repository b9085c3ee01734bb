"""The tools `read` and `list`."""

import asyncio
import difflib
import itertools
import logging
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import Field

from backend_developer.contract import CallFailed
from backend_developer.nodes.write.tools.tool import Tool, ToolAnswer, ToolArgs
from backend_developer.workspace.text import decode, numbered, printable
from backend_developer.workspace.tree import Tree
from backend_developer.workspace.workspace import Workspace

logger = logging.getLogger(__name__)

_WHOLE_BYTES = 8_000_000
"""Longer files are read from `offset` on only."""
_LIST_LINES = 150
_LINES = 500


class ReadArgs(ToolArgs):
    """Arguments of `read`."""

    path: str
    offset: int = Field(default=1, ge=0)
    limit: int = Field(default=_LINES, ge=1)


class ListArgs(ToolArgs):
    """Arguments of `list`."""

    path: str = "."


def reading_tools(workspace: Workspace, *, output_chars: int) -> list[Tool[Any]]:
    """`read` and `list` on this workspace."""
    reader = _Reader(workspace, output_chars)
    return [Tool("read", ReadArgs, reader.read), Tool("list", ListArgs, reader.tree)]


class _Reader:
    def __init__(self, workspace: Workspace, chars: int) -> None:
        self._workspace = workspace
        self._chars = chars

    async def read(self, args: ReadArgs, _call_id: str) -> ToolAnswer:
        text = await asyncio.to_thread(self._read, args)
        logger.info("%s from %d: %d characters", args.path, args.offset, len(text))
        return ToolAnswer(text)

    async def tree(self, args: ListArgs, _call_id: str) -> ToolAnswer:
        text = await asyncio.to_thread(self._list, args.path)
        logger.info("%s: %d characters", args.path, len(text))
        return ToolAnswer(text)

    def _read(self, args: ReadArgs) -> str:
        path = self._workspace.guard.check_read(args.path)
        place = self._workspace.root / path
        size = check_file(self._workspace, path)
        first = max(args.offset, 1)
        if size > _WHOLE_BYTES:
            return self._part(place, first, args.limit, size)
        data = place.read_bytes()
        decoded = decode(data)
        if decoded is None:
            return f"{printable(path)} is binary, {size} bytes."
        lines = decoded.text.removesuffix("\n").split("\n")
        if not data:
            return f"{printable(path)} is empty."
        if first > len(lines):
            raise CallFailed(f"{printable(path)} has {len(lines)} lines, so there is none at offset {first}.")
        shown, count = self._fitting(lines[first - 1 : first - 1 + args.limit], first)
        last = first + count - 1
        if first == 1 and last == len(lines):
            return shown
        rest = f"; go on with offset={last + 1}" if last < len(lines) else ""
        return f"{shown}\n(lines {first}-{last} of {len(lines)}{rest})"

    def _part(self, place: Path, first: int, limit: int, size: int) -> str:
        with place.open("rb") as file:
            if b"\0" in file.read(8192):
                return f"{place.name} is binary, {size} bytes."
            file.seek(0)
            raw = itertools.islice(file, first - 1, first - 1 + limit)
            lines = [line.decode("utf-8", "replace").rstrip("\n") for line in raw]
        shown, count = self._fitting(lines, first)
        return f"{shown}\n(lines {first}-{first + count - 1} of a file of {size} bytes)"

    def _fitting(self, lines: list[str], first: int) -> tuple[str, int]:
        """As many of the lines, numbered, as there is room for; and how many they are."""
        shown = numbered(lines, first).split("\n")
        sizes = itertools.accumulate(len(line) + 1 for line in shown)
        count = max(sum(size <= self._chars for size in sizes), 1)
        return "\n".join(shown[:count]), count

    def _list(self, raw: str) -> str:
        start = self._workspace.guard.check_read(raw)
        place = self._workspace.root / start
        if not place.is_dir():
            what = (
                "is a file; use `read`" if place.exists() else f"does not exist. {near_names(self._workspace, start)}"
            )
            raise CallFailed(f"{printable(start)} {what}")
        prefix = "" if start == "." else f"{start}/"
        paths = [printable(path.removeprefix(prefix)) for path in self._workspace.tree.files(start)]
        return _drawn(paths) or "There are no files in it."


def check_file(workspace: Workspace, path: str) -> int:
    """The size of a file in bytes. Raises `CallFailed` where there is none, with the names that come near."""
    try:
        seen = (workspace.root / path).stat()
    except (FileNotFoundError, NotADirectoryError):
        raise CallFailed(f"{printable(path)} does not exist. {near_names(workspace, path)}") from None
    if stat.S_ISDIR(seen.st_mode):
        raise CallFailed(f"{printable(path)} is a folder; use `list`.")
    if not stat.S_ISREG(seen.st_mode):
        raise CallFailed(f"{printable(path)} is no regular file, so it cannot be read.")
    return seen.st_size


def near_names(workspace: Workspace, path: str) -> str:
    """A sentence with the paths that are written much like this one."""
    near = _near(workspace.tree, path)
    return f"Near to it: {', '.join(map(printable, near))}." if near else "Use `glob` or `list` to find it."


def _near(tree: Tree, path: str) -> list[str]:
    paths = tree.files()
    name = path.rpartition("/")[2]
    same = [other for other in paths if other.rpartition("/")[2] == name]
    return same[:5] or difflib.get_close_matches(path, paths[:5000], n=3, cutoff=0.7)


def _drawn(paths: list[str]) -> str:
    """The paths as a tree, as deep as there is room for; deeper folders are counted."""
    drawings = ["\n".join(itertools.islice(_lines(paths, depth), _LIST_LINES + 1)) for depth in (1, 2, 3, 4, 99)]
    fitting = [drawing for drawing in drawings if drawing.count("\n") < _LIST_LINES]
    if fitting:
        return fitting[-1]
    shown = list(_lines(paths, 1))
    return "\n".join([*shown[:_LIST_LINES], f"... and {len(shown) - _LIST_LINES} more; use `glob`"])


def _lines(paths: list[str], depth: int) -> Iterator[str]:
    for name, group in itertools.groupby(paths, key=lambda path: path.partition("/")[::2][0]):
        inside = [path.partition("/")[2] for path in group]
        if inside == [""]:
            yield name
        elif depth == 1:
            yield f"{name}/ ({len(inside)} files)"
        else:
            yield f"{name}/"
            yield from (f"  {line}" for line in _lines(inside, depth - 1))
