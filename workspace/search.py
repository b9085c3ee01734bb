"""Finding files by glob and lines by regular expression.

The files are those of `Tree`, and the expressions are Python's, whatever the machine has. ripgrep only narrows down
which files are read, by a piece of text that every match must hold, and only where there is such a piece and there are
more files than `RIPGREP_FROM`. So the answers are the same with it and without. The code index searches the same way
(`lines`), but in its worker thread and without a process of its own.
"""

import asyncio
import itertools
import logging
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from backend_developer.contract import CallFailed
from backend_developer.contract.ports import Commands
from backend_developer.workspace.guard import Guard
from backend_developer.workspace.ignore import ignore_spec
from backend_developer.workspace.lines import Hit, LineSearch, compile_pattern
from backend_developer.workspace.prefilter import Prefilter
from backend_developer.workspace.tree import Tree

logger = logging.getLogger(__name__)

RIPGREP_FROM = 500
"""Files from which a process pays: starting one costs as much as reading these (about 40 ms)."""
_ARGUMENT_BYTES = 100_000


@dataclass(frozen=True, slots=True)
class Hits:
    """Lines in the order of path and line."""

    found: list[Hit]
    more: bool = False
    """Whether there are further ones."""


class Search:
    """Searches one workspace. Paths that are given are what the guard's `check_read` returned."""

    def __init__(
        self, guard: Guard, tree: Tree, commands: Commands | None = None, *, ripgrep_from: int = RIPGREP_FROM
    ) -> None:
        self._root = guard.root
        self._tree = tree
        self._commands = commands
        self._ripgrep_from = ripgrep_from
        self._ripgrep = shutil.which("rg") if commands is not None else None

    async def glob(self, pattern: str, start: str = ".") -> list[str]:
        """The files whose path below `start` fits the glob, sorted.

        Globs as in .gitignore, so `*.py` is found at any depth; braces name alternatives.
        """
        return await asyncio.to_thread(self._glob, pattern, start)

    async def grep(self, pattern: str, start: str = ".", glob: str = "", *, limit: int = 200) -> Hits:
        """The lines that the expression matches, at most `limit`. Raises `CallFailed` for a faulty expression."""
        search = LineSearch(self._root, compile_pattern(pattern))
        literals = search.prefilter.literals
        paths = await asyncio.to_thread(self._glob, glob, start)
        logger.info("pattern=%r files=%d literals=%s", pattern[:100], len(paths), literals)
        if literals and self._ripgrep and len(paths) > self._ripgrep_from:
            paths = await self._passing(paths, search.prefilter)
        return await asyncio.to_thread(_grep, paths, search, limit)

    def _glob(self, pattern: str, start: str) -> list[str]:
        if (self._root / start).is_file():
            return [start]
        paths = self._tree.files(start)
        if not pattern:
            return paths
        spec = ignore_spec(expand_braces(pattern.removeprefix("./")))
        prefix = "" if start == "." else f"{start}/"
        return [path for path in paths if spec.match_file(path[len(prefix) :])]

    async def _passing(self, paths: Sequence[str], prefilter: Prefilter) -> list[str]:
        """Those of the files that pass the filter, as ripgrep finds them; all where it fails."""
        passing: set[str] = set()
        for chunk in _chunks(paths):
            found = await self._ripgrep_files(chunk, prefilter)
            if found is None:
                return list(paths)
            passing |= found
        return [path for path in paths if path in passing]

    async def _ripgrep_files(self, paths: Sequence[str], prefilter: Prefilter) -> set[str] | None:
        assert self._commands is not None
        wanted = [part for expression in prefilter.ripgrep() for part in ("-e", expression)]
        flags = ["--no-config", "--no-ignore", "--hidden", "--no-messages", "--text", "--encoding=none"]
        argv = [str(self._ripgrep), *flags, "--files-with-matches", "--null", *wanted, "--", *paths]
        try:
            outcome = await self._commands.run(argv, cwd=self._root, timeout_s=20.0)
        except CallFailed:
            return None
        # 1 says that nothing was found.
        if outcome.timed_out or outcome.exit_code not in (0, 1):
            return None
        raw = await asyncio.to_thread(outcome.log.read_bytes)
        return {path.decode("utf-8", "surrogateescape") for path in raw.split(b"\0") if path}


def _grep(paths: Sequence[str], search: LineSearch, limit: int) -> Hits:
    hits = itertools.chain.from_iterable(search.hits(path) for path in paths)
    found = list(itertools.islice(hits, limit + 1))
    return Hits(found[:limit], more=len(found) > limit)


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


def expand_braces(pattern: str) -> list[str]:
    """`*.{ts,tsx}` as `*.ts` and `*.tsx`; braces may be nested, ones without a comma stand as they are."""
    found = re.search(r"\{([^{}]*,[^{}]*)\}", pattern)
    if found is None:
        return [pattern]
    head, tail = pattern[: found.start()], pattern[found.end() :]
    return [whole for part in found[1].split(",") for whole in expand_braces(head + part + tail)]
