import time
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import HumanMessage
from langgraph.types import Overwrite

from backend_developer.contract import InvalidTask
from backend_developer.nodes.accept import accept
from tests.support.fakes import Bench, make_bench, make_task

REPORT = {"status": "success", "files_changed": ["a.py"], "errors": [], "next_action": "Go."}
TALK = [HumanMessage("task", id="task")]


@pytest.fixture
async def bench(tmp_path: Path) -> Bench:
    return await make_bench(tmp_path)


async def accepted(bench: Bench, **state: Any) -> dict[str, Any]:
    return await accept(bench.state(**state), bench.runtime)


async def test_a_new_task_begins_at_the_start(bench: Bench) -> None:
    task = bench.context.task.dump()
    update = await accept({"task": task}, bench.runtime)
    assert (update["accepted"], update["resume_at"], update["attempt"]) == (task, "start", 1)
    assert time.time() - update["usage"]["began"] < 5


async def test_a_new_task_clears_all_that_an_earlier_one_left(bench: Bench) -> None:
    other = make_task(bench.root, task_id="another").dump()
    update = await accepted(bench, accepted=other, report=REPORT, messages=TALK, blocked={"write": {}}, attempt=3)
    kept = {"task", "accepted", "resume_at", "attempt", "usage"}
    left = {name: value.value if isinstance(value, Overwrite) else value for name, value in update.items()}
    emptied = {name for name, value in left.items() if name not in kept and not value}
    assert emptied == {
        "baseline", "analysis", "scan", "skills", "consult", "messages", "finish", "gates", "blocked", "report"
    }  # fmt: skip
    assert (update["attempt"], update["usage"]["calls"]) == (1, 0)


@pytest.mark.parametrize("status", ["success", "failed"])
async def test_the_same_task_keeps_its_report(bench: Bench, status: str) -> None:
    report = {**REPORT, "status": status}
    update = await accepted(bench, report=report)
    assert (update["resume_at"], update["report"]) == ("end", report)
    assert not update.keys() & {"messages", "gates", "blocked", "usage", "attempt"}


@pytest.mark.parametrize(
    ("state", "at"),
    [
        ({}, "start"),
        ({"messages": TALK}, "write"),
        ({"messages": TALK, "finish": {"summary": "done", "checks": []}}, "gates"),
        ({"messages": TALK, "finish": {"ended": "in circles"}}, "gates"),
    ],
)
async def test_a_blocked_task_goes_on_where_it_stood(bench: Bench, state: dict[str, Any], at: str) -> None:
    update = await accepted(bench, report={**REPORT, "status": "blocked"}, blocked={"write": {}}, **state)
    assert update["resume_at"] == at
    assert update["blocked"] == Overwrite({})
    assert update["report"] == {}
    assert "messages" not in update


async def test_an_unfinished_task_goes_on_too_for_its_baseline_was_the_untouched_project(bench: Bench) -> None:
    assert (await accepted(bench, messages=TALK))["resume_at"] == "write"
    assert (await accepted(bench))["resume_at"] == "start"


async def test_the_wall_clock_of_a_blocked_task_stood_still(bench: Bench) -> None:
    usage = {**bench.state()["usage"], "began": 1000.0, "calls": 7}
    update = await accepted(bench, report={**REPORT, "status": "blocked"}, usage=usage, messages=TALK)
    assert time.time() - update["usage"]["began"] < 5
    assert update["usage"]["calls"] == 7


async def test_every_fault_of_a_task_is_named_at_once(bench: Bench) -> None:
    faulty: Any = {"task_id": "a b", "main_task": " ", "more": 1}
    with pytest.raises(InvalidTask) as caught:
        await accept({"task": faulty}, bench.runtime)
    assert [fault.split(":")[0] for fault in caught.value.faults] == ["task_id", "main_task", "more"]
