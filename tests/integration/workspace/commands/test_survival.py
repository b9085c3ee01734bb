"""Nothing outlives the agent, however it dies."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from backend_developer.workspace.commands import Executor, sandbox
from backend_developer.workspace.commands.sandbox import SandboxReport

_AGENT = """
import asyncio, sys, tempfile
from pathlib import Path
from backend_developer.contract import Settings
from backend_developer.workspace.commands import Executor

base = Path(sys.argv[1])
tempfile.tempdir = str(base / "t")

async def main():
    executor = Executor(base / "project", base / "logs", Settings(state_dir=base))
    service = await executor.serve("setsid sleep 999 & touch served; sleep 999")
    {ending}

asyncio.run(main())
"""


async def _until(condition: Callable[[], bool], limit_s: float = 20) -> None:
    end = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        await asyncio.sleep(0.02)


@pytest.mark.parametrize(
    ("ending", "killed"),
    [("await executor.run('touch ran; trap : TERM; sleep 999')", True), ("(base / 'project' / 'ran').touch()", False)],
)
async def test_nothing_outlives_the_agent(
    executor: Executor, tmp_path: Path, living: Callable[[], list[str]], ending: str, killed: bool
) -> None:
    agent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _AGENT.format(ending=ending), str(tmp_path), cwd=Path(__file__).parent
    )
    project = tmp_path / "project"
    await _until(lambda: (project / "ran").exists() and (project / "served").exists())
    if killed:
        agent.kill()
    await agent.wait()
    await _until(lambda: not living() and not list((tmp_path / "t").iterdir()), limit_s=5)


async def test_a_killed_supervisor_leaves_nothing(
    executor: Executor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sandbox._reports, "auto", SandboxReport(kind="none"))
    outcome = await executor.run("setsid sleep 998 & sleep 999 & kill -9 $PPID; sleep 997", timeout_s=30)
    assert (outcome.exit_code, outcome.timed_out) == (137, False)
    assert outcome.killed >= 3


async def test_a_supervisor_that_hangs_is_ended(
    executor: Executor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sandbox._reports, "auto", SandboxReport(kind="none"))
    monkeypatch.setattr("backend_developer.workspace.commands.process.STOP_S", 0.5)
    outcome = await executor.run("kill -STOP $PPID; sleep 999", timeout_s=0.5)
    assert (outcome.exit_code, outcome.timed_out) == (None, True)
    assert "does not answer" in caplog.text


async def test_a_service_whose_supervisor_hangs_is_ended(
    executor: Executor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sandbox._reports, "auto", SandboxReport(kind="none"))
    monkeypatch.setattr("backend_developer.workspace.commands.process.STOP_S", 0.5)
    note = tmp_path / "project" / "supervisor"
    service = await executor.serve(f"echo $PPID > {note}.new; mv {note}.new {note}; exec sleep 999")
    await _until(note.exists)
    os.kill(int(note.read_text()), signal.SIGSTOP)
    outcome = await service.stop()
    assert outcome.exit_code == 137
