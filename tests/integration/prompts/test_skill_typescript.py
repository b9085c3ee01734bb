"""The skills' TypeScript, by its own compiler."""

import shutil
from pathlib import Path

import pytest

from tests.integration.prompts.skill_blocks import NAMES, blocks_of, run, write_files

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


@pytest.mark.skipif(shutil.which("npm") is None, reason="npm is not installed")
async def test_typescript_is_strict(tmp_path: Path) -> None:
    """All blocks in one run of the compiler, which costs the same for one and for all."""
    code, output = await run(
        "npm", "install", "--no-audit", "--no-fund", "--silent", *PACKAGES, cwd=tmp_path, limit_s=100
    )
    assert code == 0, output
    whole = [block for name in NAMES for block in blocks_of(name, "typescript") if not block.word]
    assert whole
    files = [path.name for path in write_files(whole, tmp_path, ".ts")]
    code, output = await run("node", "node_modules/typescript/bin/tsc", *STRICT, *files, cwd=tmp_path, limit_s=100)
    assert code == 0, output
