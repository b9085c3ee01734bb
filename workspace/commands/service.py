"""A process that runs until it is stopped."""

import asyncio
import logging
import sys
from pathlib import Path

from backend_developer.contract.ports import Outcome
from backend_developer.workspace.commands.output import read_output
from backend_developer.workspace.commands.process import Supervised
from backend_developer.workspace.commands.supervisor import tree

logger = logging.getLogger(__name__)


class RunningService:
    """What `Executor.serve` gives back; stop it in a `finally`."""

    def __init__(self, command: str, supervised: Supervised, output_chars: int) -> None:
        self._command = command
        self._supervised = supervised
        self._output_chars = output_chars

    @property
    def log(self) -> Path:
        """The whole output so far."""
        return self._supervised.launched.log

    @property
    def pids(self) -> list[int]:
        """The process and all its living descendants; empty once it has ended.

        Reads /proc, 1 to 5 ms: from an event loop that watches for blocking calls, ask by `asyncio.to_thread`.
        """
        return [] if self._supervised.ending is not None else sorted(_below(self._supervised.launched.pid))

    def exited(self) -> int | None:
        """The exit code, 128 + n for signal n; None while it runs."""
        ending = self._supervised.ending
        return None if ending is None else ending.exit_code

    async def stop(self) -> Outcome:
        """TERM to all of it, KILL after 2 s. Again gives the same answer; `killed` counts who needed KILL."""
        await self._supervised.close()
        ending = self._supervised.ending
        assert ending is not None, "close() has waited for it"
        outcome = Outcome(
            command=self._command,
            exit_code=ending.exit_code,
            timed_out=False,
            duration_s=ending.duration_s,
            output=await asyncio.to_thread(read_output, self.log, self._output_chars),
            log=self.log,
            killed=ending.forced,
        )
        logger.info("log=%s exit_code=%s killed=%d", self.log.name, outcome.exit_code, outcome.killed)
        return outcome


def _below(supervisor: int) -> list[int]:
    if sys.platform == "linux":
        return list(tree.descendants(supervisor))
    import psutil  # noqa: PLC0415 - 13 ms to import, and Linux does without

    try:
        return [child.pid for child in psutil.Process(supervisor).children(recursive=True)]
    except psutil.Error:
        return []
