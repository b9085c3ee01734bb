"""Finding files by glob and lines by regular expression.

The files are those of `Tree`, and the expressions are Python's, whatever the machine has: ripgrep only narrows down
which files are read, by a piece of text that every match must hold. So the answers are the same with it and without.
"""

import asyncio
import itertools
import logging
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from backend_developer.contract import CallFailed
from backend_developer.contract.ports import Commands
from backend_developer.workspace.conventions import looks_like_secret
from backend_developer.workspace.guard import Guard
from backend_developer.workspace.ignore import ignore_spec
from backend_developer.workspace.text import decode
from backend_developer.workspace.tree import Tree

logger = logging.getLogger(__name__)

MAX_FILE_BYTES = 4_000_000
"""Longer files are data, not source."""

_LINE_CHARS = 2000
_RIPGREP_FROM = 500
"""Files from which a process pays: starting one costs as much as reading these (about 40 ms)."""
_ARGUMENT_BYTES = 100_000
_NESTED = re.compile(r"\([^()]*[*+}][^()]*\)\s*[*+{]")
"""A repetition of a repetition, which can run for ever and holds the whole process meanwhile."""


class Hit(NamedTuple):
    """One line that matches."""

    path: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Hits:
    """Lines in the order of path and line."""

    found: list[Hit]
    more: bool = False
    """Whether there are further ones."""


class Search:
    """Searches one workspace. Paths that are given are what the guard's `check_read` returned."""

    def __init__(self, guard: Guard, tree: Tree, commands: Commands | None = None) -> None:
        self._root = guard.root
        self._tree = tree
        self._commands = commands
        self._ripgrep = shutil.which("rg") if commands is not None else None

    async def glob(self, pattern: str, start: str = ".") -> list[str]:
        """The files whose path below `start` fits the glob, sorted.

        Globs as in .gitignore, so `*.py` is found at any depth; braces name alternatives.
        """
        return await asyncio.to_thread(self._glob, pattern, start)

    async def grep(self, pattern: str, start: str = ".", glob: str = "", *, limit: int = 200) -> Hits:
        """The lines that the expression matches, at most `limit`. Raises `CallFailed` for a faulty expression."""
        expression = compile_pattern(pattern)
        literals = required_literals(pattern)
        paths = await asyncio.to_thread(self._glob, glob, start)
        logger.info("pattern=%r files=%d literals=%s", pattern[:100], len(paths), literals)
        if literals and self._ripgrep and len(paths) > _RIPGREP_FROM:
            paths = await self._holding(paths, literals)
        return await asyncio.to_thread(self._grep, paths, expression, literals, limit)

    def _glob(self, pattern: str, start: str) -> list[str]:
        if (self._root / start).is_file():
            return [start]
        paths = self._tree.files(start)
        if not pattern:
            return paths
        spec = ignore_spec(expand_braces(pattern.removeprefix("./")))
        prefix = "" if start == "." else f"{start}/"
        return [path for path in paths if spec.match_file(path[len(prefix) :])]

    def _grep(self, paths: Sequence[str], expression: re.Pattern[str], literals: Sequence[str], limit: int) -> Hits:
        needles = [literal.encode() for literal in literals]
        hits = itertools.chain.from_iterable(self._matches(path, expression, needles) for path in paths)
        found = list(itertools.islice(hits, limit + 1))
        return Hits(found[:limit], more=len(found) > limit)

    def _matches(self, path: str, expression: re.Pattern[str], needles: Sequence[bytes]) -> Iterator[Hit]:
        data = self._data(path)
        if needles and not any(needle in data for needle in needles):
            return
        decoded = decode(data)
        if decoded is None:
            return
        for number, line in enumerate(decoded.text.split("\n"), 1):
            if expression.search(line.rstrip("\r")[:_LINE_CHARS]):
                yield Hit(path, number, line.strip())

    def _data(self, path: str) -> bytes:
        place = self._root / path
        try:
            if looks_like_secret(path) or place.stat().st_size > MAX_FILE_BYTES:
                return b""
            return place.read_bytes()
        except OSError:
            return b""

    async def _holding(self, paths: Sequence[str], literals: Sequence[str]) -> list[str]:
        """Those of the files that hold one of the literals, as ripgrep finds them; all where it fails."""
        holding: set[str] = set()
        for chunk in _chunks(paths):
            found = await self._ripgrep_files(chunk, literals)
            if found is None:
                return list(paths)
            holding |= found
        return [path for path in paths if path in holding]

    async def _ripgrep_files(self, paths: Sequence[str], literals: Sequence[str]) -> set[str] | None:
        assert self._commands is not None
        wanted = [part for literal in literals for part in ("-e", literal)]
        flags = ["--no-config", "--no-ignore", "--hidden", "--no-messages", "--text", "--encoding=none"]
        argv = [str(self._ripgrep), *flags, "--fixed-strings", "--files-with-matches", "--null", *wanted, "--", *paths]
        try:
            outcome = await self._commands.run(argv, cwd=self._root, timeout_s=20.0)
        except CallFailed:
            return None
        # 1 says that nothing was found.
        if outcome.timed_out or outcome.exit_code not in (0, 1):
            return None
        raw = await asyncio.to_thread(outcome.log.read_bytes)
        return {path.decode("utf-8", "surrogateescape") for path in raw.split(b"\0") if path}


def _chunks(paths: Sequence[str]) -> Iterator[list[str]]:
    chunk: list[str] = []
    size = 0
    for path in paths:
        chunk.append(path)
        size += len(path) + 1
        if size > _ARGUMENT_BYTES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """The expression compiled. Raises `CallFailed` where it is faulty, or could run for ever."""
    if _NESTED.search(pattern):
        raise CallFailed(f"`{pattern}` repeats a repetition, which can run for ever; write it without the inner one")
    try:
        return re.compile(pattern)
    except re.error as error:
        raise CallFailed(
            f"`{pattern}` is no regular expression of Python: {error}. Put a backslash before a bracket or sign "
            "that is meant as it stands."
        ) from None


def required_literals(pattern: str) -> list[str]:
    """Pieces of text of which every match holds at least one; empty where none can be told.

    One for each alternative at the top level, of three or more letters, digits, `_` and spaces.
    """
    if pattern.startswith("(?"):
        return []
    runs, depth = [""], 0
    branches: list[list[str]] = [runs]
    for sign in re.findall(r"\\.|\[\^?\]?[^\]]*\]|\{[^}]*\}|.", pattern, re.DOTALL):
        if sign == "|" and depth == 0:
            runs = [""]
            branches.append(runs)
            continue
        depth += (sign == "(") - (sign == ")")
        if sign[0] in "?*{":
            runs[-1] = runs[-1][:-1]
        if depth == 0 and re.fullmatch(r"[A-Za-z0-9_ ]", sign):
            runs[-1] += sign
        else:
            runs.append("")
    literals = [max(branch, key=len) for branch in branches]
    return literals if all(len(literal) >= 3 for literal in literals) else []


def expand_braces(pattern: str) -> list[str]:
    """`*.{ts,tsx}` as `*.ts` and `*.tsx`; braces may be nested, ones without a comma stand as they are."""
    found = re.search(r"\{([^{}]*,[^{}]*)\}", pattern)
    if found is None:
        return [pattern]
    head, tail = pattern[: found.start()], pattern[found.end() :]
    return [whole for part in found[1].split(",") for whole in expand_braces(head + part + tail)]
