"""What the sandbox holds, and what it leaves free."""

import os
from pathlib import Path

import pytest

from backend_developer.contract import Settings
from backend_developer.workspace.commands import Executor, probe_sandbox, sandbox
from backend_developer.workspace.commands.supervisor import landlock

needs_landlock = pytest.mark.skipif(landlock.abi() < 6, reason="this kernel has no Landlock with scopes")


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "kept").write_text("kept")
    return folder


@needs_landlock
async def test_the_probe_tells_what_holds(tmp_path: Path) -> None:
    report = await probe_sandbox(Settings(state_dir=tmp_path))
    assert (report.kind, report.abi) == ("landlock", landlock.abi())
    assert "creating and writing files outside the workspace" in report.holds
    assert "signalling the agent and other processes" in report.holds
    assert "reading the agent's environment and memory" in report.holds


async def test_switched_off_it_says_so_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sandbox, "_reports", {})
    settings = Settings(state_dir=tmp_path, sandbox="off")
    (tmp_path / "project").mkdir()
    executor = Executor(tmp_path / "project", tmp_path / "logs", settings)
    for _ in range(2):
        assert (await executor.run("echo x > ../made")).ok
    assert (tmp_path / "made").exists()
    assert [record.levelname for record in caplog.records].count("WARNING") == 1


@needs_landlock
@pytest.mark.parametrize(
    "command",
    [
        "echo x > ../made",
        "echo x > ../outside/kept",
        "echo x >> ../outside/kept",
        "echo x > link/made",
        "ln ../outside/kept here && echo x > here",
        "mv ../outside/kept here",
        "cp /bin/true here && mv here ../outside/",
        "rm ../outside/kept",
        "mkdir ../outside/folder",
        "ln -s /etc ../outside/etc",
        "python3 -c \"import os; os.truncate('../outside/kept', 0)\"",
        "(setsid sh -c 'echo x > ../made'; test -e ../made)",
        "echo x > ../logs/*.log",
        "mknod disk b 8 0",
        "mount -t tmpfs none .",
        "unshare -Ur sh -c 'echo x > ../outside/kept'",
        "cat /proc/$PPID/environ",
        "echo x > /proc/$PPID/fd/1",
    ],
)
async def test_forbidden_things_fail(executor: Executor, tmp_path: Path, outside: Path, command: str) -> None:
    (tmp_path / "project" / "link").symlink_to(outside)
    outcome = await executor.run(command)
    assert outcome.exit_code not in (0, 127), outcome.output
    assert [path.name for path in outside.iterdir()] == ["kept"]
    assert (outside / "kept").read_text() == "kept"
    assert not (tmp_path / "made").exists()


@needs_landlock
@pytest.mark.parametrize(
    "command",
    [
        "mkdir -p a/b && echo x > a/f && mv a/f a/b/f && ln a/b/f g && ln -s g h && : > g && rm -r a g h",
        "echo x > $TMPDIR/f && mv $TMPDIR/f f",
        "echo x > /dev/null && echo x > /dev/stderr",
        'python3 -c "import multiprocessing as m; m.Lock(); import pty; pty.openpty()"',
        "python3 -c \"import socket; s = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen()\"",
        "sleep 5 & kill $!",
        "mkdir -p $XDG_CACHE_HOME/x && echo x > ../cache/y",
        "echo x > ../outside/made",
        "git init -q . && git -c user.name=a -c user.email=b commit -q --allow-empty -m x",
    ],
)
async def test_ordinary_work_goes_on(executor: Executor, tmp_path: Path, outside: Path, command: str) -> None:
    held = Executor(tmp_path / "project", tmp_path / "logs", Settings(state_dir=tmp_path), cache=tmp_path / "cache")
    outcome = await held.run(command, writable=[outside])
    assert outcome.ok, outcome.output


@needs_landlock
async def test_a_command_cannot_signal_beyond_itself(executor: Executor) -> None:
    service = await executor.serve(["sleep", "999"])
    outcome = await executor.run(f"kill -9 -1; kill -9 {os.getpid()}; kill -9 {service.pids[0]}; kill -9 $PPID; echo x")
    assert outcome.output.endswith("x\n")
    assert outcome.ok
    assert service.exited() is None
    await service.stop()
