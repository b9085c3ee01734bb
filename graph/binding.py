"""Between LangGraph and the nodes: hands each node its context, and turns a stop into state.

A node raises `Blocked` or `InvalidInput`; here it becomes an entry of `blocked`, the nodes that follow are passed
over, and `report` tells it. Any other exception leaves the graph as it is, with the run's resources released.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from langgraph.runtime import Runtime
from langgraph.types import Overwrite

from backend_developer.contract import Blocked, Fault, InvalidInput
from backend_developer.contract.state import State
from backend_developer.graph.options import Options
from backend_developer.graph.provider import Provider, provider_of_loop

logger = logging.getLogger(__name__)

Node = Callable[[State, Runtime[Any]], Awaitable[dict[str, Any]]]


class BoundNode(Protocol):
    """A node as LangGraph takes it."""

    def __call__(self, state: State, *, runtime: Runtime[Options]) -> Awaitable[dict[str, Any]]:
        """Gives what the node writes."""
        ...


FIRST, LAST = "accept", "report"


def bind(name: str, node: Node, provider: Provider | None) -> BoundNode:
    """Wrap a node: context in, events around it, stops turned into state."""

    async def bound(state: State, runtime: Runtime[Any]) -> dict[str, Any]:
        if state.get("blocked") and name not in (FIRST, LAST):
            return {}
        source = provider or provider_of_loop()
        runtime.stream_writer({"event": "node", "node": name, "phase": "start"})
        try:
            update = await _run(name, node, state, runtime, source)
        except BaseException:
            await source.release(state["task"], owner=_thread(runtime))
            raise
        if name == LAST:
            await source.release(state["task"], update["report"], owner=_thread(runtime))
        runtime.stream_writer({"event": "node", "node": name, "phase": "end"})
        return update

    bound.__name__ = bound.__qualname__ = name
    return bound


async def _run(name: str, node: Node, state: State, runtime: Runtime[Any], source: Provider) -> dict[str, Any]:
    try:
        if name == FIRST:
            return await _begin(node, state, runtime, source)
        context = await source.open(state["task"], runtime.context, owner=_thread(runtime))
        return await node(state, runtime.override(context=context))
    except (Blocked, InvalidInput) as stop:
        logger.warning("stopped at %s: %s", name, stop)
        entry = {name: _entry(stop)}
        if name == FIRST:
            return {"blocked": Overwrite(entry)}
        if name == LAST:
            told: State = state if state.get("blocked") else {**state, "blocked": entry}
            return await node(told, runtime.override(context=None))
        used = stop.used if isinstance(stop, Blocked) else None
        return {"blocked": entry, "usage": used} if used else {"blocked": entry}


async def _begin(node: Node, state: State, runtime: Runtime[Any], source: Provider) -> dict[str, Any]:
    """Open the run; a task that has ended keeps its report, and needs neither a model nor a workspace for it."""
    update = await node(state, runtime.override(context=None))
    if update["resume_at"] != "end":
        await source.open(state["task"], runtime.context, owner=_thread(runtime))
    return update


def _thread(runtime: Runtime[Any]) -> str | None:
    return runtime.execution_info.thread_id if runtime.execution_info else None


def _entry(stop: Blocked | InvalidInput) -> dict[str, Any]:
    if isinstance(stop, Blocked):
        fault = Fault(source=stop.source, code=stop.code, message=stop.message)
        return {"faults": [fault.dump()], "way_out": stop.way_out}
    faults = [Fault(source="run", code=f"invalid-{stop.what}", message=fault).dump() for fault in stop.faults]
    return {"faults": faults, "way_out": f"Correct the {stop.what} and hand it over again."}
