"""A process that ends, by itself or by force, while its index is read in the background."""

import asyncio
import sys
import time
from pathlib import Path

import pytest

from backend_developer.workspace.index import CodeIndex
from tests.integration.workspace.index.conftest import MODULES

SLOWLY = """
import asyncio, sys, time
from pathlib import Path
from backend_developer.workspace.index import CodeIndex, refresh
from backend_developer.workspace.index.sources import take_apart

def slowly(path, raw):
    print(path, flush=True)
    time.sleep(0.2)
    return take_apart(path, raw)

refresh.take_apart = slowly

async def main(root, state, ends):
    index = CodeIndex(Path(root), Path(state))
    index.freshen()
    if ends == "stays":
        await asyncio.sleep(60)
    await asyncio.sleep(0.5)
    if ends == "closes":
        index.close()

asyncio.run(main(*sys.argv[1:]))
"""


async def start(root: Path, state: Path, ends: str) -> asyncio.subprocess.Process:
    """A process that is reading the second file."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", SLOWLY, str(root), str(state), ends, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    for _ in range(2):
        assert (await process.stdout.readline()).startswith(b"m")
    return process


async def zebras(root: Path, state: Path) -> int:
    index = CodeIndex(root, state)
    found = await index.similar("zebra", limit=500)
    index.close()
    return len(found)


async def test_killed_it_leaves_an_index_that_is_right(root: Path, tmp_path: Path) -> None:
    process = await start(root, tmp_path / "state", "stays")
    process.kill()
    await process.wait()
    began = time.perf_counter()
    assert await zebras(root, tmp_path / "state") == MODULES
    assert time.perf_counter() - began < MODULES * 0.2 / 2


@pytest.mark.parametrize("ends", ["closes", "leaves"])
async def test_it_ends_before_the_reading_would(root: Path, tmp_path: Path, ends: str) -> None:
    process = await start(root, tmp_path / "state", ends)
    began = time.perf_counter()
    out, _ = await process.communicate()
    assert time.perf_counter() - began < MODULES * 0.2 / 2
    assert process.returncode == 0
    assert out.count(b"m") < MODULES / 2
    assert await zebras(root, tmp_path / "state") == MODULES
