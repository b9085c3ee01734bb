"""The gate `runtime` on services of Node, Go and Rust that keep rows in PostgreSQL: migrated first, then asked."""

import asyncio
import importlib.util
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from backend_developer.contract import NoExtension, load_settings
from backend_developer.nodes.gates.runtime import runtime_gate
from backend_developer.workspace.postgres import ScratchDatabases, ensure_scratch_server, scratch_database
from backend_developer.workspace.postgres.installed import installation_with
from tests.support import node_sample
from tests.support.gate_run import GateRun, errors
from tests.support.samples import SAMPLES, copy_sample, path_with_go, share_go_cache

Make = Callable[[str], GateRun]

WRITTEN = {"method": "POST", "path": "/users", "json": {"name": "Ada"}, "expect": {"status": 201, "contains": "Ada"}}
READ = {"method": "GET", "path": "/users", "expect": {"status": 200, "contains": "Ada"}}
MIGRATIONS = {
    "node": "migrations/0001_users.sql",
    "go": "migrations/000001_users.up.sql",
    "rust": "migrations/20260101120000_users.sql",
}
every = pytest.mark.parametrize(
    "language",
    [
        "node",
        pytest.param("go", marks=pytest.mark.skipif(not importlib.util.find_spec("go"), reason="Go is missing")),
        pytest.param("rust", marks=pytest.mark.skipif(not shutil.which("cargo"), reason="Rust is missing")),
    ],
)


@pytest.fixture
async def scratch(state_dir: Path) -> AsyncIterator[ScratchDatabases]:
    """The databases of a run."""
    databases = ScratchDatabases(load_settings(state_dir=state_dir), "played")
    yield databases
    await databases.aclose()


