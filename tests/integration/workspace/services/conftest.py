import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from backend_developer.contract import load_settings
from backend_developer.workspace.commands import Executor
from backend_developer.workspace.project_settings import RuntimeTable
from backend_developer.workspace.services import Stage
from backend_developer.workspace.toolchains.base import Package, ServiceSpec
from tests.support.postgres import no_extensions

SERVICE = """
import json, os, subprocess, sys, time, traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        name = self.path.strip("/").replace("/", "_").split("?")[0]
        getattr(self, name, self.missing)()

    do_POST = do_GET

    def answer(self, status, value, kind="application/json"):
        body = value.encode() if isinstance(value, str) else json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def sent(self):
        return self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()

    def users(self):
        self.answer(201, {"id": 7, "name": json.loads(self.sent())["name"], "token": "t-1"})

    def users_7(self):
        self.answer(200 if self.headers.get("Authorization") == "Bearer t-1" else 401, {"id": 7})

    def form(self):
        self.answer(200, self.sent(), "text/plain")

    def env(self):
        self.answer(200, dict(os.environ))

    def missing(self):
        print("ERROR: there is nothing at", self.path, file=sys.stderr)
        self.answer(404, {"error": "nothing here"})

    def fails(self):
        try:
            {}["id"]
        except KeyError:
            traceback.print_exc()
            self.answer(500, "Internal Server Error", "text/plain")

    def fails_quietly(self):
        try:
            {}["id"]
        except KeyError:
            traceback.print_exc()
            self.answer(200, {})

    def dies(self):
        os._exit(3)

    def hangs(self):
        time.sleep(60)

    def streams(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        for number in range(1000):
            self.wfile.write(f"data: {number}\\n\\n".encode())
            self.wfile.flush()
            time.sleep(0.05)

    def log_message(self, *args):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def server_bind(self):
        super().server_bind()
        print("serving on http://localhost:%d" % self.server_address[1], flush=True)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    root.mkdir()
    (root / "base.py").write_text(SERVICE)
    return root


@pytest.fixture
def make_stage(project: Path, tmp_path: Path) -> Callable[..., Stage]:
    @asynccontextmanager
    async def no_database() -> AsyncIterator[str]:
        raise AssertionError("no database was asked for")
        yield ""

    def make(**fields: Any) -> Stage:
        settings = load_settings(state_dir=tmp_path / "state")
        runtime = RuntimeTable(**fields.pop("runtime", {}))
        return Stage(
            **{
                "root": project,
                "commands": Executor(project, tmp_path / "logs", settings),
                "project": runtime,
                "scratch_database": no_database,
                "with_extensions": no_extensions,
                "start_s": 20.0,
                "prepare_s": 20.0,
                **fields,
            }
        )

    return make


@pytest.fixture
def service(project: Path) -> Callable[..., ServiceSpec]:
    """Writes main.py with the given last lines and says how it is started; `{port}` goes to its argument."""

    def write(
        tail: str = 'Server(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()', **fields: Any
    ) -> ServiceSpec:
        (project / "main.py").write_text(f"from base import *\n\n{tail}\n")
        argv = fields.pop("argv", (sys.executable, "main.py", "{port}"))
        return ServiceSpec(argv=argv, package=Package("python", "."), framework="plain", **fields)

    return write


@pytest.fixture(autouse=True)
def _leaves_nothing_alive(project: Path) -> Any:
    yield
    assert _alive(project) == []


def _alive(project: Path) -> list[str]:
    found = []
    for process in psutil.process_iter():
        try:
            if process.cwd().startswith(str(project)):
                found.append(str(process))
        except psutil.Error:
            continue
    return found
