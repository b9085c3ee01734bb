"""Work that goes on in a thread while its owner is busy elsewhere, and ends with the owner."""

import threading
from collections.abc import Callable

Stopped = Callable[[], bool]
"""Says that the work is no longer wanted: it asks often, and gives up where it is told so."""


class GivenUp(Exception):  # noqa: N818 - no error: nobody waits for the rest any more
    """The work was stopped; all is as it was before."""


class Background:
    """One piece of work, done once more for each time that it is wanted and never twice at once.

    `work` must raise nothing. The thread is there only while there is work, and never keeps the process from closing.
    """

    def __init__(self, work: Callable[[Stopped], None], *, rest_s: float, name: str) -> None:
        """`rest_s` passes before each piece of work; what is wanted meanwhile is the same piece."""
        self._work = work
        self._rest_s = rest_s
        self._name = name
        self._turn = threading.Lock()
        self._stop = threading.Event()
        self._wanted = False
        self._thread: threading.Thread | None = None

    def want(self) -> None:
        """Have it done soon; returns at once."""
        with self._turn:
            self._wanted = True
            if self._thread is None:
                self._stop = threading.Event()
                self._thread = threading.Thread(target=self._run, args=(self._stop,), name=self._name, daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """Have it given up; returns when nothing runs."""
        with self._turn:
            self._wanted = False
            self._stop.set()
            thread = self._thread
        if thread:
            thread.join()

    def _run(self, stop: threading.Event) -> None:
        while self._goes_on():
            stop.wait(self._rest_s)
            self._wanted = False
            if not stop.is_set():
                self._work(stop.is_set)

    def _goes_on(self) -> bool:
        with self._turn:
            if not self._wanted:
                self._thread = None
            return self._wanted