@pytest.fixture
def make(tmp_path: Path, state_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Make:
    """Copies the sample of a language, with a real database behind it."""

    def make(language: str) -> GateRun:
        target = tmp_path / "project"
        if language == "node":
            node_sample.copy_sample(target, SAMPLES / "node_database")
        else:
            copy_sample(f"{language}_database", target)
        if language == "go":
            monkeypatch.setenv("PATH", path_with_go())
            share_go_cache(tmp_path / "state" / "gates")
        run = GateRun(target, tmp_path / "state")

        @asynccontextmanager
        async def scratch() -> AsyncIterator[str]:
            server = await ensure_scratch_server(run.context.settings.model_copy(update={"state_dir": state_dir}))
            async with scratch_database(server, "test") as url:
                yield url

        run.context.scratch_database = scratch
        return run

    return make


async def played(run: GateRun, *checks: dict[str, Any]) -> dict[str, Any]:
    run.state["finish"] = {"checks": list(checks)}
    return await run.play(runtime_gate)


@every
async def test_rows_are_written_and_read_in_the_migrated_database(make: Make, language: str) -> None:
    result = await played(make(language), WRITTEN, READ)
    assert (result["status"], errors(result)) == ("pass", []), result
    assert result["evidence"]["migrated"] == [MIGRATIONS[language]]


@every
async def test_without_its_table_the_service_fails(make: Make, language: str) -> None:
    run = make(language)
    run.change(MIGRATIONS[language], "users", "people")
    result = await played(run, WRITTEN)
    assert [code for _, code, _ in errors(result)][:1] == ["answer-unexpected"]
    assert 'relation "users" does not exist' in result["evidence"]["log_tail"]


async def test_a_migration_that_fails_is_told_with_its_place(make: Make) -> None:
    run = make("node")
    run.change(MIGRATIONS["node"], "name text", "name txt")
    result = await played(run, WRITTEN, READ)
    assert errors(result) == [("runtime", "prepare-failed", (MIGRATIONS["node"], 3))]
    assert 'type "txt" does not exist' in result["findings"][0]["message"]
    run.change(MIGRATIONS["node"], "CREATE TABLE", "CREATE EXTENSION pg_tgrm;\nCREATE TABLE")
    result = await played(run, WRITTEN, READ)
    assert errors(result) == [("runtime", "prepare-failed", (MIGRATIONS["node"], 1))]
    assert "no extension pg_tgrm is known, pg_trgm is" in result["findings"][0]["message"]


async def test_its_database_has_the_stand_ins_and_they_are_told(make: Make) -> None:
    run = make("node")
    run.change(MIGRATIONS["node"], "CREATE TABLE", "CREATE EXTENSION citext;\nCREATE TABLE")
    result = await played(run, WRITTEN, READ)
    assert (result["status"], list(result["evidence"]["stand_ins"])) == ("pass", ["citext"])


async def test_a_service_whose_extension_is_not_to_be_had_here_is_not_to_blame(make: Make) -> None:
    run = make("node")
    run.change(MIGRATIONS["node"], "CREATE TABLE", "CREATE EXTENSION pg_trgm;\nCREATE TABLE")
    result = await played(run, WRITTEN, READ)
    assert (result["status"], errors(result)) == ("pass", [])
    first = f"{MIGRATIONS['node']}:1: CREATE EXTENSION pg_trgm"
    assert result["reason"].endswith(f"without what wants the extension pg_trgm: 1 in all, first {first}")
    run.change(MIGRATIONS["node"], "name text", "tags trigrams,\n    name text")
    result = await played(run, WRITTEN, READ)
    assert (result["status"], errors(result)) == ("skip", [])
    assert result["reason"].startswith(f"{MIGRATIONS['node']}:1: ")
    assert "it lacks the extension pg_trgm" in result["reason"]

    old = (run.root / MIGRATIONS["node"]).read_bytes()
    for before, is_new in ((old.replace(b"CREATE EXTENSION pg_trgm;", b""), True), (old, False)):
        run.context.workspace.journal = SimpleNamespace(
            files_changed=lambda: asyncio.sleep(0, [MIGRATIONS["node"]]),
            before=lambda _, was=before: asyncio.sleep(0, [was]),
        )
        with pytest.raises(NoExtension, match="it lacks the extension pg_trgm") if is_new else nullcontext():
            assert (await played(run, WRITTEN, READ))["status"] == "skip"

    (run.root / "migrate.js").write_text(RUNNER)
    run.change("server.js", CALL, f"await (await import('./migrate.js')).migrate(pool);\n{CALL}")
    result = await played(run, WRITTEN, READ)
    assert (result["status"], errors(result), result["evidence"]["migrated"]) == ("skip", [], [])
    assert "it lacks the extension pg_trgm" in result["reason"]


@pytest.mark.skipif(installation_with({"pg_trgm"}) is None, reason="no PostgreSQL with contrib modules is installed")
async def test_it_is_played_on_a_postgresql_of_this_machine_that_has_its_extension(
    make: Make, scratch: ScratchDatabases
) -> None:
    run = make("node")
    run.context.scratch_database, run.context.with_extensions = scratch.fresh, scratch.with_extensions
    run.change(MIGRATIONS["node"], "CREATE TABLE", "CREATE EXTENSION pg_trgm;\nCREATE TABLE")
    path = run.root / MIGRATIONS["node"]
    path.write_text(f"{path.read_text().rstrip()}\nCREATE INDEX ON users USING gin (name gin_trgm_ops);\n")
    result = await played(run, WRITTEN, READ)
    assert (result["status"], errors(result), "reason" in result) == ("pass", [], False)
    assert result["evidence"]["migrated"] == [MIGRATIONS["node"]]


RUNNER = (
    "import { readFileSync } from 'node:fs';\n\nexport async function migrate(pool) {\n"
    "  await pool.query(readFileSync('migrations/0001_users.sql', 'utf8'));\n}\n"
)
CALL = "const server ="


async def test_a_service_that_migrates_by_itself_is_left_to_do_so(make: Make) -> None:
    run = make("node")
    (run.root / "migrate.js").write_text(RUNNER)
    run.change("server.js", CALL, f"await (await import('./migrate.js')).migrate(pool);\n{CALL}")
    result = await played(run, WRITTEN, READ)
    assert (result["status"], result["evidence"]["migrated"]) == ("pass", [])


async def test_who_migrates_is_seen_by_the_log_where_the_sources_mislead(make: Make) -> None:
    run = make("node")
    (run.root / "migrate.js").write_text(RUNNER)
    result = await played(run, WRITTEN, READ)
    assert (result["status"], result["evidence"]["migrated"]) == ("pass", [MIGRATIONS["node"]])

    (run.root / "migrate.js").write_text(
        RUNNER.replace("'migrations/0001", "`${'migra' + 'tions'}/0001").replace("sql'", "sql`")
    )
    run.change("server.js", CALL, f"await (await import('./migrate.js')).migrate(pool);\n{CALL}")
    result = await played(run, WRITTEN, READ)
    assert (result["status"], result["evidence"]["migrated"]) == ("pass", [])
