"""Command lines as processes, each forked from one that has loaded the product: see `forking`."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

FORKING = Path(__file__).with_name("forking.py")


class Started:
    """A process that is not our child, with what the tests use of `asyncio.subprocess.Process`."""

    def __init__(
        self, pid: int, stdout: asyncio.StreamReader, stderr: asyncio.StreamReader, end: Awaitable[int]
    ) -> None:
        self.pid = pid
        self.stdout = stdout
        self.stderr = stderr
        self.returncode: int | None = None
        """As of the event loop's last turn; minus the signal's number where one ended it."""
        self._end = asyncio.create_task(self._ended(end))

    async def _ended(self, end: Awaitable[int]) -> int:
        self.returncode = await end
        return self.returncode

    async def wait(self) -> int:
        """Its exit code."""
        return await asyncio.shield(self._end)

    async def communicate(self) -> tuple[bytes, bytes]:
        """What it still writes, to its end."""
        out, err, _ = await asyncio.gather(self.stdout.read(), self.stderr.read(), self.wait())
        return out, err

    def send_signal(self, number: int) -> None:
        """Raises `ProcessLookupError` where it has ended."""
        if self.returncode is not None:
            raise ProcessLookupError(self.pid)
        os.kill(self.pid, number)

    def kill(self) -> None:
        """Raises `ProcessLookupError` where it has ended."""
        self.send_signal(signal.SIGKILL)


class Starter:
    """Starts command lines."""

    def __init__(self, ends: ExitStack) -> None:
        self._ends = ends
        self._asks: socket.socket | None = None

    async def start(self, argv: Sequence[str], environment: Mapping[str, str], through: Sequence[str] = ()) -> Started:
        """The product's command line, its own name the first of `argv`.

        Where `through` is given, that is run, with `argv` behind its own words: nothing is loaded beforehand.
        """
        asks = self._asks or self._fork_server()
        outs, errs = os.pipe(), os.pipe()
        ours, theirs = socket.socketpair()
        with theirs:
            socket.send_fds(asks, [b"."], [outs[1], errs[1], theirs.fileno()])
        os.close(outs[1])
        os.close(errs[1])
        told, asked = await asyncio.open_connection(sock=ours)
        wanted = {"argv": list(argv), "environment": dict(environment), "through": list(through)}
        asked.write(json.dumps(wanted).encode() + b"\n")
        await asked.drain()
        pid = int(await told.readline())
        return Started(pid, await _reader(outs[0]), await _reader(errs[0]), _code(told, asked))

    def _fork_server(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        with theirs:
            number = theirs.fileno()
            command = [sys.executable, str(FORKING), str(number)]
            process = subprocess.Popen(command, pass_fds=[number], stdin=subprocess.DEVNULL)
        self._ends.callback(process.wait)
        self._ends.enter_context(ours)
        self._asks = ours
        return ours


@contextmanager
def open_starter() -> Iterator[Starter]:
    """To be made a fixture of scope `session`; the process behind it begins with the first start."""
    with ExitStack() as ends:
        yield Starter(ends)


async def _code(told: asyncio.StreamReader, asked: asyncio.StreamWriter) -> int:
    try:
        return int(await told.readline())
    finally:
        asked.close()


async def _reader(number: int) -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    pipe = os.fdopen(number, "rb", 0)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), pipe)
    return reader
