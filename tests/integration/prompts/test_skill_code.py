import shutil
import sys
from pathlib import Path

import pytest
import sqlparse
from psycopg import AsyncConnection, Error

from tests.integration.prompts.skill_blocks import NAMES, blocks_of, run, skills_with, write_files
from tests.support.postgres import fresh_database

NO_FAULT = ""
INTEGRITY = "23"
"""The class of SQLSTATEs for a broken constraint, documented in PostgreSQL's appendix A."""


async def test_whole_python_is_clean_of_undefined_and_unused_names(tmp_path: Path) -> None:
    whole = [block for name in NAMES for block in blocks_of(name, "python") if block.word != "fragment"]
    write_files(whole, tmp_path, ".py")
    ruff = ("-m", "ruff", "check", "--isolated", "--no-cache", "--select", "F,E9", "--output-format", "concise")
    code, output = await run(sys.executable, *ruff, "--target-version", "py311", ".", cwd=tmp_path)
    assert code == 0, output


@pytest.mark.parametrize("name", skills_with("python", "run"))
async def test_python_runs(name: str, tmp_path: Path) -> None:
    blocks = [block for block in blocks_of(name, "python") if block.word == "run"]
    for path in write_files(blocks, tmp_path, ".py"):
        code, output = await run(sys.executable, "-W", "error", "-X", "dev", path.name, cwd=tmp_path)
        assert code == 0, f"{path.stem}: {output}"


@pytest.mark.parametrize("name", skills_with("sql"))
async def test_sql_runs(name: str, state_dir: Path) -> None:
    async with (
        fresh_database(state_dir) as dsn,
        await AsyncConnection.connect(dsn, autocommit=True) as connection,
    ):
        for block in blocks_of(name, "sql"):
            if block.word != "fragment":
                fault = await _fault(connection, block.code)
                wanted = INTEGRITY if block.word == "fails" else NO_FAULT
                assert fault[:2] == wanted, f"{name}:{block.line}: {fault}"


async def _fault(connection: AsyncConnection, code: str) -> str:
    """What PostgreSQL says against the first statement that it refuses, its SQLSTATE first."""
    # One by one: several statements in one message are one transaction, in which CREATE INDEX CONCURRENTLY is refused.
    for statement in sqlparse.split(code):
        try:
            await connection.execute(statement.encode())
        except Error as error:
            return f"{error.sqlstate} {error}\n{statement}"
    return NO_FAULT


@pytest.mark.skipif(shutil.which("rustc") is None, reason="rustc is not installed")
@pytest.mark.parametrize("name", skills_with("rust"))
async def test_rust_compiles(name: str, tmp_path: Path) -> None:
    blocks = [block for block in blocks_of(name, "rust") if not block.word]
    rustc = (
        "rustc",
        "--edition",
        "2021",
        "--crate-type",
        "lib",
        "--emit=metadata",
        "-D",
        "warnings",
        "-A",
        "dead_code",
    )
    for path in write_files(blocks, tmp_path, ".rs"):
        code, output = await run(*rustc, path.name, cwd=tmp_path)
        assert code == 0, output


@pytest.mark.parametrize("name", skills_with("bash"))
async def test_shell_parses(name: str, tmp_path: Path) -> None:
    for path in write_files(blocks_of(name, "bash"), tmp_path, ".sh"):
        code, output = await run("bash", "-n", path.name, cwd=tmp_path)
        assert code == 0, output
