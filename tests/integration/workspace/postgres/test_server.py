from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from pydantic import SecretStr

from backend_developer.contract import InvalidSettings, NoDatabase, load_settings
from backend_developer.interfaces.doctor.postgres import look
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


async def test_a_server_that_is_named_for_projects_is_theirs(state_dir: Path) -> None:
    server = await ensure_scratch_server(load_settings(state_dir=state_dir))
    settings = load_settings(scratch_database_url=SecretStr(server), state_dir=state_dir / "unused")
    assert await ensure_scratch_server(settings) == server
    surroundings: Any = SimpleNamespace(settings=settings.model_copy(update={"database_url": SecretStr(server)}))
    assert "; projects under test at " in (await look(surroundings)).detail
    assert not (state_dir / "unused").exists()
    async with fresh_database(state_dir) as url, await psycopg.AsyncConnection.connect(url, autocommit=True) as one:
        await one.execute("CREATE ROLE plain LOGIN")
        plain = SecretStr(server.replace("postgres@", "plain@", 1))
        with pytest.raises(NoDatabase, match="its user may create no databases") as caught:
            await ensure_scratch_server(load_settings(scratch_database_url=plain))
        assert "BACKEND_DEVELOPER_SCRATCH_DATABASE_URL" in caught.value.way_out
        await one.execute("DROP ROLE plain")


async def test_a_server_for_projects_that_is_not_there_or_is_no_url_is_an_error(tmp_path: Path) -> None:
    away = SecretStr(f"postgresql://me:{'hush' * 2}@/db?host={tmp_path}")
    with pytest.raises(NoDatabase) as caught:
        await ensure_scratch_server(load_settings(scratch_database_url=away))
    assert "hush" not in str(caught.value)
    assert "BACKEND_DEVELOPER_SCRATCH_DATABASE_URL" in caught.value.way_out
    with pytest.raises(InvalidSettings, match=r"BACKEND_DEVELOPER_SCRATCH_DATABASE_URL: .*postgresql://"):
        load_settings(scratch_database_url=SecretStr("host=/tmp"))


async def test_projects_get_another_server_than_runs(own_state_dir: Path) -> None:
    settings = load_settings(state_dir=own_state_dir)
    runs, projects = await ensure_server(settings), await ensure_scratch_server(settings)
    assert runs != projects
    assert await ensure_server(settings) == runs
    assert await leave_servers(own_state_dir, wait_s=20)
    assert not list(own_state_dir.glob("*/data/postmaster.pid"))
