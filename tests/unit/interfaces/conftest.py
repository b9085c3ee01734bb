"""A session without a graph, and a machine without settings."""

import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from backend_developer.contract import Finding, GateResult, InvalidTask, Report, Settings, Task
from backend_developer.interfaces import logs
from backend_developer.interfaces.session import Update

SUCCESS = {"status": "success", "files_changed": ["app/users.py"], "errors": [], "next_action": "@test-automator: go"}
CONSULTED = {
    "server": "context7",
    "tool": "resolve_library_id",
    "arguments": {"libraryName": "fastapi"},
    "answered_by": "built in",
    "ok": True,
    "ms": 3,
    "answer": "fastapi",
}
ANSWER = {"method": "GET", "path": "/users/1", "sent": None, "status": 200, "body": '{"id":1}', "ms": 3, "ok": True}


@dataclass
class Undone:
    restored: list[str] = field(default_factory=list)
    kept: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Record:
    task: Task
    report: Report | None = None
    gates: dict[str, GateResult] = field(default_factory=dict)
    consulted: list[dict[str, Any]] = field(default_factory=list)
    usage: dict[str, Any] = field(default_factory=dict)
    diff: str = ""
    messages: list[str] = field(default_factory=list)


@dataclass
class FakeSession:
    """Plays `updates`, and remembers what it was asked for."""

    updates: list[Update] = field(default_factory=list)
    error: BaseException | None = None
    undone: Undone = field(default_factory=Undone)
    records: dict[str, Record] = field(default_factory=dict)
    ran: list[tuple[Task, bool]] = field(default_factory=list)
    settings: Settings | None = None
    closed: bool = False

    async def run(self, task: Task, *, resume: bool = False) -> AsyncIterator[Update]:
        self.ran.append((task, resume))
        self.records.setdefault(task.task_id, record_of(task))
        for update in self.updates:
            yield update
        if self.error is not None:
            raise self.error

    async def gates(self, workspace: Path) -> AsyncIterator[Update]:
        yield {"event": "notice", "text": str(workspace)}
        for update in self.updates:
            yield update

    async def show(self, task_id: str, workspace: Path) -> Record:
        if task_id not in self.records:
            raise InvalidTask([f"there is no run {task_id!r} in {workspace}"])
        return self.records[task_id]

    async def undo(self, task_id: str, workspace: Path) -> Undone:
        return self.undone

    @asynccontextmanager
    async def open(self, settings: Settings) -> AsyncIterator["FakeSession"]:
        self.settings = settings
        try:
            yield self
        finally:
            self.closed = True


def record_of(task: Task) -> Record:
    """A finished run with two attempts."""
    finding = Finding(source="lint/ruff", code="F401", message="unused import", file="app/users.py", line=3)
    red = GateResult(gate="lint", status="fail", command="ruff check .", exit_code=1, findings=[finding], attempt=1)
    green = GateResult(gate="lint", status="pass", command="ruff check .", exit_code=0, attempt=2)
    runtime = GateResult(gate="runtime", status="pass", attempt=2, evidence={"answers": [ANSWER]})
    return Record(
        task=task,
        report=Report.model_validate(SUCCESS),
        gates={"2/runtime": runtime, "1/lint": red, "2/lint": green},
        consulted=[CONSULTED],
        usage={"calls": 9, "tokens_in": 12_000, "tokens_out": 900, "cost_usd": "0.25"},
        diff="--- a/app/users.py\n+++ b/app/users.py\n@@ -1 +1 @@\n-old\n+новая строка\n",
        messages=["user: the task", "assistant: edit app/users.py"],
    )


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> FakeSession:
    """What the commands open instead of the graph's session; its run succeeds."""
    fake = FakeSession(updates=[{"event": "report", "report": dict(SUCCESS)}])
    monkeypatch.setattr("backend_developer.interfaces.cli.common.open_session", fake.open)
    return fake


@pytest.fixture(autouse=True)
def bare_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """No key and no address in the environment, a state folder of the test's own, and the log as it was afterwards."""
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(f"BACKEND_DEVELOPER_{name.removeprefix('OPENAI_')}", raising=False)
    state = tmp_path / "state"
    monkeypatch.setenv("BACKEND_DEVELOPER_STATE_DIR", str(state))
    levels = [(logger, logger.level) for logger in (logging.getLogger(), logging.getLogger(logs.OURS))]
    yield state
    logs.tear_down()
    for logger, level in levels:
        logger.setLevel(level)


@pytest.fixture(autouse=True)
def _a_terminal_like_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the tests themselves run without colours, as inside a gate, what is drawn must not change."""
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
