"""Our graph inside a parent's, as embedders use it: a state, a saver and a context type of the parent's own."""

import asyncio
import operator
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import psycopg
import pytest
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.graph import END, START, StateGraph
from langgraph.runtime import Runtime
from typing_extensions import TypedDict

from backend_developer.contract import Task, WorkspaceBusy
from backend_developer.graph.builder import build_graph
from backend_developer.graph.checkpointer import open_saver
from backend_developer.graph.lock import workspace_lock
from backend_developer.graph.options import Options
from backend_developer.workspace.postgres import open_pool
from tests.support.model_server import ModelServer
from tests.support.postgres import fresh_database
from tests.support.product import CORRECT, script, write_shop

CONFIG: Any = {"configurable": {"thread_id": "parent"}}
SOON_S = 60.0
CALLS = 1 + len(CORRECT)
"""The analysis and the turns of the write loop."""


@dataclass
class House:
    """The parent's context: nothing of ours is in it."""

    tenant: str


class Order(TypedDict, total=False):
    """The parent's state: two keys shared with ours, and one that appends."""

    task: Any
    report: dict[str, Any]
    log: Annotated[list[str], operator.add]


@dataclass(frozen=True)
class Place:
    """Where a test's runs happen."""

    dsn: str
    workspace: Path
    locks: Path
    server: ModelServer

    @property
    def task(self) -> dict[str, Any]:
        return {"task_id": "t1", "main_task": "Add a discount", "workspace": str(self.workspace)}


@pytest.fixture
async def place(state_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Place]:
    """The settings come from the environment, as in a host's process."""
    async with fresh_database(state_dir) as dsn, ModelServer(script(*CORRECT)) as server:
        for name, value in (
            ("STATE_DIR", str(state_dir)),
            ("DATABASE_URL", dsn),
            ("BASE_URL", server.base_url),
            ("MODEL", "openai:scripted"),
            ("API_KEY", "scripted"),
        ):
            monkeypatch.setenv(f"BACKEND_DEVELOPER_{name}", value)
        yield Place(dsn, write_shop(tmp_path / "shop"), state_dir / "locks", server)


@asynccontextmanager
async def in_memory(_: str) -> AsyncIterator[BaseCheckpointSaver[Any]]:
    yield InMemorySaver()


@asynccontextmanager
async def in_postgres(dsn: str) -> AsyncIterator[BaseCheckpointSaver[Any]]:
    async with AsyncPostgresSaver.from_conn_string(dsn) as saver:
        await saver.setup()
        yield saver


@asynccontextmanager
async def in_ours(dsn: str) -> AsyncIterator[BaseCheckpointSaver[Any]]:
    pool = await open_pool(dsn)
    try:
        yield await open_saver(pool)
    finally:
        await pool.close()


Saving = Callable[[str], AbstractAsyncContextManager[BaseCheckpointSaver[Any]]]


async def greet(state: Order, runtime: Runtime[House]) -> Order:
    return {"log": [f"{runtime.context.tenant} ordered"]}


async def close(state: Order) -> Order:
    return {"log": [f"report: {state['report']['status']}"]}


async def ask_ours(state: Order) -> Order:
    answer = await build_graph().ainvoke({"task": Task.model_validate(state["task"])}, context=Options(attempts=1))
    return {"report": answer["report"]}


class TroubleError(Exception):
    """The parent's own."""


class FailsOnce:
    """A node of the parent that fails the first time, once the model was asked as often as said."""

    def __init__(self, server: ModelServer, after: int) -> None:
        self._server = server
        self._after = after
        self._failed = False

    async def __call__(self, state: Order) -> Order:
        while len(self._server.requests) < self._after:
            await asyncio.sleep(0.01)
        if not self._failed:
            self._failed = True
            raise TroubleError
        return {"log": ["went well"]}


def parent(backend: Any) -> StateGraph[Order, House, Order, Order]:
    builder: StateGraph[Order, House, Order, Order] = StateGraph(Order, context_schema=House)
    builder.add_node("greet", greet)
    builder.add_node("backend", backend)
    builder.add_node("close", close)
    builder.add_edge(START, "greet")
    builder.add_edge("greet", "backend")
    builder.add_edge("backend", "close")
    builder.add_edge("close", END)
    return builder


