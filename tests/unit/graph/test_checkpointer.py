import asyncio
from pathlib import Path
from typing import Any, cast

import pytest
from langchain_core.messages import AIMessage, HumanMessage
from langgraph.checkpoint.base import Checkpoint
from langgraph.types import Interrupt, Send
from psycopg_pool import AsyncConnectionPool
from pydantic import BaseModel

from backend_developer.contract import NoDatabase, Report, Task
from backend_developer.graph.checkpointer import Ledger, Saver, without_spent_edges
from backend_developer.graph.serializer import Serializer


class Foreign(BaseModel):
    name: str = "x"


@pytest.mark.parametrize(
    "value",
    [
        None,
        {"a": [1, 2.5, "ü\x00", True, None, {"b": {}}]},
        [HumanMessage("hi", id="1"), AIMessage("", tool_calls=[{"name": "ls", "args": {}, "id": "c"}], id="2")],
        {"task": Task(task_id="a", main_task="b", workspace=Path("/srv"))},
        {"report": Report(status="success", next_action="Go on.")},
        {"baseline", "analyze"},
        [Send("node", {"x": 1}), Interrupt(value="why", id="i")],
    ],
)
def test_what_is_taken_comes_back_as_it_went_in(value: Any) -> None:
    serializer = Serializer()
    assert serializer.loads_typed(serializer.dumps_typed(value)) == value


@pytest.mark.parametrize("value", [Foreign(), {"a": [Foreign()]}, Path("/srv"), {"when": object()}])
def test_what_would_come_back_as_something_else_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match="plain JSON"):
        Serializer().dumps_typed(value)


async def saver() -> Saver:
    return Saver(cast(Any, AsyncConnectionPool("", open=False)))


async def test_versions_grow_and_two_forks_count_apart() -> None:
    one = await saver()
    version = None
    seen: list[str] = []
    for _ in range(3000):
        version = one.get_next_version(version, None)
        seen.append(version)
    assert seen == sorted(seen)
    assert {len(each) for each in seen} == {8}
    assert len({one.get_next_version(seen[0], None) for _ in range(20)}) > 1


async def test_a_thread_that_is_too_long_says_so() -> None:
    with pytest.raises(OverflowError):
        (await saver()).get_next_version("vvvv0000", None)


def checkpoint() -> Checkpoint:
    return {
        "v": 4,
        "id": "1",
        "ts": "",
        "channel_values": {"branch:to:tools": None, "attempt": 1},
        "channel_versions": {
            "__start__": "0002aaaa",
            "task": "0002aaaa",
            "attempt": "0003aaaa",
            "branch:to:old": "0003aaaa",
            "branch:to:write": "0005aaaa",
            "branch:to:tools": "0005aaaa",
        },
        "versions_seen": {
            "__interrupt__": {"branch:to:old": "0003aaaa"},
            "__start__": {"__start__": "0001aaaa"},
            "old": {"branch:to:old": "0002aaaa"},
            "joined": {"join:a+b:joined": "0002aaaa"},
            "write": {"branch:to:write": "0004aaaa"},
        },
        "updated_channels": ["attempt"],
    }


def test_edges_that_were_walked_long_ago_are_forgotten_and_the_newest_are_not() -> None:
    full = checkpoint()
    lean = without_spent_edges(full)
    assert full == checkpoint()
    assert set(lean["channel_versions"]) == {"task", "attempt", "branch:to:write", "branch:to:tools"}
    assert set(lean["versions_seen"]) == {"__interrupt__", "joined", "write"}
    assert lean["versions_seen"]["__interrupt__"] == full["versions_seen"]["__interrupt__"]
    assert max(lean["channel_versions"].values()) == max(full["channel_versions"].values())


def test_an_empty_checkpoint_stays_as_it_is() -> None:
    empty: Checkpoint = {**checkpoint(), "channel_values": {}, "channel_versions": {}, "versions_seen": {}}
    assert without_spent_edges(empty) == empty


async def test_the_ledger_lets_go_when_it_is_stored_or_never_will_be() -> None:
    ledger = Ledger()
    stored, lost = asyncio.create_task(ledger.wait_for("a")), asyncio.create_task(ledger.wait_for("b"))
    await asyncio.sleep(0)
    await ledger.add("a")
    await stored
    assert not lost.done()
    await ledger.fail(OSError("disk full"))
    with pytest.raises(NoDatabase, match="disk full"):
        await lost
    await ledger.wait_for("a")
