"""Fresh databases without a wait: while one is used, the next one is made."""

import asyncio
import logging
from collections.abc import AsyncIterator, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from typing import NamedTuple

from backend_developer.contract import NoDatabase, Settings
from backend_developer.workspace.postgres.connect import answers
from backend_developer.workspace.postgres.installed import Installation, installation_with
from backend_developer.workspace.postgres.scratch import scratch_database
from backend_developer.workspace.postgres.server import ensure_scratch_server

logger = logging.getLogger(__name__)


class _Made(NamedTuple):
    url: str
    drop: AsyncExitStack


class ScratchDatabases:
    """The databases of one run's gates; `aclose` must be called at its end.

    To make one takes longer than all else that a gate does beside its tools. So from the first on the next is made
    while a test suite or a service uses the last, and one that was used is dropped while the run goes on.
    """

    def __init__(self, settings: Settings, name_hint: str) -> None:
        self._settings = settings
        self._hint = name_hint
        self._installation: Installation | None = None
        self._wanted: frozenset[str] = frozenset()
        self._spare: asyncio.Task[_Made] | None = None
        self._dropping: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def fresh(self) -> AsyncIterator[str]:
        """URL of an empty database of one's own, see `scratch_database`. Raises `NoDatabase`."""
        made = await self._take()
        try:
            if self._spare is None:
                self._spare = asyncio.create_task(self._make())
            yield made.url
        finally:
            self._drop(made)

    async def with_extensions(self, names: Collection[str]) -> bool:
        """Whether the databases from now on have these extensions, by a PostgreSQL that is installed on this machine.

        What was wanted before is had further on. False where nothing that is installed has all of it, or the user has
        named a server, or wants none but the embedded one.
        """
        if self._settings.scratch_database_url is not None or not self._settings.installed_postgres:
            return False
        wanted = self._wanted.union(names)
        found = await asyncio.to_thread(installation_with, wanted)
        if found is None:
            return False
        try:
            await ensure_scratch_server(self._settings, found)
        except NoDatabase as error:
            logger.warning("PostgreSQL %s in %s cannot be used: %s", found.version, found.programs, error.message)
            return False
        logger.info("PostgreSQL %s in %s has %s", found.version, found.programs, sorted(wanted))
        self._installation, self._wanted = found, wanted
        await self._give_up_spare()
        return True

    async def aclose(self) -> None:
        """Drop the one that is ready, and wait for those that are being dropped."""
        await self._give_up_spare()
        await asyncio.gather(*self._dropping)

    async def _give_up_spare(self) -> None:
        spare, self._spare = self._spare, None
        if spare is not None:
            (made,) = await asyncio.gather(spare, return_exceptions=True)
            if not isinstance(made, BaseException):
                self._drop(made)

    async def _take(self) -> _Made:
        spare, self._spare = self._spare, None
        if spare is not None:
            try:
                made = await spare
            except NoDatabase as error:
                logger.warning("no spare database: %s", error.message)
            else:
                if await self._stands(made):
                    return made
                logger.warning("the spare database is gone")
                self._drop(made)
        return await self._make()

    async def _stands(self, made: _Made) -> bool:
        try:
            return await answers(made.url)
        except asyncio.CancelledError:
            self._drop(made)
            raise

    async def _make(self) -> _Made:
        async with AsyncExitStack() as stack:
            server = await ensure_scratch_server(self._settings, self._installation)
            url = await stack.enter_async_context(scratch_database(server, self._hint))
            return _Made(url, stack.pop_all())
        raise AssertionError("the stack swallows nothing")

    def _drop(self, made: _Made) -> None:
        dropping = asyncio.create_task(made.drop.aclose())
        self._dropping.add(dropping)
        dropping.add_done_callback(self._dropping.discard)
