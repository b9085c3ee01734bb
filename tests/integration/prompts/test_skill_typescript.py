"""The skills' TypeScript, by its own compiler."""

import asyncio
import shutil
from asyncio.subprocess import DEVNULL, PIPE, STDOUT
from pathlib import Path

import pytest

from tests.integration.prompts.skill_blocks import NAMES, blocks_of, write_files

PACKAGES = ("typescript@5.9.3", "zod@4.1.12", "@types/node@26.6.6")
STRICT = (
    *("--noEmit", "--strict", "--noUncheckedIndexedAccess", "--skipLibCheck"),
    *(
        "--target",
        "es2022",
        "--lib",
        "es2023,dom",
        "--module",
        "nodenext",
        "--moduleDetection",
        "force",
        "--types",
        "node",
    ),
)


async def run(*argv: str, cwd: Path) -> tuple[int, str]:
    """Exit code and output of a process that is gone afterwards."""
    process = await asyncio.create_subprocess_exec(*argv, cwd=cwd, stdin=DEVNULL, stdout=PIPE, stderr=STDOUT)
    try:
        output, _ = await asyncio.wait_for(process.communicate(), 100)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return await process.wait(), output.decode(errors="replace")


@pytest.mark.skipif(shutil.which("npm") is None, reason="npm is not installed")
async def test_typescript_is_strict(tmp_path: Path) -> None:
    """All blocks in one run of the compiler, which costs the same for one and for all."""
    code, output = await run("npm", "install", "--no-audit", "--no-fund", "--silent", *PACKAGES, cwd=tmp_path)
    assert code == 0, output
    whole = [block for name in NAMES for block in blocks_of(name, "typescript") if not block.word]
    assert whole
    files = [path.name for path in write_files(whole, tmp_path, ".ts")]
    code, output = await run("node", "node_modules/typescript/bin/tsc", *STRICT, *files, cwd=tmp_path)
    assert code == 0, output
