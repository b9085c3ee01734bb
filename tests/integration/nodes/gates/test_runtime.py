import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from backend_developer.contract import EnvironmentBroken, Finding, GateResult, NoDatabase, load_settings
from backend_developer.contract.ports import Outcome
from backend_developer.nodes.gates.runtime import prove, runtime_gate
from backend_developer.workspace.commands import Executor
from backend_developer.workspace.project_settings import ProjectSettings, RuntimeTable
from backend_developer.workspace.services import prober
from backend_developer.workspace.toolchains.base import Package, ServiceSpec, Step
from tests.support.postgres import no_extensions

PACKAGE = Package("python", ".")
SERVER = """
import json, os, sys
from http.server import BaseHTTPRequestHandler, HTTPServer

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/crash":
            raise RuntimeError("a bug")
        body = json.dumps({"path": self.path, "dsn": os.environ.get("DSN")}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""
CHECK = {"method": "GET", "path": "/users", "expect": {"status": 200, "contains": "/users"}}


class Chain:
    """A toolchain whose service and import check are given."""

    name = "python"

    def __init__(self, services: list[ServiceSpec], step: Step | None = None) -> None:
        self._services = services
        self._step = step

    def packages(self, root: Path) -> list[Package]:
        return [PACKAGE]

    def services(self, root: Path, package: Package) -> list[ServiceSpec]:
        return self._services

    def import_check(self, root: Path, package: Package) -> Step | None:
        return self._step

    def findings(self, step: Step, outcome: Outcome, root: Path) -> list[Finding]:
        return []


class Bench:
    def __init__(self, root: Path, folder: Path) -> None:
        self.root = root
        self.settings = load_settings(state_dir=folder / "state", service_start_s=15.0)
        self.commands = Executor(root, folder / "logs", self.settings)
        self.chain: Any = Chain([])
        self.project = ProjectSettings()
        self.state: dict[str, Any] = {"attempt": 1, "finish": {"checks": [CHECK]}}
        self.events: list[dict[str, Any]] = []

    def serve(self, text: str = SERVER, **fields: Any) -> None:
        (self.root / "main.py").write_text(text)
        spec = ServiceSpec(argv=(sys.executable, "main.py", "{port}"), package=PACKAGE, framework="plain", **fields)
        self.chain = Chain([spec])

    def importing(self, code: str) -> None:
        argv = (sys.executable, "-c", code)
        self.chain = Chain([], Step(kind="build", tool="import", argv=argv, package=PACKAGE))

    def context(self) -> Any:
        async def changed() -> list[str]:
            return ["main.py"]

        @asynccontextmanager
        async def scratch() -> AsyncIterator[str]:
            yield "postgresql:///scratch"

        return SimpleNamespace(
            settings=self.settings,
            commands=self.commands,
            project_settings=self.project,
            toolchains=(self.chain,),
            scratch_database=scratch,
            with_extensions=no_extensions,
            installer=None,
            workspace=SimpleNamespace(root=self.root, journal=SimpleNamespace(files_changed=changed)),
        )

    async def judge(self) -> GateResult:
        runtime: Any = SimpleNamespace(context=self.context(), stream_writer=self.events.append)
        state: Any = self.state
        update = await runtime_gate(state, runtime)
        return GateResult.model_validate(update["gates"]["1/runtime"])


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    root = tmp_path / "project"
    root.mkdir()
    return Bench(root, tmp_path)


async def test_a_service_is_started_asked_and_stopped_as_evidence(bench: Bench) -> None:
    bench.serve()

    result = await bench.judge()

    assert (result.status, result.findings, result.attempt) == ("pass", [], 1)
    (answer,) = result.evidence["answers"]
    assert (answer["method"], answer["path"], answer["status"], answer["ok"]) == ("GET", "/users", 200, True)
    assert result.command is not None
    assert "main.py" in result.command
    assert result.log is not None
    assert Path(result.log).read_text()
    begun, ended = bench.events
    assert begun == {"event": "gate", "gate": "runtime", "attempt": 1}
    assert (ended["status"], ended["findings"]) == ("pass", 0)


async def test_a_request_that_crashes_the_handler_fails_with_its_place(bench: Bench) -> None:
    bench.serve()
    bench.state["finish"]["checks"] = [{**CHECK, "path": "/crash"}]

    result = await bench.judge()

    (finding,) = result.errors
    assert result.status == "fail"
    assert (finding.code, finding.file, finding.line) == ("answer-unexpected", "main.py", 8)
    assert "RuntimeError: a bug" in finding.message


async def test_a_change_without_a_check_is_not_finished_though_the_service_starts(bench: Bench) -> None:
    bench.serve()
    bench.state["finish"] = {"checks": []}

    result = await bench.judge()

    assert result.status == "fail"
    assert [finding.code for finding in result.findings] == ["no-checks"]
    assert result.evidence["url"] is not None


async def test_a_check_that_any_service_passes_shows_nothing(bench: Bench) -> None:
    bench.serve()
    nowhere = {"method": "DELETE", "path": "/nowhere", "expect": {"status": 404}}
    bench.state["finish"]["checks"] = [nowhere]
    assert [finding.code for finding in (await bench.judge()).errors] == ["no-checks", "answer-unexpected"]
    bench.state["finish"]["checks"] = [nowhere, CHECK]
    assert [finding.code for finding in (await bench.judge()).errors] == ["answer-unexpected"]


async def test_what_was_a_service_does_not_pass_as_a_library(bench: Bench) -> None:
    bench.importing("import json")
    bench.state["finish"]["checks"] = []
    bench.state["baseline"] = {"build": {"evidence": {"service": "fastapi"}}}
    result = await bench.judge()
    assert (result.status, [finding.code for finding in result.errors]) == ("fail", ["service-lost"])


async def test_checks_that_nothing_can_play_are_no_pass(bench: Bench) -> None:
    bench.importing("import json")
    result = await bench.judge()
    assert (result.status, [finding.code for finding in result.errors]) == ("fail", ["no-service"])


@pytest.mark.parametrize("state", [{"finish": {"ended": "out of calls"}}, {"finish": {}}])
async def test_no_checks_are_demanded_of_an_attempt_that_was_ended_or_without_a_task(
    bench: Bench, state: dict[str, Any]
) -> None:
    bench.serve()
    bench.state |= state

    assert (await bench.judge()).status == "pass"


async def test_a_project_can_be_proved_without_a_task(bench: Bench) -> None:
    bench.serve()

    assert (await prove(bench.context(), None)).status == "pass"


async def test_checks_that_cannot_be_read_are_told(bench: Bench) -> None:
    bench.serve()
    bench.state["finish"]["checks"] = [{"path": "users"}]

    result = await bench.judge()

    assert [finding.code for finding in result.findings] == ["check-invalid"]


async def test_the_projects_own_start_and_database_are_used(bench: Bench) -> None:
    bench.serve()
    bench.chain = Chain([])
    bench.project = ProjectSettings(runtime=RuntimeTable(start=f"{sys.executable} main.py {{port}}", database="DSN"))
    bench.state["finish"]["checks"] = [{**CHECK, "expect": {"status": 200, "contains": "postgresql:///scratch"}}]

    assert (await bench.judge()).status == "pass"


async def test_a_library_is_imported(bench: Bench) -> None:
    bench.state["finish"]["checks"] = []
    bench.importing("import json")

    result = await bench.judge()

    assert (result.status, result.exit_code) == ("pass", 0)
    assert result.evidence["library"]


async def test_a_library_that_cannot_be_imported_fails(bench: Bench) -> None:
    bench.state["finish"]["checks"] = []
    bench.importing("import no_such_module")

    result = await bench.judge()

    assert (result.status, result.exit_code) == ("fail", 1)
    assert "No module named 'no_such_module'" in result.findings[0].message


async def test_an_import_that_does_not_end_fails(bench: Bench) -> None:
    bench.state["finish"]["checks"] = []
    bench.settings = bench.settings.model_copy(update={"gate_timeout_s": 0.5})
    bench.importing("import time; time.sleep(60)")

    result = await bench.judge()

    assert [finding.code for finding in result.findings] == ["time-limit"]


async def test_without_a_free_port_the_surroundings_are_broken(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> int:
        raise EnvironmentBroken("No port is free.", "Free one.")

    bench.serve()
    monkeypatch.setattr(prober, "free_port", none)

    result = await bench.judge()

    assert (result.status, result.reason) == ("error", "No port is free.")


async def test_neither_service_nor_library_is_skipped_with_a_reason(bench: Bench) -> None:
    bench.state["finish"]["checks"] = []
    result = await bench.judge()

    assert result.status == "skip"
    assert result.reason == "the project has no service to start and no package to import"
    assert bench.events[-1]["reason"] == result.reason


@pytest.mark.parametrize("status", ["fail", "error"])
async def test_nothing_is_started_after_a_red_build(bench: Bench, status: str) -> None:
    bench.serve("raise SystemExit(1)")
    bench.state["gates"] = {"1/build": {"gate": "build", "status": status}}

    result = await bench.judge()

    assert result.status == "skip"
    assert result.reason is not None
    assert "build" in result.reason


async def test_a_database_that_is_away_is_not_the_changes_fault(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    @asynccontextmanager
    async def away() -> AsyncIterator[str]:
        raise NoDatabase("PostgreSQL cannot be started.", "See its log.")
        yield ""

    bench.serve(wants_database=True)
    context: Callable[[], Any] = bench.context
    monkeypatch.setattr(bench, "context", lambda: SimpleNamespace(**{**vars(context()), "scratch_database": away}))

    result = await bench.judge()

    assert (result.status, result.reason) == ("error", "PostgreSQL cannot be started. See its log.")
