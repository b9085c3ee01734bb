"""The processes under test on Django's sources, ours and code-index-mcp: each runs on one core and tells its figures.

`python -m benchmarks.scan.index ours|peer FOLDER [COMMAND]`; the folder is changed.
"""

import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import psutil
from mcp import Client, StdioServerParameters

from backend_developer.workspace.index import CodeIndex
from benchmarks.process import peak_mib

NEEDS = (
    "fetch one record or answer with 404",
    "remove markup from a text",
    "create a random token",
    "send mail to the administrators",
    "split results into pages",
)
ROUNDS = 5
CHANGED = "django/utils/text.py"
ADDED = "freshly_added_symbol"
MB = 1_000_000


async def _timed(work: Callable[[], Awaitable[Any]]) -> tuple[float, Any]:
    began = time.perf_counter()
    result = await work()
    return time.perf_counter() - began, result


def _change(root: Path) -> None:
    with (root / CHANGED).open("a", encoding="utf-8") as file:
        file.write(f"\n\ndef {ADDED}(value):\n    return value\n")


def _bytes(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


async def ours(root: Path) -> dict[str, Any]:
    """Our index, as the nodes and the tools ask it."""
    with tempfile.TemporaryDirectory() as folder:
        index = CodeIndex(root, Path(folder))
        first, _ = await _timed(index.routes)
        queries = [(await _timed(lambda need=need: index.similar(need)))[0] for need in NEEDS * ROUNDS]  # type: ignore[misc]
        _change(root)
        again, hits = await _timed(lambda: index.similar(ADDED))
        index.close()
        return {
            "first_s": first,
            "query_ms": 1000 * statistics.median(queries),
            "again_s": again,
            "found": any(hit.name == ADDED for hit in hits),
            "size_mb": _bytes(Path(folder)) / MB,
            "peak_mb": peak_mib() * 1.048576,
        }


async def peer(root: Path, command: str) -> dict[str, Any]:
    """code-index-mcp over stdio: its deep index, then its full-text search, which is its only search by words."""
    with tempfile.TemporaryDirectory() as folder:
        server = StdioServerParameters(command=command, args=["--indexer-path", folder])
        async with Client(server, read_timeout_seconds=600) as client:
            await client.call_tool("set_project_path", {"path": str(root)})
            build = lambda: client.call_tool("build_deep_index", {"max_workers": 1})  # noqa: E731 - timed twice
            first, _ = await _timed(build)
            queries = [(await _timed(lambda word=need: _search(client, word)))[0] for need in _words() * ROUNDS]  # type: ignore[misc]
            _change(root)
            at_once = await _symbol(client)
            again, _ = await _timed(build)
            after = await _symbol(client)
            children = psutil.Process().children(recursive=True)
            peak = sum(_peak_kib(child.pid) for child in children) / 1024
    return {
        "first_s": first,
        "query_ms": 1000 * statistics.median(queries),
        "again_s": again,
        "found": at_once,
        "found_after": after,
        "peak_mb": peak * 1.048576,
    }


def _words() -> list[str]:
    return ["get_object_or_404", "strip_tags", "get_random_string", "mail_admins", "Paginator"]


async def _search(client: Client, word: str) -> Any:
    return await client.call_tool("search_code_advanced", {"pattern": word, "max_results": 10})


async def _symbol(client: Client) -> bool:
    answer = await client.call_tool("get_symbol_body", {"file_path": CHANGED, "symbol_name": ADDED})
    text = str(answer.content)
    return "return value" in text and not answer.is_error


def _peak_kib(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1])


if __name__ == "__main__":
    os.sched_setaffinity(0, {0})
    which, where, *rest = sys.argv[1:]
    print(json.dumps(asyncio.run(ours(Path(where)) if which == "ours" else peer(Path(where), *rest))))
