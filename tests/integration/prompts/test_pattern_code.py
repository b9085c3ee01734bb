"""The patterns that pg-aiguide answers with: their SQL runs in order, and their Python does what it says."""

import asyncio
import importlib.util
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlparse
from psycopg import AsyncConnection, IntegrityError

from backend_developer.prompts import text
from tests.integration.prompts.skill_blocks import Block, parse_blocks
from tests.support.postgres import fresh_database

PATTERNS = ["repository", "migration"]


def blocks(pattern: str, language: str) -> list[Block]:
    whole = f"---\n---\n{text(f'patterns/{pattern}')}"
    return [block for block in parse_blocks(pattern, whole) if block.language == language and block.word != "fragment"]


def loaded(pattern: str, folder: Path) -> Any:
    (block,) = blocks(pattern, "python")
    path = folder / f"pattern_{pattern}.py"
    path.write_text(block.code, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


async def run(connection: AsyncConnection[Any], block: Block) -> None:
    for statement in sqlparse.split(block.code):
        await connection.execute(statement.encode())


@pytest.mark.parametrize("pattern", PATTERNS)
async def test_sql_runs(pattern: str, state_dir: Path) -> None:
    async with fresh_database(state_dir) as dsn, await AsyncConnection.connect(dsn, autocommit=True) as connection:
        for block in blocks(pattern, "sql"):
            if block.word == "fails":
                with pytest.raises(IntegrityError):
                    await run(connection, block)
            else:
                await run(connection, block)


async def test_the_repository_does_what_it_says(state_dir: Path, tmp_path: Path) -> None:
    module = loaded("repository", tmp_path)
    async with fresh_database(state_dir) as dsn, await AsyncConnection.connect(dsn) as connection:
        for block in blocks("repository", "sql"):
            await run(connection, block)
        accounts = module.AccountRepository(connection)
        ann = await accounts.add("Ann@example.org", "Ann")
        with pytest.raises(module.EmailTaken):
            await accounts.add("ann@EXAMPLE.org", "Other")
        ben = await accounts.add("ben@example.org", "Ben")
        assert await accounts.by_email("ANN@example.org") == ann
        assert await accounts.get(10_000) is None
        assert await accounts.page_after(limit=1) == [ann]
        assert await accounts.page_after(ann.id) == [ben]
        renamed = await accounts.rename(ann, "Anna")
        assert (renamed.name, renamed.version) == ("Anna", 2)
        with pytest.raises(module.Changed):
            await accounts.rename(ann, "Anne")


async def test_the_backfill_fills_all_rows_and_can_be_run_again(state_dir: Path, tmp_path: Path) -> None:
    module = loaded("migration", tmp_path)
    async with fresh_database(state_dir) as dsn:
        async with await AsyncConnection.connect(dsn, autocommit=True) as connection:
            for block in blocks("migration", "sql")[:2]:
                await run(connection, block)
        assert await asyncio.to_thread(module.backfill, dsn, 0) == 2500
        assert await asyncio.to_thread(module.backfill, dsn, 0) == 0
        with psycopg.connect(dsn) as plain:
            assert plain.execute("SELECT family_name FROM person WHERE id = 7").fetchone() == ("Number7",)
