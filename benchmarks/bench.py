"""The bench: one scripted server, one embedded PostgreSQL, and processes that are measured between them.

The server runs in the measuring process, which does nothing else meanwhile; arrivals are on the machine's own clock.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from backend_developer.contract import load_settings
from backend_developer.workspace.postgres import ensure_server
from benchmarks.jobs import TASK, Job, make_project, task_of, write_json
from tests.support.model_script import Reply, Request
from tests.support.model_server import ModelServer

ROOT = Path(__file__).parents[1]
COMMAND = str(Path(sys.executable).with_name("backend-developer"))
LIMITS = {"max_model_calls": 2000, "max_tokens": 1_000_000_000, "context_tokens": 1_000_000_000, "attempts": 1}


@dataclass(slots=True)
class Run:
    """One run of a process under test."""

    started: float
    arrivals: list[float] = field(default_factory=list)
    """Of the requests in the loop; the analysis is not among them."""
    sizes: list[int] = field(default_factory=list)
    """Bytes of each request in the loop."""
    first_arrival: float = 0.0
    analysis_bytes: int = 0
    said: dict[str, Any] = field(default_factory=dict)
    """What the process said of itself at its end."""

    def between(self) -> list[tuple[str, float, float]]:
        """For each call of a tool: its name, ms from one request to the next, and ms of these in the tool."""
        gaps = zip(self.arrivals, self.arrivals[1:], self.said["tools"], strict=False)
        return [(name, 1000 * (after - before), 1000 * spent) for before, after, (name, spent) in gaps]


class Bench:
    """Runs processes and notes what they ask."""

    def __init__(self, folder: Path, server_dsn: str) -> None:
        self.folder = folder
        self.server_dsn = server_dsn
        self._server = ModelServer()
        self._count = 0

    @property
    def environment(self) -> dict[str, str]:
        """Modules are compiled once, as in an installed program, wherever this machine is told not to keep them."""
        inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        return {**inherited, "PYTHONPYCACHEPREFIX": str(self.folder / "pycache")}

    @property
    def base_url(self) -> str:
        return self._server.base_url

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        async with self._server:
            yield

    async def ours(self, job: Job, dsn: str) -> Run:
        """Through the session, as the command line and `run_task` do."""
        number, root = self._next()
        settings = {**LIMITS, "model": "openai:scripted", "base_url": self.base_url, "database_url": dsn}
        settings["state_dir"] = str(self.folder)
        given = {"task": task_of(job, number, root), "settings": settings}
        return await self._measured(job, ["-m", "benchmarks.ours"], given, number)

    async def peer(self, job: Job, dsn: str) -> Run:
        """`create_agent`, same saver, same server."""
        number, root = self._next()
        given = {
            "base_url": self.base_url,
            "dsn": dsn,
            "thread": f"peer-{number}",
            "words": TASK,
            "workspace": str(root),
        }
        return await self._measured(job, ["-m", "benchmarks.peer"], given, number)

    async def command_line(self, job: Job) -> Run:
        """`backend-developer run`, with the embedded PostgreSQL that the bench keeps alive."""
        number, root = self._next()
        task = write_json(self.folder / f"task-{number}.json", task_of(job, number, root))
        return await self._spawned(job, [COMMAND, "run", str(task), "--quiet"])

    def _next(self) -> tuple[int, Path]:
        self._count += 1
        return self._count, make_project(self.folder / f"project-{self._count}")

    async def _measured(self, job: Job, argv: list[str], given: dict[str, Any], number: int) -> Run:
        path = write_json(self.folder / f"job-{number}.json", given)
        return await self._spawned(job, [sys.executable, *argv, str(path)])

    async def _spawned(self, job: Job, argv: list[str]) -> Run:
        environment = {
            **self.environment,
            "BACKEND_DEVELOPER_STATE_DIR": str(self.folder),
            "BACKEND_DEVELOPER_MODEL": "openai:scripted",
            "BACKEND_DEVELOPER_BASE_URL": self.base_url,
            "BACKEND_DEVELOPER_ATTEMPTS": "1",
        }
        run = Run(started=0.0)
        self._server.play(lambda request: self._noted(run, job, request))
        run.started = time.perf_counter()
        process = await asyncio.create_subprocess_exec(*argv, cwd=ROOT, env=environment, stdout=asyncio.subprocess.PIPE)
        try:
            out, _ = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
        _check(run, job, out.decode())
        return run

    def _noted(self, run: Run, job: Job, request: Request) -> Reply:
        run.first_arrival = run.first_arrival or request.arrived
        if request.forced:
            run.analysis_bytes += request.size
        else:
            run.arrivals.append(request.arrived)
            run.sizes.append(request.size)
        # 400 conversations of up to 400 KB would weigh on this process, and so on the answers.
        self._server.requests.clear()
        return job.reply(request)


@asynccontextmanager
async def open_bench(folder: Path) -> AsyncIterator[Bench]:
    """A bench in a scratch folder, its database running."""
    dsn = await ensure_server(load_settings(state_dir=folder))
    bench = Bench(folder, dsn)
    async with bench.serving():
        yield bench


def _check(run: Run, job: Job, out: str) -> None:
    """A run that went another way than the script is no measurement."""
    ended = json.loads(out) if out.strip() else {}
    status = ended.get("report", ended).get("status", "success")
    if not ended or len(run.arrivals) != len(job.steps) + 1 or status != job.ends:
        raise RuntimeError(f"{job.name}: {len(run.arrivals)} calls, {status}: {out[-2000:]}")
    run.said = ended
