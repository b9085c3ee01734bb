"""The executor with a note of what it ran and when, and the same commands by hand."""

import os
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from backend_developer.contract.ports import Commands, Outcome, Service

LIMIT_S = 60.0


@dataclass(frozen=True, slots=True)
class Command:
    """One command of a gate."""

    argv: str | Sequence[str]
    cwd: Path | None
    env: Mapping[str, str]
    ended: Outcome
    serves: bool

    @classmethod
    def of(cls, argv: str | Sequence[str], options: Mapping[str, Any], ended: Outcome, *, serves: bool) -> "Command":
        """From what the executor was given."""
        return cls(argv, options.get("cwd"), options.get("env") or {}, ended, serves)


@dataclass
class Recorder:
    """Stands before the real executor."""

    commands: Commands
    ran: list[Command] = field(default_factory=list)
    spans: list[tuple[float, float]] = field(default_factory=list)
    """When the processes ran: what starts them and reads their output is not in it."""

    async def run(self, argv: str | Sequence[str], **options: Any) -> Outcome:
        """As the executor does."""
        outcome = await self.commands.run(argv, **options)
        now = time.perf_counter()
        self.note(Command.of(argv, options, outcome, serves=False), now - outcome.duration_s, now)
        return outcome

    async def serve(self, argv: str | Sequence[str], **options: Any) -> Service:
        """As the executor does; noted when it is stopped."""
        return _Served(await self.commands.serve(argv, **options), self, argv, options)

    def note(self, command: Command, began: float, ended: float) -> None:
        """It ran from then until then."""
        self.spans.append((began, ended))
        self.ran.append(command)

    def busy_s(self) -> float:
        """Seconds in which one of the processes ran at least."""
        total, until = 0.0, 0.0
        for began, ended in sorted(self.spans):
            total += max(0.0, ended - max(began, until))
            until = max(until, ended)
        return total


@dataclass
class _Served:
    service: Service
    recorder: Recorder
    argv: str | Sequence[str]
    options: Mapping[str, Any]
    began: float = field(default_factory=time.perf_counter)
    ended: Outcome | None = None

    @property
    def log(self) -> Path:
        return self.service.log

    @property
    def pids(self) -> list[int]:
        return self.service.pids

    def exited(self) -> int | None:
        return self.service.exited()

    async def stop(self) -> Outcome:
        outcome = await self.service.stop()
        if self.ended is None:
            self.ended = outcome
            command = Command.of(self.argv, self.options, outcome, serves=True)
            self.recorder.note(command, self.began, time.perf_counter())
        return outcome


def by_hand(commands: Sequence[Command], root: Path, database_url: str) -> float:
    """Seconds of the commands as a shell script runs them: one after the other, a service until it listens.

    squawk is left out, for the folder that it ran in is gone.
    """
    began = time.perf_counter()
    for command in commands:
        if not (root / (command.cwd or "")).is_dir():
            continue
        argv = ["bash", "-c", command.argv] if isinstance(command.argv, str) else list(command.argv)
        fresh = {name: database_url for name in command.env if name == "DATABASE_URL"}
        env = {**os.environ, **command.env, **fresh}
        if command.serves:
            _serve(argv, root, env)
            continue
        done = subprocess.run(argv, cwd=root / (command.cwd or ""), env=env, capture_output=True, check=False)
        if done.returncode != command.ended.exit_code:
            raise RuntimeError(f"{argv} ended with {done.returncode}: {done.stdout[-500:]!r} {done.stderr[-500:]!r}")
    return time.perf_counter() - began


def _serve(argv: Sequence[str], root: Path, env: Mapping[str, str]) -> None:
    port = int(argv[argv.index("--port") + 1])
    with subprocess.Popen(argv, cwd=root, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _until_it_listens(port, process)
        finally:
            process.terminate()


def _until_it_listens(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.perf_counter() + LIMIT_S
    while time.perf_counter() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise RuntimeError("the service does not listen")
