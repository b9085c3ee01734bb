"""Opens what the nodes of a run reach, once a run, and closes it when the run has reported.

Held open between nodes: the workspace's lock, the journal, the model's connection, the pool of database connections.
A graph that an embedder or the Agent Server runs has one provider an event loop; a session has its own.
"""

import asyncio
import logging
import weakref
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

from backend_developer.contract import InvalidTask, Report, Settings, Task, WorkspaceBusy, parse_task
from backend_developer.graph.checkpointer import open_saver
from backend_developer.graph.options import settings_for
from backend_developer.graph.runs import Runs, thread_id
from backend_developer.graph.surroundings import Durable, at_once, open_context
from backend_developer.nodes.context import Context
from backend_developer.workspace.postgres import Pool, ensure_server, open_pool

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Held:
    """An open run."""

    context: Context
    stack: AsyncExitStack
    owner: str | None
    """The thread that it was opened for, where that is known."""
    raw: dict[str, Any]
    """The task as plain JSON."""

    def is_of_another(self, owner: str | None) -> bool:
        """Whether it is known to be held for another thread."""
        return owner is not None and self.owner is not None and owner != self.owner


class Provider:
    """The open runs of one event loop."""

    def __init__(self, settings: Settings | None = None) -> None:
        self._base = settings
        self._runs: dict[str, Held] = {}
        self._turn = asyncio.Lock()
        self._closing: set[asyncio.Task[None]] = set()
        self._pool: Pool | None = None
        self.dsn = ""

    async def open(
        self, raw_task: Any, options: object = None, *, durable: Durable = at_once, owner: str | None = None
    ) -> Context:
        """The context of this task's run; the first call opens it, for the thread `owner` alone.

        Raises `InvalidTask`, `InvalidSettings`, or the `Blocked` that says what the run lacks.
        """
        held = self._at_hand(raw_task)
        if held is not None and held.owner == owner and owner is not None:
            return held.context
        task, key = await asyncio.to_thread(_read, raw_task)
        async with self._turn:
            if key not in self._runs:
                context, stack = await self._opened(task, settings_for(options, self._base), durable)
                self._runs[key] = Held(context, stack, owner, task.dump())
                logger.info("opened %s", key)
            held = self._runs[key]
            if held.is_of_another(owner):
                raise busy_with(task)
            held.owner = held.owner or owner
            return held.context

    def _at_hand(self, raw_task: Any) -> Held | None:
        """The open run of a task as `accept` writes it down, without asking the disk: each node comes this way."""
        if not isinstance(raw_task, dict):
            return None
        return next((held for held in self._runs.values() if held.raw == raw_task), None)

    async def release(self, raw_task: Any, report: dict[str, Any] | None = None, *, owner: str | None = None) -> None:
        """Note the report and close the run's context; a provider without a session closes the pool after the last.

        Goes on when the caller is cancelled while it waits, as langgraph may do twice to a subgraph's nodes; cut short,
        it would leave the workspace locked.
        """
        closing = asyncio.create_task(self._release(raw_task, report, owner))
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)
        await asyncio.shield(closing)

    async def _release(self, raw_task: Any, report: dict[str, Any] | None, owner: str | None) -> None:
        try:
            _, key = await asyncio.to_thread(_read, raw_task)
        except InvalidTask:
            return
        async with self._turn:
            if key not in self._runs or self._runs[key].is_of_another(owner):
                return
            held = self._runs.pop(key)
            try:
                if report is not None and self._pool is not None:
                    await Runs(self._pool).save(key, report["status"], Report.model_validate(report))
            finally:
                await held.stack.aclose()
                await self._close_idle_pool()
            logger.info("released %s", key)

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
            for held in self._runs.values():
                await held.stack.aclose()
            self._runs.clear()
            await self._close_pool()

    async def _enter(self, task: Task, settings: Settings, durable: Durable) -> tuple[Context, AsyncExitStack]:
        async with AsyncExitStack() as stack:
            pool = await self.pool(settings)
            context = await open_context(task, settings, pool, self.dsn, durable, stack)
            await Runs(pool).begin(task)
            return context, stack.pop_all()
        raise AssertionError("the stack swallows nothing")

    async def _opened(self, task: Task, settings: Settings, durable: Durable) -> tuple[Context, AsyncExitStack]:
        try:
            return await self._enter(task, settings, durable)
        except BaseException:
            await self._close_idle_pool()
            raise

    async def _close_idle_pool(self) -> None:
        if not self._runs and self._base is None:
            await self._close_pool()

    async def _close_pool(self) -> None:
        pool, self._pool = self._pool, None
        if pool is not None:
            await pool.close()


def busy_with(task: Task) -> WorkspaceBusy:
    """The error for a task that this process is at work on already."""
    return WorkspaceBusy(
        f"Another run of `{task.task_id}` is under way in {task.workspace}.",
        "Wait until it has ended, then hand the task over again.",
        source="workspace",
    )


def _read(raw_task: Any) -> tuple[Task, str]:
    """The task and the name of its run; blocks: where it names no folder, the system is asked for the current one."""
    task = parse_task(raw_task)
    return task, thread_id(task.workspace, task.task_id)


_of_loops: "weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Provider]" = weakref.WeakKeyDictionary()


def provider_of_loop() -> Provider:
    """The provider of the running event loop, for graphs that were built without one."""
    loop = asyncio.get_running_loop()
    if loop not in _of_loops:
        _of_loops[loop] = Provider()
    return _of_loops[loop]
