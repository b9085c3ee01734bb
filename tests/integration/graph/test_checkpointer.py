import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from langchain_core.runnables import RunnableConfig
from langgraph.graph import END, START, StateGraph
from psycopg import OperationalError
from pydantic import BaseModel

from backend_developer.contract import NoDatabase
from backend_developer.contract.state import State
from backend_developer.graph.checkpointer import Saver, generate_checkpointer, open_saver
from backend_developer.workspace.postgres import Pool, open_pool
from tests.support.postgres import fresh_database

THREAD: RunnableConfig = {"configurable": {"thread_id": "feat-x@0123456789ab"}, "recursion_limit": 500}
SIZE = """
SELECT sum(pg_total_relation_size(oid))::bigint AS bytes FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'backend_developer'::regnamespace AND relname LIKE 'checkpoint%'
"""


@pytest.fixture
async def pool(state_dir: Path) -> AsyncIterator[Pool]:
    async with fresh_database(state_dir) as dsn, await open_pool(dsn) as pool:
        yield pool


class Loop:
    """A graph like ours in small: two that run beside each other, then a model and its tools in turn."""

    def __init__(self, turns: int, *, dies_at: int = 0, note: Any = None) -> None:
        self.turns = turns
        self.dies_at = dies_at
        self.note = note
        self.ran: list[str] = []
        graph = StateGraph(State)
        for node in (self.baseline, self.analyze, self.write, self.tools):
            graph.add_node(node.__name__, node)
        graph.add_edge(START, "baseline")
        graph.add_edge(START, "analyze")
        graph.add_edge(["baseline", "analyze"], "write")
        graph.add_edge("write", "tools")
        graph.add_conditional_edges("tools", self.next, ["write", END])
        self.graph = graph

    def step(self, name: str) -> None:
        if len(self.ran) + 1 == self.dies_at:
            raise ConnectionAbortedError
        self.ran.append(name)

    async def baseline(self, state: State) -> dict[str, Any]:
        self.step("baseline")
        return {"baseline": {"lint": "pass"}}

    async def analyze(self, state: State) -> dict[str, Any]:
        self.step("analyze")
        return {"analysis": {"plan": ["one", "two"]}, "messages": [HumanMessage("do it", id="h")]}

    async def write(self, state: State) -> dict[str, Any]:
        self.step("write")
        turn = str(len(state["messages"]) // 2)
        calls = [{"name": "bash", "args": {"command": f"ls {turn}"}, "id": turn}]
        return {"messages": [AIMessage("", tool_calls=calls, id=f"a{turn}")], "usage": {"calls": int(turn) + 1}}

    async def tools(self, state: State) -> dict[str, Any]:
        self.step("tools")
        if self.note:
            await self.note()
        answer = state["messages"][-1]
        assert isinstance(answer, AIMessage)
        turn = answer.tool_calls[0]["id"] or ""
        return {"messages": [ToolMessage("line of output\n" * 130, tool_call_id=turn, id=f"t{turn}")]}

    def next(self, state: State) -> str:
        return END if len(state["messages"]) > 2 * self.turns else "write"


def plain(values: dict[str, Any]) -> dict[str, Any]:
    return {**values, "messages": [(message.id, message.content) for message in values["messages"]]}


async def test_a_run_that_dies_at_any_step_goes_on_to_the_same_end(pool: Pool) -> None:
    task: Any = {"task": {"task_id": "feat-x"}}
    whole = Loop(3)
    expected = plain(await whole.graph.compile(checkpointer=await open_saver(pool)).ainvoke(task, THREAD))
    steps = len(whole.ran)
    assert steps == 8
    for dies_at in range(1, steps + 1):
        config: RunnableConfig = {"configurable": {"thread_id": f"dies at {dies_at}"}}
        first, second = Loop(3, dies_at=dies_at), Loop(3)
        with pytest.raises(ConnectionAbortedError):
            await first.graph.compile(checkpointer=await open_saver(pool)).ainvoke(task, config)
        graph = second.graph.compile(checkpointer=await open_saver(pool))
        assert plain(await graph.ainvoke(None, config)) == expected
        assert sorted(first.ran + second.ran) == sorted(whole.ran)
        state = await graph.aget_state(config)
        assert not state.next
        assert not state.tasks


async def test_a_state_that_is_changed_by_hand_goes_on_after_the_node_that_ran_last(pool: Pool) -> None:
    loop = Loop(2)
    graph = loop.graph.compile(checkpointer=await open_saver(pool), interrupt_after=["tools"])
    await graph.ainvoke({"task": {}}, THREAD)
    await graph.aupdate_state(THREAD, {"messages": [HumanMessage("by hand", id="hand")]})
    assert (await graph.aget_state(THREAD)).next in {("write",), ()}
    await graph.ainvoke(None, THREAD)
    values = (await graph.aget_state(THREAD)).values
    assert "hand" in [message.id for message in values["messages"]]


async def test_forks_of_one_checkpoint_keep_their_own_values(pool: Pool) -> None:
    graph = Loop(2).graph.compile(checkpointer=await open_saver(pool))
    await graph.ainvoke({"task": {}}, THREAD)
    history = [state async for state in graph.aget_state_history(THREAD)]
    past = history[3].config
    forks = [await graph.aupdate_state(past, {"scan": {"digest": name}}, as_node="tools") for name in ("a", "b")]
    digests = [(await graph.aget_state(fork)).values["scan"]["digest"] for fork in forks]
    assert digests == ["a", "b"]


async def test_tools_run_only_when_what_ordered_them_is_stored(pool: Pool) -> None:
    stored: list[list[str]] = []

    class Slow(Saver):
        async def aput(self, *args: Any) -> RunnableConfig:
            await asyncio.sleep(0.02)
            return await super().aput(*args)

    reader = Loop(3).graph.compile(checkpointer=await open_saver(pool))
    slow = Slow(pool)

    async def note() -> None:
        await slow.settled()
        in_database = await reader.aget_state(THREAD)
        stored.append([message.id for message in in_database.values["messages"]])

    loop = Loop(3, note=note)
    await loop.graph.compile(checkpointer=slow).ainvoke({"task": {}}, THREAD, durability="async")
    assert [ids[-1] for ids in stored] == ["a0", "a1", "a2"]


async def test_a_node_that_waits_for_what_cannot_be_stored_is_told(pool: Pool) -> None:
    class Broken(Saver):
        async def aput_writes(self, *args: Any, **kwargs: Any) -> None:
            if any(channel == "messages" for channel, _ in args[1]):
                self.conn = None  # type: ignore[assignment]  # what a lost pool would be
            await super().aput_writes(*args, **kwargs)

    await open_saver(pool)
    broken = Broken(pool)
    loop = Loop(2, note=broken.settled)
    with pytest.raises(NoDatabase, match="could not be stored"):
        await loop.graph.compile(checkpointer=broken).ainvoke({"task": {}}, THREAD)


async def test_a_run_outlives_its_connections(pool: Pool) -> None:
    async def cut() -> None:
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'backend-developer'"
        async with pool.connection() as connection:
            with pytest.raises(OperationalError):
                await connection.execute(others)

    saver = await open_saver(pool)

    async def note() -> None:
        await saver.settled()
        await cut()

    graph = Loop(3, note=note).graph.compile(checkpointer=saver)
    values = await graph.ainvoke({"task": {}}, THREAD)
    assert len(values["messages"]) == 7


async def test_savers_that_are_opened_at_once_make_the_tables_once(state_dir: Path) -> None:
    async with fresh_database(state_dir) as dsn:
        pools = [await open_pool(dsn) for _ in range(4)]
        await asyncio.gather(*(open_saver(pool) for pool in pools))
        async with pools[0].connection() as connection:
            row = await (await connection.execute("SELECT count(*) AS n FROM checkpoint_migrations")).fetchone()
        assert row == {"n": len(Saver.MIGRATIONS)}
        await asyncio.gather(*(pool.close() for pool in pools))


async def test_the_agent_server_gets_its_saver(state_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with fresh_database(state_dir) as dsn:
        monkeypatch.setenv("BACKEND_DEVELOPER_DATABASE_URL", dsn)
        async with generate_checkpointer() as saver:
            graph = Loop(1).graph.compile(checkpointer=saver)
            await graph.ainvoke({"task": {}}, THREAD)
            assert (await graph.aget_state(THREAD)).values["usage"] == {"calls": 1}


async def test_a_type_that_would_not_come_back_is_refused(pool: Pool) -> None:
    class Foreign(BaseModel):
        name: str = "x"

    async def put(state: State) -> dict[str, Any]:
        return {"scan": {"found": [Foreign()]}}

    graph = StateGraph(State)
    graph.add_node("put", put)
    graph.add_edge(START, "put")
    with pytest.raises(TypeError, match="Foreign"):
        await graph.compile(checkpointer=await open_saver(pool)).ainvoke({"task": {}}, THREAD)


async def test_the_tables_grow_by_a_few_kilobytes_a_call(pool: Pool) -> None:
    saver = await open_saver(pool)

    async def size() -> int:
        async with pool.connection() as connection:
            row = await (await connection.execute(SIZE)).fetchone()
        assert row is not None
        return int(row["bytes"])

    before = await size()
    await Loop(100).graph.compile(checkpointer=saver).ainvoke({"task": {}}, THREAD)
    # langgraph's own saver: 7 KB on this graph; 2 KB a call of output that is all different would add as much.
    assert (await size() - before) / 100 < 6_000
