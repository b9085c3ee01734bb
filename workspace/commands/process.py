"""One supervised process, seen from the event loop."""

import asyncio
import contextlib
import logging
import os
import shutil
import signal
from dataclasses import dataclass
from typing import Any

from backend_developer.contract import CallFailed
from backend_developer.workspace.commands.launch import Launched, Order, launch
from backend_developer.workspace.commands.output import read_output
from backend_developer.workspace.commands.supervisor import wire

logger = logging.getLogger(__name__)

STOP_S = 5.0
"""How long the supervisor may take to end everything (2 s TERM, 2 s KILL) before it is ended itself."""

_START_S = 30.0
_KILLED = 128 + signal.SIGKILL
_TOO_MUCH_OUTPUT = 128 + signal.SIGXFSZ
_STAGES = {
    "cwd": "its folder cannot be entered",
    "sandbox": "the sandbox cannot be applied",
    "exec": "the program cannot be executed",
}


@dataclass(frozen=True, slots=True)
class Ending:
    """How a supervised process ended."""

    exit_code: int | None
    """128 + n for signal n, as shells have it; 153 (SIGXFSZ) for too much output; None for the time limit."""
    timed_out: bool = False
    duration_s: float = 0.0
    ended: int = 0
    """Processes beside the first one that were still alive and had to be ended."""
    forced: int = 0
    """Processes that took KILL."""
    failure: CallFailed | None = None
    """Why it never ran."""


class Supervised:
    """A process under its supervisor: start, wait, close. Nothing of it outlives `close`."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._loop = asyncio.get_running_loop()
        self._launched: Launched | None = None
        self._control_open = False
        self._untaken: tuple[int, ...] = ()
        self._overdue = False
        self._buffer = bytearray()
        self._answer: dict[str, bytes] = {}
        self._started: asyncio.Future[None] = self._loop.create_future()
        self._ending: asyncio.Future[Ending] = self._loop.create_future()
        self._began = self._loop.time()

    @property
    def launched(self) -> Launched:
        """The supervisor's process id, the log and the like; only after `start`."""
        assert self._launched is not None, "start() comes first"
        return self._launched

    @property
    def ending(self) -> Ending | None:
        """How it ended, None while it runs."""
        return self._ending.result() if self._ending.done() else None

    async def start(self) -> None:
        """Start the supervisor. Raises `CallFailed` where the order cannot be carried out."""
        launching = self._loop.run_in_executor(None, launch, self._order)
        cancelled = await _outlast(launching)
        self._launched = launching.result()
        self._control_open = True
        self._untaken = self._launched.talk or ()
        self._began = self._loop.time()
        self._loop.add_reader(self._launched.answers, self._read)
        if cancelled:
            raise asyncio.CancelledError

    def take_talk(self) -> tuple[int, int]:
        """The pipes of a process that is talked with; the caller's to close from here on."""
        talk, self._untaken = self._untaken, ()
        said, heard = talk
        return said, heard

    async def running(self) -> None:
        """Until the program runs. Raises `CallFailed` where it could not be started."""
        either: set[asyncio.Future[Any]] = {self._started, self._ending}
        await asyncio.wait(either, timeout=_START_S, return_when=asyncio.FIRST_COMPLETED)
        if self._ending.done():
            _raise_failure(self._ending.result())
        elif not self._started.done():
            raise CallFailed(f"cannot run `{self._order.command}`: it has not started within {_START_S:.0f} s")

    async def wait(self, limit_s: float) -> Ending:
        """Until it has ended. The supervisor holds the limit; this ends the supervisor where it does not.

        Raises `CallFailed` where it could not be started.
        """
        await asyncio.wait({self._ending}, timeout=limit_s + STOP_S)
        if not self._ending.done():
            self._overdue = True
            self._kill_supervisor()
            await asyncio.wait({self._ending})
        return _raise_failure(self._ending.result())

    async def close(self) -> None:
        """End it where it runs; a cancellation meanwhile is raised when nothing of it is left alive."""
        if self._launched is None:
            return
        self._release()
        for file in self._untaken:
            os.close(file)
        self._untaken = ()
        cancelled = await _outlast(self._ending, STOP_S)
        if not self._ending.done():
            self._kill_supervisor()
            cancelled = await _outlast(self._ending) or cancelled
        if cancelled:
            raise asyncio.CancelledError

    def _read(self) -> None:
        chunk = os.read(self.launched.answers, 1 << 16)
        self._buffer += chunk
        while (fields := wire.take(self._buffer)) is not None:
            self._answer = dict(fields)
            if "started" in self._answer:
                self._started.set_result(None)
        if not chunk:
            self._supervisor_gone()

    def _supervisor_gone(self) -> None:
        self._loop.remove_reader(self.launched.answers)
        os.close(self.launched.answers)
        self._release()
        self._loop.run_in_executor(None, self._conclude).add_done_callback(self._pass_on)

    def _pass_on(self, concluding: asyncio.Future[Ending]) -> None:
        error = concluding.exception()
        if error is not None:
            self._ending.set_exception(error)
        else:
            self._ending.set_result(concluding.result())

    def _conclude(self) -> Ending:
        """Reap the supervisor and do what it has left undone. Blocking."""
        os.waitpid(self.launched.pid, 0)
        answer = self._answer
        if "failed" in answer:
            what = _STAGES.get(answer["failed"].decode(), "it cannot be started")
            return self._failure(f"{what}: {os.strerror(int(answer['errno']))}")
        swept = 0 if answer.get("swept") == b"1" else _sweep(self.launched.marker)
        if "reason" in answer:
            return _read_ending(answer, swept)
        shutil.rmtree(self.launched.scratch, ignore_errors=True)
        if not answer and not self._overdue:
            said = read_output(self.launched.log, 2000).strip() or "it said nothing"
            return self._failure(f"its supervisor ended at once: {said}")
        code, seconds = None if self._overdue else _KILLED, self._loop.time() - self._began
        return Ending(code, timed_out=self._overdue, duration_s=seconds, ended=swept, forced=swept)

    def _failure(self, why: str) -> Ending:
        return Ending(exit_code=None, failure=CallFailed(f"cannot run `{self._order.command}`: {why}"))

    def _release(self) -> None:
        if self._control_open:
            self._control_open = False
            os.close(self.launched.control)

    def _kill_supervisor(self) -> None:
        logger.warning("supervisor=%d does not answer and is ended", self.launched.pid)
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.launched.pid, signal.SIGKILL)


