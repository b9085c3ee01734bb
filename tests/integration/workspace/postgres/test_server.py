from pathlib import Path

import pytest
from pydantic import SecretStr

from backend_developer.contract import NoDatabase, load_settings
from backend_developer.workspace.postgres import ensure_scratch_server, ensure_server, leave_servers
from tests.support.postgres import fresh_database


async def test_a_server_that_is_named_is_used(state_dir: Path) -> None:
    async with fresh_database(state_dir) as dsn:
        settings = load_settings(database_url=SecretStr(dsn), state_dir=state_dir / "unused")
        assert await ensure_server(settings) == dsn
    assert not (state_dir / "unused").exists()


async def test_a_server_that_is_named_and_not_there_is_an_error_without_the_password(tmp_path: Path) -> None:
    dsn = f"postgresql://me:{'hush' * 2}@/db?host={tmp_path}"
    with pytest.raises(NoDatabase) as caught:
        await ensure_server(load_settings(database_url=SecretStr(dsn)))
    assert str(tmp_path) in caught.value.message
    assert "hush" not in str(caught.value)
    assert "DATABASE_URL" in caught.value.way_out


async def test_an_address_that_cannot_be_read_is_an_error() -> None:
    with pytest.raises(NoDatabase, match="cannot be used"):
        await ensure_server(load_settings(database_url=SecretStr("postgres//nonsense:secret")))


async def test_projects_get_another_server_than_runs(own_state_dir: Path) -> None:
    settings = load_settings(state_dir=own_state_dir)
    runs, projects = await ensure_server(settings), await ensure_scratch_server(settings)
    assert runs != projects
    assert await ensure_server(settings) == runs
    assert await leave_servers(own_state_dir, wait_s=20)
    assert not list(own_state_dir.glob("*/data/postmaster.pid"))
