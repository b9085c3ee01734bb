"""The tools `glob` and `grep`."""

import asyncio
import logging
from typing import Any

from backend_developer.contract import CallFailed
from backend_developer.nodes.write.tools.reading import near_names
from backend_developer.nodes.write.tools.tool import Tool, ToolAnswer, ToolArgs
from backend_developer.workspace.search import Hits, Search
from backend_developer.workspace.text import printable
from backend_developer.workspace.workspace import Workspace

logger = logging.getLogger(__name__)

_PATHS = 200
_HITS = 100
_HIT_CHARS = 200


class GlobArgs(ToolArgs):
    """Arguments of `glob`."""

    pattern: str
    path: str = "."


class GrepArgs(ToolArgs):
    """Arguments of `grep`."""

    pattern: str
    path: str = "."
    glob: str = ""


def searching_tools(workspace: Workspace) -> list[Tool[Any]]:
    """`glob` and `grep` on this workspace."""
    finder = _Finder(workspace)
    return [Tool("glob", GlobArgs, finder.glob), Tool("grep", GrepArgs, finder.grep)]


class _Finder:
    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._search = Search(workspace.guard, workspace.tree, workspace.commands)

    async def glob(self, args: GlobArgs, _call_id: str) -> ToolAnswer:
        start = await asyncio.to_thread(self._start, args.path)
        paths = await self._search.glob(args.pattern, start)
        logger.info("%s in %s: %d paths", args.pattern, start, len(paths))
        shown = [printable(path) for path in paths[:_PATHS]]
        if len(paths) > _PATHS:
            shown.append(f"... and {len(paths) - _PATHS} more; narrow the pattern")
        return ToolAnswer("\n".join(shown) or "No file fits.")

    async def grep(self, args: GrepArgs, _call_id: str) -> ToolAnswer:
        start = await asyncio.to_thread(self._start, args.path)
        hits = await self._search.grep(args.pattern, start, args.glob, limit=_HITS)
        if not hits.found and r"\|" in args.pattern:
            # The habit of grep's basic expressions, where a bare bar is a letter.
            hits = await self._search.grep(args.pattern.replace(r"\|", "|"), start, args.glob, limit=_HITS)
        logger.info("%s in %s: %d lines", args.pattern, start, len(hits.found))
        return ToolAnswer(_shown(hits))

    def _start(self, raw: str) -> str:
        start = self._workspace.guard.check_read(raw)
        if not (self._workspace.root / start).exists():
            raise CallFailed(f"{printable(start)} does not exist. {near_names(self._workspace, start)}")
        return start


def _shown(hits: Hits) -> str:
    lines = [f"{printable(hit.path)}:{hit.line}: {hit.text[:_HIT_CHARS]}" for hit in hits.found]
    if hits.more:
        lines.append(f"... more than {_HITS} lines; narrow the pattern, or name a path or glob")
    return "\n".join(lines) or "No line matches."
