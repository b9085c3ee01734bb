import asyncio
import time
from pathlib import Path

import psutil
import pytest

from backend_developer.contract import CallFailed
from backend_developer.contract.ports import Commands, Service
from backend_developer.workspace.commands import Executor


async def _says(service: Service, text: str) -> None:
    end = time.monotonic() + 20
    while text not in service.log.read_text():
        assert time.monotonic() < end, "waited in vain"
        await asyncio.sleep(0.02)


_SERVER = """
import signal, subprocess, sys

children = [subprocess.Popen(words) for words in (["sleep", "999"], ["setsid", "sleep", "998"])]
signal.signal(signal.SIGTERM, lambda *_: sys.exit(print("bye")))
print("up")
signal.pause()
"""


async def test_a_service_runs_until_it_is_stopped(executor: Executor) -> None:
    commands: Commands = executor
    service = await commands.serve(["python3", "-c", _SERVER])
    await _says(service, "up")
    assert service.exited() is None
    assert len(service.pids) == 3
    assert all(psutil.pid_exists(pid) for pid in service.pids)
    outcome = await service.stop()
    assert (outcome.exit_code, outcome.killed, outcome.output) == (0, 0, "up\nbye\n")
    assert service.exited() == 0
    assert service.pids == []
    assert await service.stop() == outcome


async def test_a_stubborn_service_is_killed_and_counted(executor: Executor) -> None:
    service = await executor.serve("trap '' TERM; echo up; while :; do sleep 0.2; done")
    await _says(service, "up")
    began = time.monotonic()
    outcome = await service.stop()
    assert 2 <= time.monotonic() - began < 3
    assert outcome.exit_code == 137
    assert outcome.killed >= 1


async def test_a_service_that_crashes_is_seen(executor: Executor) -> None:
    service = await executor.serve("echo broken; sleep 999 & exit 4")
    end = time.monotonic() + 20
    while service.exited() is None:
        assert time.monotonic() < end, "waited in vain"
        await asyncio.sleep(0.02)
    assert service.exited() == 4
    assert service.pids == []
    assert (await service.stop()).output == "broken\n"


async def test_a_service_that_cannot_start_is_told(executor: Executor) -> None:
    with pytest.raises(CallFailed, match="no program `no-such-server`"):
        await executor.serve(["no-such-server"])


async def test_a_service_has_no_time_limit_but_a_run_beside_it_has(executor: Executor, tmp_path: Path) -> None:
    service = await executor.serve(["sleep", "999"])
    outcome = await executor.run(["sleep", "999"], timeout_s=0.2)
    assert outcome.timed_out
    assert service.exited() is None
    assert (await service.stop()).exit_code == 128 + 15