def _sweep(marker: str) -> int:
    # psutil takes 13 ms to import, and on Linux only a killed supervisor asks for it.
    from backend_developer.workspace.commands.sweep import sweep_marked  # noqa: PLC0415 - as said above

    return sweep_marked(marker)


def _raise_failure(ending: Ending) -> Ending:
    if ending.failure is not None:
        raise ending.failure
    return ending


def _read_ending(answer: dict[str, bytes], swept: int) -> Ending:
    reason, said = answer["reason"], answer["exit_code"]
    code = int(said) if said else -signal.SIGKILL
    return Ending(
        exit_code={b"limit": None, b"output": _TOO_MUCH_OUTPUT}.get(reason, code if code >= 0 else 128 - code),
        timed_out=reason == b"limit",
        duration_s=float(answer["seconds"]),
        ended=int(answer["ended"]) + swept,
        forced=int(answer["forced"]) + swept,
    )


async def _outlast(future: asyncio.Future[Any], timeout_s: float | None = None) -> bool:
    """Wait for the future, `timeout_s` at most, through any cancellation; whether there was one."""
    loop = asyncio.get_running_loop()
    end = None if timeout_s is None else loop.time() + timeout_s
    cancelled = False
    while not future.done() and (end is None or loop.time() < end):
        try:
            await asyncio.wait({future}, timeout=None if end is None else end - loop.time())
        except asyncio.CancelledError:
            cancelled = True
    return cancelled
