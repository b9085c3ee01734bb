import pytest

from backend_developer.contract import CallFailed
from backend_developer.workspace.commands import Executor

_ECHO = "import sys\nfor line in sys.stdin: print(line.upper(), end='', flush=True)\nsys.stderr.write('bye')"


async def test_it_answers_and_its_errors_are_in_the_log(executor: Executor) -> None:
    talk = await executor.talk(["python3", "-c", _ECHO])
    talk.writer.write(b"hello\n")
    assert await talk.reader.readline() == b"HELLO\n"
    talk.writer.close()
    assert await talk.reader.read() == b""
    assert (await talk.stop()).output == "bye"


async def test_what_it_has_started_ends_with_it_though_it_never_reads(executor: Executor) -> None:
    talk = await executor.talk(["bash", "-c", "trap '' TERM; setsid sleep 999 & echo up; while :; do sleep 0.2; done"])
    assert await talk.reader.readline() == b"up\n"
    talk.writer.write(b"x" * 10_000_000)
    outcome = await talk.stop()
    assert outcome.exit_code == 137
    assert talk.pids == []


async def test_it_cannot_write_to_the_workspace(executor: Executor) -> None:
    talk = await executor.talk(["bash", "-c", "echo x > made; echo $?; echo y > $TMPDIR/made; echo $?"])
    assert (await talk.reader.read()).split() == [b"1", b"0"]
    await talk.stop()


async def test_a_program_that_is_not_there_is_told(executor: Executor) -> None:
    with pytest.raises(CallFailed, match="no program `no-such-server`"):
        await executor.talk(["no-such-server"])
