"""Opens what the nodes of a run reach, once a run, and closes it when the run has reported.

Held open between nodes: the workspace's lock, the journal, the model's connection, the pool of database connections.
A graph that an embedder or the Agent Server runs has one provider an event loop; a session has its own.
"""

import asyncio
import logging
import weakref
from contextlib import AsyncExitStack
from typing import Any

from backend_developer.contract import InvalidTask, Report, Settings, Task, parse_task
from backend_developer.graph.checkpointer import open_saver
from backend_developer.graph.options import settings_for
from backend_developer.graph.runs import Runs, thread_id
from backend_developer.graph.surroundings import Durable, at_once, open_context
from backend_developer.nodes.context import Context
from backend_developer.workspace.postgres import Pool, ensure_server, open_pool

logger = logging.getLogger(__name__)


class Provider:
    """The open runs of one event loop."""

    def __init__(self, settings: Settings | None = None) -> None:
        self._base = settings
        self._runs: dict[str, tuple[Context, AsyncExitStack]] = {}
        self._turn = asyncio.Lock()
        self._pool: Pool | None = None
        self.dsn = ""

    async def open(self, raw_task: Any, options: object = None, *, durable: Durable = at_once) -> Context:
        """The context of this task's run; the first call opens it.

        Raises `InvalidTask`, `InvalidSettings`, or the `Blocked` that says what the run lacks.
        """
        task = parse_task(raw_task)
        key = thread_id(task.workspace, task.task_id)
        async with self._turn:
            if key not in self._runs:
                self._runs[key] = await self._enter(task, settings_for(options, self._base), durable)
                logger.info("opened %s", key)
            return self._runs[key][0]

    async def release(self, raw_task: Any, report: dict[str, Any] | None = None) -> None:
        """Note the report and close the run's context; a provider without a session closes the pool after the last."""
        try:
            task = parse_task(raw_task)
        except InvalidTask:
            return
        key = thread_id(task.workspace, task.task_id)
        async with self._turn:
            context, stack = self._runs.pop(key, (None, None))
            if context is None or stack is None:
                return
            if report is not None and self._pool is not None:
                await Runs(self._pool).save(key, report["status"], Report.model_validate(report))
            await stack.aclose()
            logger.info("released %s", key)
            if not self._runs and self._base is None:
                await self._close_pool()

    async def pool(self, settings: Settings) -> Pool:
        """The shared pool, its tables made. Raises `NoDatabase`."""
        if self._pool is None:
            self.dsn = await ensure_server(settings)
            self._pool = await open_pool(self.dsn)
            # The first saver makes the tables, the list of runs among them.
            await open_saver(self._pool)
        return self._pool

    async def close(self) -> None:
        """Close all that is open."""
        async with self._turn:
            for _, stack in self._runs.values():
                await stack.aclose()
            self._runs.clear()
            await self._close_pool()

    async def _enter(self, task: Task, settings: Settings, durable: Durable) -> tuple[Context, AsyncExitStack]:
        async with AsyncExitStack() as stack:
            pool = await self.pool(settings)
            context = await open_context(task, settings, pool, self.dsn, durable, stack)
            await Runs(pool).begin(task)
            return context, stack.pop_all()
        raise AssertionError("the stack swallows nothing")

    async def _close_pool(self) -> None:
        pool, self._pool = self._pool, None
        if pool is not None:
            await pool.close()


_of_loops: "weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Provider]" = weakref.WeakKeyDictionary()


def provider_of_loop() -> Provider:
    """The provider of the running event loop, for graphs that were built without one."""
    loop = asyncio.get_running_loop()
    if loop not in _of_loops:
        _of_loops[loop] = Provider()
    return _of_loops[loop]
