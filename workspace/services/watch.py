"""Watching a service while it is asked: is it alive, and which part of its log belongs to which request."""

import asyncio

from backend_developer.contract.ports import Service
from backend_developer.workspace.services import service_log
from backend_developer.workspace.services.playback import Answer

QUIET_S = 0.02
QUIET_AFTER_FAILURE_S = 0.1
"""A framework may answer 500 first and log the traceback then (seen with Starlette 1.10 and uvicorn 0.54)."""
MOST_S = 1.0


class LogWatch:
    """Notes where in the log each request began."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self.marks: list[int] = []

    def alive(self) -> bool:
        """Whether it still runs."""
        return self._service.exited() is None

    async def before(self) -> None:
        """A new phase of the log begins."""
        self.marks.append(await self._size())

    async def after(self, answer: Answer) -> None:
        """Give the service the moment it needs to log what has happened, or to be seen as dead."""
        failed = answer.status is None or answer.status >= 500
        quiet = QUIET_AFTER_FAILURE_S if failed else QUIET_S
        deadline = asyncio.get_running_loop().time() + MOST_S
        size = await self._size()
        while asyncio.get_running_loop().time() < deadline and self.alive():
            await asyncio.sleep(quiet)
            before, size = size, await self._size()
            if before == size and answer.status is not None:
                return

    async def _size(self) -> int:
        return await asyncio.to_thread(service_log.size, self._service.log)
