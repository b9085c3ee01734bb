"""What must end within its limit and 3 s, with nothing left alive (the `executor` fixture looks)."""

import asyncio
import time
from pathlib import Path

import pytest

from backend_developer.workspace.commands import Executor, read_output

_STUBBORN = "trap '' TERM; (trap '' TERM; while :; do sleep 0.2; done) & while :; do sleep 0.2; done"


@pytest.mark.parametrize(
    "command",
    [
        "sleep 999",
        "setsid sleep 998 & sleep 999",
        _STUBBORN,
        "setsid bash -c 'setsid bash -c \"trap : TERM; env -i sleep 997; sleep 997\" &' & sleep 999",
        "kill -STOP $$; sleep 999",
        "kill -9 $PPID; sleep 999",
        "exec >&- 2>&-; sleep 999",
    ],
)
async def test_the_limit_ends_everything(executor: Executor, command: str) -> None:
    began = time.monotonic()
    outcome = await executor.run(command, timeout_s=0.5)
    assert time.monotonic() - began < 0.5 + 3
    assert (outcome.timed_out, outcome.exit_code, outcome.ok) == (True, None, False)


@pytest.mark.parametrize(
    "command",
    [
        "sleep 300 & echo hi",
        "setsid sleep 300 & echo hi",
        "nohup sleep 300 >/dev/null 2>&1 & echo hi",
        "(setsid sleep 300 &) ; echo hi",
        "env -i setsid sleep 300 & echo hi",
    ],
)
async def test_a_server_in_the_background_does_not_hold_the_call(executor: Executor, command: str) -> None:
    began = time.monotonic()
    outcome = await executor.run(command, timeout_s=30)
    assert time.monotonic() - began < 3
    assert (outcome.output, outcome.exit_code, outcome.killed) == ("hi\n", 0, 1)


async def test_a_stubborn_background_takes_the_grace_and_no_more(executor: Executor) -> None:
    began = time.monotonic()
    outcome = await executor.run(
        "bash -c \"trap '' TERM; while :; do sleep 0.1; done\" & sleep 0.3; echo hi", timeout_s=30
    )
    assert 2 < time.monotonic() - began < 5
    assert outcome.output == "hi\n"
    assert outcome.killed >= 1


async def test_processes_that_multiply_are_ended(executor: Executor) -> None:
    roving = "f() { sleep 0.01; f & }; f; f; f; sleep 999"
    outcome = await executor.run(roving, timeout_s=0.5)
    assert outcome.timed_out


async def test_a_helper_may_finish_what_it_writes(executor: Executor) -> None:
    outcome = await executor.run("exec > >(sleep 0.03; cat; echo tail); echo one")
    assert (outcome.output, outcome.killed) == ("one\ntail\n", 0)


async def test_200_mb_of_output_are_kept(executor: Executor) -> None:
    outcome = await executor.run("head -c 200000000 /dev/zero | tr '\\0' x; echo; echo end", timeout_s=60)
    assert outcome.ok
    assert outcome.log.stat().st_size == 200_000_005
    assert len(outcome.output) < 10_000 + 300
    assert outcome.output.startswith("xxx")
    assert outcome.output.endswith("x\nend\n")
    outcome.log.unlink()


async def test_output_without_end_is_ended(executor: Executor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend_developer.workspace.commands.launch.LOG_CAP", 1_000_000)
    outcome = await executor.run("yes", timeout_s=60)
    assert (outcome.exit_code, outcome.timed_out) == (153, False)
    assert outcome.output.endswith("[ended: it wrote more than 1 MB of output]\n")
    assert outcome.log.stat().st_size < 1_000_200


async def test_binary_output_is_harmless(executor: Executor) -> None:
    outcome = await executor.run("head -c 300000 /dev/urandom; printf '\\0\\355\\240\\200end'")
    assert outcome.ok
    assert "\0" not in outcome.output
    assert outcome.output.encode().decode() == outcome.output
    assert outcome.output.endswith("end")
    assert "\0" not in read_output(outcome.log, 1_000_000)


@pytest.mark.parametrize("command", ["sleep 999", _STUBBORN])
async def test_cancelling_ends_the_command_first(executor: Executor, tmp_path: Path, command: str) -> None:
    task = asyncio.create_task(executor.run(f"touch started; {command}"))
    while not (tmp_path / "project" / "started").exists():
        await asyncio.sleep(0.02)
    began = time.monotonic()
    task.cancel()
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert time.monotonic() - began < 3


async def test_cancelling_while_it_starts_leaves_nothing(executor: Executor) -> None:
    await executor.run(["true"])
    for delay in (0, 0.002, 0.01, 0.02):
        task = asyncio.create_task(executor.run(["sleep", "999"]))
        await asyncio.sleep(delay)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
