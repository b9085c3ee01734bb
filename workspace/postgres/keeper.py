"""The keeper of one embedded PostgreSQL server: a process of its own, standard library only.

It starts the server, starts it again when it dies, and stops it once no client is left. A client is whoever holds
a shared lock on `clients.lock`; the kernel takes that lock from a process however it ends, so no client can be
forgotten. The keeper itself holds `keeper.lock`. When it is killed, the next keeper takes the running server over.

Run as `python -I -S keeper.py JSON`. It detaches, and the first process exits when the server is ready (code 0),
or could not be started (code 1, the reason on stderr).
"""

import contextlib
import fcntl
import json
import os
import signal
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

READY_S = 60.0
STOP_S = 15.0
POLL_S = 0.01
WATCH_S = 0.25
LOCK_S = 2.0
LAUNCHES = 10
RELAUNCH_S = 0.3
LOG_BYTES = 1_000_000


class Keeper:
    """Starts, watches and stops one server."""

    def __init__(self, job: dict[str, Any]) -> None:
        self.folder = Path(job["folder"])
        self.data = Path(job["data"])
        self.argv: list[str] = job["argv"]
        self.account: list[int] | None = job["account"]
        self.linger_s: float = job["linger_s"]
        self.pid = 0
        self.ours = False

    def lock(self) -> bool:
        """Become the keeper; False when there is one. The lock is ours until this process ends."""
        file = os.open(self.folder / "keeper.lock", os.O_RDWR | os.O_CREAT, 0o600)
        end = time.monotonic() + LOCK_S
        while not _flock(file):
            # Someone may hold it for the moment of a look at whether there is a keeper.
            if time.monotonic() > end:
                return False
            time.sleep(POLL_S)
        os.ftruncate(file, 0)
        os.pwrite(file, str(os.getpid()).encode(), 0)
        return True

    def start(self) -> None:
        """Take over the running server, or start one, and wait until it is ready.

        Raises `RuntimeError`.
        """
        end = time.monotonic() + READY_S
        self.pid = self._running()
        launches = 0
        while not self._ready():
            if time.monotonic() > end:
                raise RuntimeError(f"PostgreSQL was not ready within {READY_S:.0f} s")
            if self._alive():
                time.sleep(POLL_S)
            elif launches == LAUNCHES:
                raise RuntimeError(f"PostgreSQL did not start: {self._last_words()}")
            else:
                # The children of a server that was killed hold its shared memory for a moment.
                time.sleep(RELAUNCH_S if launches else 0)
                self._launch()
                launches += 1

    def watch(self) -> None:
        """Keep it running while there are clients; return when the last one is gone and the server stopped."""
        clients = os.open(self.folder / "clients.lock", os.O_RDWR | os.O_CREAT, 0o600)
        idle_since: float | None = None
        while True:
            time.sleep(WATCH_S)
            if not self.data.exists():
                return self.stop()
            if not _flock(clients):
                idle_since = None
                if not self._alive():
                    self.start()
                continue
            idle_since = idle_since or time.monotonic()
            if time.monotonic() - idle_since >= self.linger_s:
                # Kept until this process ends: who comes now waits, and then finds no keeper.
                return self.stop()
            fcntl.flock(clients, fcntl.LOCK_UN)

    def stop(self) -> None:
        """Fast shutdown, then harder ones."""
        if not self.pid:
            return
        for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)
            end = time.monotonic() + STOP_S
            while time.monotonic() < end:
                if not self._alive():
                    return
                time.sleep(POLL_S)

    def _launch(self) -> None:
        log = self.folder / "postgres.log"
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        if log.exists() and log.stat().st_size > LOG_BYTES:
            flags |= os.O_TRUNC
        out = os.open(log, flags, 0o600)
        self.pid = os.fork()
        if self.pid == 0:
            self._become_server(out)
        os.close(out)
        self.ours = True

    def _become_server(self, out: int) -> NoReturn:
        try:
            os.setsid()
            nothing = os.open(os.devnull, os.O_RDONLY)
            for source, target in ((nothing, 0), (out, 1), (out, 2)):
                os.dup2(source, target)
            if self.account:
                uid, gid = self.account
                os.setgroups([])
                os.setgid(gid)
                os.setuid(uid)
            os.execve(self.argv[0], self.argv, {"LC_ALL": "C", "PATH": os.defpath})  # noqa: S606 - no shell is the point
        finally:
            os._exit(127)

    def _alive(self) -> bool:
        if not self.pid:
            return False
        if self.ours:
            with contextlib.suppress(ChildProcessError):
                return os.waitpid(self.pid, os.WNOHANG)[0] == 0
            return False
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(self.pid, 0)
            return True
        return False

    def _last_words(self) -> str:
        """The end of the server's log; it holds no queries that could carry secrets when a start fails."""
        lines = (self.folder / "postgres.log").read_text(errors="replace").splitlines()
        return " | ".join(lines[-3:])

    def _pid_file(self) -> list[str]:
        with contextlib.suppress(FileNotFoundError):
            return (self.data / "postmaster.pid").read_text().splitlines()
        return []

    def _running(self) -> int:
        """The server that an earlier keeper left. The client has removed a file that names another process."""
        lines = self._pid_file()
        return int(lines[0]) if lines else 0

    def _ready(self) -> bool:
        # The eighth line is the state, documented in PostgreSQL's miscadmin.h (LOCK_FILE_LINE_PM_STATUS).
        lines = self._pid_file()
        return len(lines) >= 8 and lines[0] == str(self.pid) and lines[7].strip() == "ready" and self._alive()


def _flock(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _detach() -> int:
    """Go on in a grandchild; give back where to write that the server is ready. The first process waits for it."""
    read, write = os.pipe()
    if os.fork():
        os.close(write)
        with os.fdopen(read) as answers:
            answer = answers.read()
        if answer != "ready":
            sys.stderr.write(answer or "the keeper of PostgreSQL ended without a word")
        sys.exit(0 if answer == "ready" else 1)
    os.close(read)
    os.setsid()
    if os.fork():
        os._exit(0)
    os.chdir("/")
    nothing = os.open(os.devnull, os.O_RDWR)
    for target in (0, 1, 2):
        os.dup2(nothing, target)
    return write


def _terminated(number: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(128 + number)


def main() -> None:
    """Detach, start the server, watch it, stop it."""
    keeper = Keeper(json.loads(sys.argv[1]))
    answer = _detach()
    if not keeper.lock():
        os.write(answer, b"ready")
        return
    signal.signal(signal.SIGTERM, _terminated)
    try:
        keeper.start()
    except (OSError, RuntimeError) as error:
        os.write(answer, str(error).encode())
        keeper.stop()
        sys.exit(1)
    os.write(answer, b"ready")
    os.close(answer)
    try:
        keeper.watch()
    finally:
        if keeper._alive():
            keeper.stop()


if __name__ == "__main__":
    main()
