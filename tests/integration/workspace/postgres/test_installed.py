"""Databases of a PostgreSQL that is installed beside the embedded one."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from psycopg import AsyncConnection
from pydantic import SecretStr

from backend_developer.contract import Settings, load_settings
from backend_developer.interfaces.doctor.check import Surroundings
from backend_developer.interfaces.doctor.postgres import look
from backend_developer.workspace.postgres import ScratchDatabases
from backend_developer.workspace.postgres.installed import installation_with
from tests.support.fakes import ScriptedCommands
from tests.support.postgres import install_postgres, state_folder

NAMES = "SELECT extname FROM pg_extension ORDER BY extname"


@pytest.fixture(scope="module")
def own_state_dir() -> Iterator[Path]:
    """A state folder with programs that have the extension `semver`, which hardly any machine has."""
    with state_folder() as folder:
        script = "CREATE FUNCTION semver_of(text) RETURNS text LANGUAGE sql AS 'SELECT $1';"
        install_postgres(folder / "installed", "semver", script)
        yield folder


@pytest.fixture
def programs(own_state_dir: Path) -> Path:
    (folder,) = own_state_dir.glob("installed/*/*/bin")
    return folder


@pytest.fixture
def settings(own_state_dir: Path) -> Settings:
    return load_settings(state_dir=own_state_dir)


@pytest.fixture
async def scratch(settings: Settings) -> AsyncIterator[ScratchDatabases]:
    databases = ScratchDatabases(settings, "installed")
    yield databases
    await databases.aclose()


async def extensions_after(url: str, *wanted: str) -> list[str]:
    async with await AsyncConnection.connect(url, autocommit=True) as connection:
        for name in wanted:
            await connection.execute(f'CREATE EXTENSION "{name}"')
        return [name for (name,) in await (await connection.execute(NAMES)).fetchall()]


async def test_databases_come_from_it_once_its_extension_is_wanted(
    scratch: ScratchDatabases, programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with scratch.fresh() as url:
        assert "/scratch/run" in url
    assert not await scratch.with_extensions({"semver"})
    monkeypatch.setenv("PATH", str(programs))
    assert await scratch.with_extensions({"semver"})
    async with scratch.fresh() as url, scratch.fresh() as other:
        assert "/scratch-18-" in url
        assert await extensions_after(url, "semver") == ["plpgsql", "semver"]
        assert await extensions_after(other) == ["plpgsql"]
    assert not await scratch.with_extensions({"semver", "no_such_extension"})


async def test_what_the_user_has_settled_stands(
    programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(programs))
    settings = load_settings(state_dir=tmp_path / "state")
    for other in ({"installed_postgres": False}, {"scratch_database_url": SecretStr("postgresql://localhost/x")}):
        databases = ScratchDatabases(settings.model_copy(update=other), "settled")
        assert not await databases.with_extensions({"semver"})
        await databases.aclose()
    assert not settings.state_dir.exists()


async def test_one_that_does_not_start_is_as_good_as_none(
    scratch: ScratchDatabases, programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "bin"
    broken.mkdir()
    for name, text in {
        "pg_config": f'exec {programs}/pg_config "$@"',
        "postgres": "exit 1",
        "initdb": "exit 1",
    }.items():
        (broken / name).write_text(f"#!/bin/sh\n{text}\n")
        (broken / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(broken))
    assert installation_with({"semver"})
    assert not await scratch.with_extensions({"semver"})
    async with scratch.fresh() as url:
        assert "/scratch/run" in url


async def test_the_doctor_tells_it(settings: Settings, programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(programs))
    told = f"extensions that it lacks from PostgreSQL 18.4 in {programs}"
    assert told in (await look(Surroundings(settings, ScriptedCommands()))).detail
    without = settings.model_copy(update={"installed_postgres": False})
    assert "extensions" not in (await look(Surroundings(without, ScriptedCommands()))).detail


@pytest.mark.skipif(installation_with({"pg_trgm"}) is None, reason="no PostgreSQL with contrib modules is installed")
async def test_this_machines_own_starts_and_has_its_extensions(scratch: ScratchDatabases) -> None:
    assert await scratch.with_extensions({"pg_trgm"})
    async with scratch.fresh() as url:
        assert await extensions_after(url, "pg_trgm") == ["pg_trgm", "plpgsql"]
        async with await AsyncConnection.connect(url) as connection:
            asked = "SELECT datcollate, pg_encoding_to_char(encoding) FROM pg_database WHERE datname = 'postgres'"
            assert await (await connection.execute(asked)).fetchone() == ("C", "UTF8")
