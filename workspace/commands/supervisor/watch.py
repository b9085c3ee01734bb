"""Watch over one command: keep its output, hold its limits, end all that it started.

Standard input is the control pipe: the job comes in by it, and its end means "stop", whether the agent asks for it or
is dead. Standard output carries the answers, standard error is the command's log.
"""

import os
import select
import sys
import time
from _signal import SIGCONT, SIGKILL, SIGTERM  # type: ignore[import-not-found] # `signal` costs 4 ms a command

from backend_developer.workspace.commands.supervisor import child, tree, wire
from backend_developer.workspace.commands.supervisor.job import Job
from backend_developer.workspace.commands.supervisor.log import Log

_CONTROL, _ANSWERS, _LOG = 0, 1, 2
_GRACE_S = 2.0
_SETTLE_S = 0.1
"""For helpers that end by themselves: `exec > >(tee log)` leaves a `tee` behind that has yet to write."""
_STEP_S = 0.02
_LONGEST_WAIT_MS = 3_600_000.0
"""poll(2) takes 24 days at most; the loop around it waits on."""


def main() -> None:
    """Read the job, run it to its end, answer."""
    os.setsid()
    job = _read_job()
    if job is None:
        return
    os.closerange(child.TALK[-1] + 1 if job.talks else child.TALK[0], 1 << 16)
    _answer([("ready", b"")])
    try:
        watch = Watch(job)
    except child.StartFailed as error:
        fields = [("failed", error.stage), ("errno", b"%d" % error.number)]
    else:
        _answer([("started", b"")])
        fields = watch.run()
    _remove(job.scratch)
    _answer(fields)


class Watch:
    """One command from its start to the end of its last descendant."""

    def __init__(self, job: Job) -> None:
        self._reaper = tree.become_reaper()
        self._log = Log(_LOG, job.log_cap)
        self.pid = child.start(job, self._log.entrance)
        self._log.close_entrance()
        if job.talks:
            # Each side must see the other's end, so nobody between them may keep the pipes open.
            child.close_talk()
        self._began = time.monotonic()
        self._deadline = None if job.limit_s is None else self._began + job.limit_s
        self._status: int | None = None
        self._stopped = False
        self._ended: set[int] = set()
        self._forced: set[int] = set()
        self._poll = select.poll()
        self._poll.register(_CONTROL, select.POLLIN)
        self._poll.register(self._log.exit, select.POLLIN)
        self._pidfd = _open_pidfd(self.pid)
        if self._pidfd is not None:
            self._poll.register(self._pidfd, select.POLLIN)

    def run(self) -> wire.Fields:
        """Until the command has ended or has to; then end what is left. The answer's fields."""
        while self._reason() is None:
            self._pump(self._deadline)
        reason, seconds = self._reason(), time.monotonic() - self._began
        if reason == b"ended":
            self._wait_for_rest()
        self._end_rest(SIGTERM)
        self._end_rest(SIGKILL)
        self._log.finish()
        return [
            ("reason", reason or b""),
            ("exit_code", b"" if self._status is None else b"%d" % os.waitstatus_to_exitcode(self._status)),
            ("seconds", b"%f" % seconds),
            ("ended", b"%d" % len(self._ended - {self.pid})),
            ("forced", b"%d" % len(self._forced)),
            ("swept", b"1" if self._reaper and not self._any_left() else b"0"),
        ]

    def _reason(self) -> bytes | None:
        if self._status is not None:
            return b"ended"
        if self._stopped:
            return b"stopped"
        if self._log.full:
            return b"output"
        if self._deadline is not None and time.monotonic() >= self._deadline:
            return b"limit"
        return None

    def _pump(self, until: float | None) -> None:
        """Wait for one thing to happen, `until` at most, and deal with it."""
        if self._pidfd is None and self._status is None:
            soon = time.monotonic() + _STEP_S
            until = soon if until is None else min(until, soon)
        wait_ms = None if until is None else min(_LONGEST_WAIT_MS, max(0.0, until - time.monotonic()) * 1000)
        for file, _ in self._poll.poll(wait_ms):
            if file == self._log.exit and not self._log.take():
                self._poll.unregister(file)
            elif file == _CONTROL and not os.read(_CONTROL, 1024):
                self._poll.unregister(_CONTROL)
                self._stopped = True
        self._any_left()

    def _any_left(self) -> bool:
        """Reap who has ended; whether anyone is left."""
        try:
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if pid == 0:
                    return True
                if pid == self.pid:
                    self._status = status
                    self._forget_pidfd()
        except ChildProcessError:
            return not self._reaper and bool(tree.group_of(self.pid))

    def _forget_pidfd(self) -> None:
        if self._pidfd is not None:
            self._poll.unregister(self._pidfd)
            os.close(self._pidfd)
            self._pidfd = None

    def _wait_for_rest(self) -> None:
        end = time.monotonic() + _SETTLE_S
        while self._any_left() and time.monotonic() < end:
            self._pump(min(end, time.monotonic() + _STEP_S))

    def _end_rest(self, number: int) -> None:
        """Signal everyone who is left, and who joins them, until nobody is or the time for it is over."""
        told: set[int] = set()
        end = time.monotonic() + _GRACE_S
        while self._any_left() and time.monotonic() < end:
            living = tree.descendants(os.getpid()) if self._reaper else tree.group_of(self.pid)
            # By group, because a group's members cannot fork away from a signal to it.
            for group in {group for pid, group in living.items() if number == SIGKILL or pid not in told}:
                _signal_group(group, number)
            told |= living.keys()
            self._pump(min(end, time.monotonic() + _STEP_S))
        self._ended |= told
        if number == SIGKILL:
            self._forced |= told


def _signal_group(group: int, number: int) -> None:
    try:
        os.killpg(group, number)
        if number != SIGKILL:
            os.killpg(group, SIGCONT)
    except OSError:
        return


def _open_pidfd(pid: int) -> int | None:
    if sys.platform != "linux":
        return None
    try:
        return os.pidfd_open(pid)
    except OSError:
        return None


def _read_job() -> Job | None:
    buffer = bytearray()
    while (fields := wire.take(buffer)) is None:
        chunk = os.read(_CONTROL, 1 << 16)
        if not chunk:
            return None
        buffer += chunk
    return Job.read(fields)


def _answer(fields: wire.Fields) -> None:
    try:
        os.write(_ANSWERS, wire.frame(fields))
    except BrokenPipeError:
        return


def _remove(folder: bytes) -> None:
    try:
        os.rmdir(folder)  # noqa: PTH106 - pathlib costs 8 ms a command
    except FileNotFoundError:
        return
    except OSError:
        import shutil  # noqa: PLC0415 - costs 9 ms, and most commands leave their folder empty

        shutil.rmtree(folder, ignore_errors=True)
        for path, _, _ in os.walk(folder):
            os.chmod(path, 0o700)  # noqa: PTH101 - as above; folders that were made read-only keep their files
        shutil.rmtree(folder, ignore_errors=True)