async def is_free(place: Place) -> bool:
    try:
        async with workspace_lock(place.dsn, place.workspace, "next", place.locks):
            return True
    except WorkspaceBusy:
        return False


async def assert_released(place: Place) -> None:
    """The workspace can be locked, and the database has no connection of ours.

    Soon, not at once: langgraph does not wait for the nodes that it cancels.
    """
    end = time.monotonic() + SOON_S
    while not await is_free(place):
        assert time.monotonic() < end, "the workspace is still locked"
        await asyncio.sleep(0.05)
    async with await psycopg.AsyncConnection.connect(place.dsn, autocommit=True) as connection:
        query = """SELECT application_name FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name LIKE 'backend-dev%'"""
        while left := await (await connection.execute(query)).fetchall():
            assert time.monotonic() < end, left
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("saving", [in_memory, in_postgres, in_ours])
async def test_our_graph_is_a_node_of_a_parent(place: Place, saving: Saving) -> None:
    async with saving(place.dsn) as saver:
        graph = parent(build_graph()).compile(checkpointer=saver)
        parts: list[Any] = [
            part
            async for part in graph.astream(
                {"task": place.task}, CONFIG, context=House("Ann"), stream_mode=["custom", "updates"], subgraphs=True
            )
        ]
        state = await graph.aget_state(CONFIG)
    assert state.values["report"]["status"] == "success", state.values["report"]
    assert state.values["report"]["files_changed"] == ["shop/prices.py"]
    assert state.values["log"] == ["Ann ordered", "report: success"]
    assert (state.values["task"], set(state.values)) == (place.task, {"task", "report", "log"})
    told = [(path[0].split(":")[0], event["event"]) for path, mode, event in parts if mode == "custom"]
    assert {kind for _, kind in told} >= {"node", "model", "tool", "gate", "attempt"}
    assert {where for where, _ in told} == {"backend"}
    await assert_released(place)


async def test_our_graph_is_called_by_a_node_of_a_parent(place: Place) -> None:
    graph = parent(ask_ours).compile(checkpointer=InMemorySaver())
    answer = await graph.ainvoke({"task": place.task}, CONFIG, context=House("Ann"))
    assert (answer["report"]["status"], answer["log"]) == ("success", ["Ann ordered", "report: success"])
    assert len(place.server.requests) == CALLS
    await assert_released(place)


async def test_a_parent_that_failed_after_our_report_goes_on_with_it(place: Place) -> None:
    builder = parent(build_graph())
    builder.add_node("fail", FailsOnce(place.server, CALLS))
    builder.add_edge("backend", "fail")
    graph = builder.compile(checkpointer=InMemorySaver())
    with pytest.raises(TroubleError):
        await graph.ainvoke({"task": place.task}, CONFIG, context=House("Ann"))
    await assert_released(place)
    answer = await graph.ainvoke(None, CONFIG, context=House("Ann"))
    assert answer["report"]["status"] == "success"
    assert sorted(answer["log"]) == ["Ann ordered", "report: success", "went well"]
    assert len(place.server.requests) == CALLS


@pytest.mark.parametrize("saving", [in_memory, in_postgres])
async def test_a_parent_that_fails_beside_us_resumes_us_where_we_stood(place: Place, saving: Saving) -> None:
    builder = parent(build_graph())
    builder.add_node("fail", FailsOnce(place.server, CALLS - 1))
    builder.add_edge("greet", "fail")
    async with saving(place.dsn) as saver:
        graph = builder.compile(checkpointer=saver)
        with pytest.raises(TroubleError):
            await graph.ainvoke({"task": place.task}, CONFIG, context=House("Ann"))
        await assert_released(place)
        answer = await graph.ainvoke(None, CONFIG, context=House("Ann"))
    assert answer["report"]["status"] == "success", answer["report"]
    assert (place.workspace / "shop" / "prices.py").read_text(encoding="utf-8").count("def discounted(") == 1
    purposes = [request.forced for request in place.server.requests]
    assert purposes.count("analysis") == 1
    await assert_released(place)
