"""Locks on files, which the kernel releases when their holder dies, `kill -9` included."""

import asyncio
import fcntl
import os
import threading
import time
from pathlib import Path

_POLL_S = 0.02


class FileLock:
    """One `flock` on one file; two of them exclude each other within a process as well.

    The file is created when missing and never removed: a lock on a removed file excludes nobody.
    """

    def __init__(self, path: Path, *, shared: bool = False) -> None:
        self.path = path
        self._operation = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        self._file: int | None = None
        self._turn = threading.Lock()

    @property
    def held(self) -> bool:
        """Whether this object holds it."""
        return self._file is not None

    def try_acquire(self) -> bool:
        """Take it if it is free. Raises `OSError` where the file cannot be opened."""
        file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, self._operation | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return False
        with self._turn:
            # Two threads may have asked at once: what only one of them could give back would be held for ever.
            if self._file is None:
                self._file = file
            else:
                os.close(file)
        return True

    async def acquire(self, limit_s: float) -> bool:
        """Wait for it; False when it was not free within the limit."""
        end = time.monotonic() + limit_s
        while not await asyncio.to_thread(self.try_acquire):
            if time.monotonic() > end:
                return False
            await asyncio.sleep(_POLL_S)
        return True

    def wait(self) -> None:
        """Block this thread until it is free, and take it."""
        self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._file, self._operation)

    def release(self) -> None:
        """Give it back; nothing happens where it is not held."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def write(self, text: str) -> None:
        """Replace the content of the file, for others to read while it is held."""
        if self._file is not None:
            os.ftruncate(self._file, 0)
            os.pwrite(self._file, text.encode(), 0)


def is_held(path: Path) -> bool:
    """Whether anyone holds the lock on this file."""
    if not path.exists():
        return False
    probe = FileLock(path, shared=True)
    free = probe.try_acquire()
    probe.release()
    return not free
