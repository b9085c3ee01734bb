"""The whole set of gates on the sample service after a change of a route and a migration, and its commands by hand."""

import asyncio
import shutil
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime

from backend_developer.contract import Settings
from backend_developer.contract.analysis import Analysis
from backend_developer.contract.state import State
from backend_developer.graph.builder import NODES
from backend_developer.graph.routing import FIRST_GATES
from backend_developer.graph.surroundings import open_trial_context
from backend_developer.nodes.baseline import baseline
from backend_developer.nodes.context import Context
from benchmarks.gates.commands import Recorder, by_hand
from benchmarks.gates.rules import CONSULTED

SAMPLE = Path(__file__).parents[2] / "examples" / "users_service"
ROUTE = '''

@router.get("/version")
def version(database: Database) -> dict[str, str]:
    """Which PostgreSQL answers."""
    logger.info("asked for the version")
    row = database.execute("SHOW server_version").fetchone()
    logger.info("version=%s", row)
    return {"version": str(row)}
'''
MIGRATION = """CREATE TABLE notes (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    body text NOT NULL
);
"""
CHECKS = [{"method": "GET", "path": "/version", "expect": {"status": 200}}]


@dataclass(frozen=True, slots=True)
class Round:
    """One run of all gates."""

    whole_s: float
    tools_s: float
    """In which a process of the tools, or the service, ran."""
    by_hand_s: float

    @property
    def own_s(self) -> float:
        """What is ours: all the rest."""
        return self.whole_s - self.tools_s


def gates() -> CompiledStateGraph[State, Context, State, State]:
    """The gates as the graph of a run has them, without the nodes around them."""
    builder = StateGraph(State, context_schema=Context)
    for name in (*FIRST_GATES, "tests", "runtime"):
        node: Any = NODES[name]
        builder.add_node(name, node)
    for name in FIRST_GATES:
        builder.add_edge(START, name)
    builder.add_edge(FIRST_GATES, "tests")
    builder.add_edge("tests", "runtime")
    builder.add_edge("runtime", END)
    return builder.compile()


@asynccontextmanager
async def changed_sample(folder: Path, settings: Settings) -> AsyncIterator[tuple[Context, State]]:
    """A copy of the sample with its change, and a run that has come to its gates."""
    root = folder / "users_service"
    await asyncio.to_thread(shutil.copytree, SAMPLE, root)
    (root / ".venv").symlink_to(sys.prefix)
    async with open_trial_context(root, settings) as context:
        before = await baseline(_state(context), Runtime(context=context, stream_writer=lambda _: None))
        health = (root / "app/health.py").read_bytes()
        await context.workspace.journal.write("app/health.py", health + ROUTE.encode(), call_id="route")
        await context.workspace.journal.write("migrations/0003_notes.sql", MIGRATION.encode(), call_id="migration")
        yield context, _state(context, baseline=before["baseline"])


def _state(context: Context, **more: Any) -> State:
    task, analysis = context.task.dump(), Analysis(summary="The version of PostgreSQL.").dump()
    state: Any = {"task": task, "accepted": task, "analysis": analysis, "consult": CONSULTED, "attempt": 1}
    state |= {"finish": {"checks": CHECKS}, **more}
    return cast("State", state)


async def one_round(context: Context, state: State) -> Round:
    """All gates, which must pass, and then their commands by hand on the same files."""
    recorder = Recorder(context.commands)
    graph = gates()
    began = time.perf_counter()
    ended = await graph.ainvoke(state, context=replace(context, commands=recorder))
    whole = time.perf_counter() - began
    red = {name: found for name, found in ended["gates"].items() if found["status"] != "pass"}
    if red or len(ended["gates"]) != len(FIRST_GATES) + 2:
        raise RuntimeError(f"not all gates pass: {red}")
    async with context.scratch_database() as url:
        hand = await asyncio.to_thread(by_hand, recorder.ran, context.workspace.root, url)
    return Round(whole, recorder.busy_s(), hand)
