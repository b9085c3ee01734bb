import asyncio
import os
import shlex
from pathlib import Path

import pytest

from backend_developer.contract import CallFailed, Settings
from backend_developer.workspace.commands import Executor


async def test_a_command_tells_how_it_ended(executor: Executor, tmp_path: Path) -> None:
    outcome = await executor.run("echo out; echo err >&2; exit 3")
    assert (outcome.exit_code, outcome.ok, outcome.timed_out, outcome.killed) == (3, False, False, 0)
    assert outcome.output == "out\nerr\n"
    assert outcome.log.read_text() == "out\nerr\n"
    assert outcome.log.parent == tmp_path / "logs"
    assert 0 < outcome.duration_s < 5


async def test_words_reach_the_program_as_they_are(executor: Executor) -> None:
    words = ["two words", "", "$HOME", "'", "день", "new\nline"]
    outcome = await executor.run(["printf", "[%s]", *words])
    assert outcome.output == "".join(f"[{word}]" for word in words)
    assert shlex.split(outcome.command) == ["printf", "[%s]", *words]


async def test_a_signal_counts_from_128(executor: Executor) -> None:
    assert (await executor.run("kill -SEGV $$")).exit_code == 128 + 11


async def test_standard_input_is_empty(executor: Executor) -> None:
    assert (await executor.run("cat; read x; echo $?", timeout_s=10)).output == "1\n"


async def test_a_broken_pipe_ends_the_writer(executor: Executor) -> None:
    outcome = await executor.run("set -o pipefail; yes | head -1", timeout_s=20)
    assert (outcome.output, outcome.exit_code) == ("y\n", 128 + 13)


async def test_writing_to_dev_stderr_does_not_lose_what_came_before(executor: Executor) -> None:
    outcome = await executor.run("echo a; echo b > /dev/stderr; echo c | tee /dev/stderr")
    assert outcome.output == "a\nb\nc\nc\n"


async def test_the_environment_has_what_is_given_and_no_keys(
    executor: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "secret-key")
    outcome = await executor.run(["env"], env={"GIVEN": "yes"})
    assert "GIVEN=yes\n" in outcome.output
    assert "secret-key" not in outcome.output


async def test_the_temporary_folder_is_private_and_removed(executor: Executor) -> None:
    script = 'mkdir -p "$TMPDIR/a/b"; echo x > "$TMPDIR/a/b/c"; chmod 0 "$TMPDIR/a/b"; echo "$TMPDIR"'
    first, second = [(await executor.run(script)).output.strip() for _ in range(2)]
    assert first != second
    assert not Path(first).exists()


async def test_folders_are_relative_to_the_project(executor: Executor, tmp_path: Path) -> None:
    (tmp_path / "project" / "api").mkdir()
    outcome = await executor.run("pwd", cwd=Path("api"))
    assert outcome.output == f"{tmp_path}/project/api\n"


async def test_logs_are_numbered_on_over_executors(executor: Executor, tmp_path: Path) -> None:
    other = Executor(tmp_path / "project", tmp_path / "logs", Settings(state_dir=tmp_path))
    outcomes = [await one.run("KEY=secret echo hi") for one in (executor, other, executor)]
    assert [outcome.log.name for outcome in outcomes] == [f"{number:04}-echo-hi.log" for number in (1, 2, 3)]


@pytest.mark.parametrize(
    ("argv", "cwd", "words"),
    [
        (["no-such-program"], None, "no program `no-such-program`"),
        (["./missing.sh"], None, "cannot be executed: No such file"),
        (["./plain.txt"], None, "cannot be executed: Permission denied"),
        (["./no-interpreter.sh"], None, "cannot be executed: No such file"),
        (["true"], Path("nowhere"), "nowhere does not exist"),
        (["echo", "a\0b"], None, "NUL"),
        (["echo", "\ud800"], None, "surrogate"),
        ([], None, "empty command"),
    ],
)
async def test_what_cannot_be_started_is_told(
    executor: Executor, tmp_path: Path, argv: list[str], cwd: Path | None, words: str
) -> None:
    (tmp_path / "project" / "plain.txt").write_text("x")
    script = tmp_path / "project" / "no-interpreter.sh"
    script.write_text("#!/no/such/shell\n")
    script.chmod(0o755)
    with pytest.raises(CallFailed, match=words):
        await executor.run(argv, cwd=cwd)


async def test_commands_run_side_by_side(executor: Executor) -> None:
    outcomes = await asyncio.gather(*(executor.run(["sh", "-c", f"sleep 0.2; echo {n}"]) for n in range(8)))
    assert [outcome.output for outcome in outcomes] == [f"{n}\n" for n in range(8)]


async def test_the_loop_stays_free_while_a_command_writes_much(executor: Executor) -> None:
    worst = 0.0

    async def watch() -> None:
        nonlocal worst
        loop = asyncio.get_running_loop()
        while True:
            before = loop.time()
            await asyncio.sleep(0.01)
            worst = max(worst, loop.time() - before)

    watcher = asyncio.create_task(watch())
    await executor.run("head -c 100M /dev/zero", timeout_s=60)
    watcher.cancel()
    assert worst < 0.5


async def test_nothing_of_ours_is_open_in_the_command(executor: Executor) -> None:
    readable = os.open("/dev/null", os.O_RDONLY)
    os.set_inheritable(readable, True)
    try:
        outcome = await executor.run("ls /proc/self/fd | wc -l")
    finally:
        os.close(readable)
    assert int(outcome.output) == 4, "three, and the one that ls reads the folder with"
