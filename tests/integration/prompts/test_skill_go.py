"""The skills' Go, by its own compiler and vet: each block is a package of one module, the standard library alone."""

import os
from pathlib import Path

import pytest

from tests.integration.prompts.skill_blocks import NAMES, blocks_of, run
from tests.support.samples import go_environment

pytestmark = pytest.mark.timeout(300)


async def test_go_compiles_and_vet_is_silent(tmp_path: Path) -> None:
    blocks = [block for name in NAMES for block in blocks_of(name, "go")]
    assert blocks
    (tmp_path / "go.mod").write_text("module example.com/skills\n\ngo 1.24\n")
    for number, block in enumerate(blocks):
        folder = tmp_path / f"block{number}"
        folder.mkdir()
        (folder / "block.go").write_text(block.code, encoding="utf-8")
    code, output = await run("go", "vet", "./...", cwd=tmp_path, env={**os.environ, **go_environment()}, limit_s=280)
    assert code == 0, output
