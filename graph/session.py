"""One open door to the graph, as the command line, the notebooks and `run_task` use it.

Keeps the pool of connections and the graph, opens a saver a run, and tells what happens as events, the report last.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from langchain_core.messages import BaseMessage
from langchain_core.runnables import RunnableConfig
from langgraph.types import StateSnapshot

from backend_developer.contract import GateResult, InvalidTask, Report, Settings, Task
from backend_developer.contract.state import State
from backend_developer.graph.builder import Graph, build_graph
from backend_developer.graph.checkpointer import Saver, open_saver
from backend_developer.graph.lock import workspace_lock
from backend_developer.graph.provider import Provider, busy_with
from backend_developer.graph.runs import Run, Runs, thread_id
from backend_developer.graph.surroundings import Look, open_workspace
from backend_developer.graph.trial import try_gates
from backend_developer.nodes import budget
from backend_developer.nodes.accept import ENDED
from backend_developer.workspace.journal import PostgresStore, UndoResult
from backend_developer.workspace.workspace import Workspace

logger = logging.getLogger(__name__)

STEPS_A_CALL = 3
"""Supersteps that a model call can cost at most: its turn, its tools, and a share of the gates."""


@dataclass(frozen=True, slots=True)
class RunRecord:
    """What is known of a run, finished or not."""

    task: Task
    report: Report | None
    gates: dict[str, GateResult]
    """`<attempt>/<gate>` to its evidence; attempt 0 is the untouched project."""
    consulted: list[dict[str, Any]]
    usage: dict[str, Any]
    diff: str
    messages: list[str]
    """One line for each message of the conversation."""


class Session:
    """The database and the graph, open."""

    def __init__(self, settings: Settings, provider: Provider) -> None:
        self._settings = settings
        self._provider = provider
        self._graph = build_graph(provider)
        self._under_way: set[str] = set()

    @classmethod
    @asynccontextmanager
    async def open(cls, settings: Settings) -> AsyncIterator["Session"]:
        """Open the door; the database is started when it is first needed."""
        provider = Provider(settings)
        try:
            yield cls(settings, provider)
        finally:
            await provider.close()

    async def run(self, task: Task, *, resume: bool = False) -> AsyncGenerator[dict[str, Any], None]:
        """Carry the task out, or go on with it where it stood; the last item is the report.

        Raises `InvalidTask` where it is to be resumed and there is none, and the `Blocked` that keeps it from starting:
        `WorkspaceBusy` where this very task is under way.
        """
        # By a link to its folder it is the same task, which `accept` tells by the words.
        folder = await asyncio.to_thread(task.workspace.resolve)
        task = task.model_copy(update={"workspace": folder})
        thread = thread_id(folder, task.task_id)
        if thread in self._under_way:
            raise busy_with(task)
        self._under_way.add(thread)
        try:
            # Closed here and not by the collector: who stops listening must not leave nodes at work behind.
            async with aclosing(self._run(task, thread, resume=resume)) as events:
                async for event in events:
                    yield event
        finally:
            self._under_way.discard(thread)

    async def _run(self, task: Task, thread: str, *, resume: bool) -> AsyncGenerator[dict[str, Any], None]:
        graph, config, saver = await self._at(thread)
        before = await graph.aget_state(config)
        if resume and not before.values:
            raise _no_run(task.task_id, task.workspace)
        if known := await Runs(await self._provider.pool(self._settings)).find(task.task_id, task.workspace):
            known.check_standing()
        if not _keeps_report(task, before):
            await self._provider.open(task, durable=saver.settled)
        try:
            state: Any = _input(task, before)
            stream: Any = graph.astream(state, config, stream_mode="custom", durability="async")
            async with aclosing(stream) as events:
                async for event in events:
                    yield event
        finally:
            await self._provider.release(task)
        after = await graph.aget_state(config)
        yield {"event": "report", "report": after.values["report"]}

    async def show(self, task_id: str, workspace: Path) -> RunRecord:
        """All that is known of a run. Raises `InvalidTask` where the workspace has no such run."""
        run = await self._find(task_id, workspace)
        graph, config, _ = await self._at(run.thread_id)
        values = cast(State, (await graph.aget_state(config)).values)
        project = await self._workspace(run)
        gates = {f"0/{gate}": raw for gate, raw in (values.get("baseline") or {}).items()}
        gates |= values.get("gates") or {}
        report = values.get("report") or run.report
        return RunRecord(
            task=Task.model_validate(run.task),
            report=Report.model_validate(report) if report else None,
            gates={key: GateResult.model_validate(raw) for key, raw in gates.items()},
            consulted=list((values.get("consult") or {}).values()),
            usage=budget.of(values) if "usage" in values else {},
            diff=await project.journal.diff(),
            messages=[_in_a_line(message) for message in values.get("messages") or []],
        )

    async def undo(self, task_id: str, workspace: Path) -> UndoResult:
        """Put back what the task wrote, where nobody has changed it since.

        Raises `InvalidTask` where the workspace has no such run, `WorkspaceBusy` while another one works there.
        """
        run = await self._find(task_id, workspace)
        locks = self._settings.state_dir / "locks"
        async with workspace_lock(self._provider.dsn, Path(run.workspace), task_id, locks):
            result = await (await self._workspace(run)).undo()
            await Runs(await self._provider.pool(self._settings)).mark_undone(run.thread_id)
            return result

    async def gates(self, workspace: Path) -> AsyncIterator[dict[str, Any]]:
        """Run the gates alone, without a model and without a database of runs; the last item is a report."""
        async for event in try_gates(workspace, self._settings):
            yield event

    async def _find(self, task_id: str, workspace: Path) -> Run:
        run = await Runs(await self._provider.pool(self._settings)).find(task_id, workspace)
        if run is None:
            raise _no_run(task_id, workspace)
        return run

    async def _at(self, thread: str) -> tuple[Graph, RunnableConfig, Saver]:
        """The graph with a saver of its own: a saver does one thing at a time."""
        saver = await open_saver(await self._provider.pool(self._settings))
        steps = STEPS_A_CALL * self._settings.max_model_calls + 100
        config: RunnableConfig = {"configurable": {"thread_id": thread}, "recursion_limit": steps}
        return self._graph.copy({"checkpointer": saver}), config, saver

    async def _workspace(self, run: Run) -> Workspace:
        look = await asyncio.to_thread(Look.at, Path(run.workspace), self._settings)
        store = await PostgresStore.open(await self._provider.pool(self._settings))
        return await open_workspace(look, self._settings, store, run.task_id)


def _keeps_report(task: Task, before: StateSnapshot) -> bool:
    """Whether this very task has ended; one that was blocked goes on, and another of its name is refused."""
    ended = (before.values.get("report") or {}).get("status") in ENDED and not before.next and not before.tasks
    return ended and before.values.get("accepted") == task.dump()


def _input(task: Task, before: StateSnapshot) -> dict[str, Any] | None:
    """Nothing where the thread stopped in the middle: it goes on. `accept` decides about one that has ended."""
    unfinished = bool(before.values) and bool(before.next or before.tasks)
    return None if unfinished else {"task": task.dump()}


def _no_run(task_id: str, workspace: Path) -> InvalidTask:
    return InvalidTask([f"task_id: there is no run `{task_id}` in {workspace}; `backend-developer run` begins one"])


def _in_a_line(message: BaseMessage) -> str:
    calls = ", ".join(call["name"] for call in getattr(message, "tool_calls", []))
    words = " ".join(message.text.split())[:160]
    return f"{message.type}: {' '.join(part for part in (words, f'[{calls}]' if calls else '') if part)}"
