"""A process that is talked with over its standard input and output."""

import asyncio
import contextlib
import os

from backend_developer.contract.ports import Outcome
from backend_developer.workspace.commands.process import Supervised
from backend_developer.workspace.commands.service import RunningService


class Talk(RunningService):
    """What `Executor.talk` gives back; stop it in a `finally`."""

    def __init__(
        self,
        command: str,
        supervised: Supervised,
        output_chars: int,
        *,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        reading: asyncio.ReadTransport,
    ) -> None:
        super().__init__(command, supervised, output_chars)
        self.reader = reader
        self.writer = writer
        self._reading = reading

    @classmethod
    async def open(cls, command: str, supervised: Supervised, output_chars: int, line_limit: int) -> "Talk":
        """Put streams on the pipes of a process that runs."""
        loop = asyncio.get_running_loop()
        said, heard = supervised.take_talk()
        reader = asyncio.StreamReader(limit=line_limit, loop=loop)
        reading, _ = await loop.connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader, loop=loop), os.fdopen(said, "rb", 0)
        )
        # A protocol that heeds the pipe's pace is what the writer needs; asyncio offers it with a reader only.
        sink, flow = await loop.connect_write_pipe(
            lambda: asyncio.StreamReaderProtocol(asyncio.StreamReader(loop=loop), loop=loop),
            os.fdopen(heard, "wb", 0),
        )
        writer = asyncio.StreamWriter(sink, flow, None, loop)
        return cls(command, supervised, output_chars, reader=reader, writer=writer, reading=reading)

    async def stop(self) -> Outcome:
        """Close its input, then as a service is stopped."""
        # Aborted rather than closed: a process that reads nothing would keep what is still to be written waiting.
        if not self.writer.transport.is_closing():
            self.writer.transport.abort()
        try:
            return await super().stop()
        finally:
            self._reading.close()
            with contextlib.suppress(OSError):
                await self.writer.wait_closed()
