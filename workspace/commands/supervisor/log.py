"""A command's output: from a pipe to a file, up to a limit.

A pipe rather than the file itself: `echo x > /dev/stderr` and `tee /dev/stderr` would truncate a file, and a file that
the command holds it can also change. Nothing waits for the pipe's end, so nobody can keep it open.
"""

import errno
import fcntl
import os

_CHUNK = 1 << 20
_PIPE_BYTES = 1 << 20
_LAST_READS = 16


class Log:
    """The pipe, and what has been written of it."""

    def __init__(self, file: int, cap: int) -> None:
        self.exit, self.entrance = os.pipe()
        """Where output is read from, and the end that the command gets."""
        self.full = False
        """Whether more has come than the log may hold."""
        self._file = file
        self._room = cap
        self._cap = cap
        os.set_blocking(self.exit, False)
        _enlarge(self.exit)

    def close_entrance(self) -> None:
        """Once the command has it."""
        os.close(self.entrance)

    def take(self) -> bool:
        """Write what has come; false when nobody can write any more."""
        try:
            chunk = os.read(self.exit, _CHUNK)
        except BlockingIOError:
            return True
        self.full = self.full or len(chunk) > self._room
        self._write(chunk[: self._room])
        return bool(chunk)

    def finish(self) -> None:
        """Write what is still in the pipe, and say so where something is missing."""
        for _ in range(_LAST_READS):
            if not self.take():
                break
        if self.full:
            self._room = 200
            self._write(b"\n[ended: it wrote more than %d MB of output]\n" % (self._cap // 1_000_000))

    def _write(self, chunk: bytes) -> None:
        self._room -= len(chunk)
        try:
            while chunk:
                chunk = chunk[os.write(self._file, chunk) :]
        except OSError as error:
            # The command must not hang because of us; a full disk will tell it so itself.
            if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EIO):
                raise


def _enlarge(pipe: int) -> None:
    try:
        fcntl.fcntl(pipe, getattr(fcntl, "F_SETPIPE_SZ", 1031), _PIPE_BYTES)
    except OSError:
        return
