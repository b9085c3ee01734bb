import asyncio
from pathlib import Path
from typing import Any

import pytest
from langgraph.runtime import Runtime
from langgraph.types import Overwrite

from backend_developer.contract import BudgetSpent, InvalidTask, NoDatabase, NoModel, WorkspaceBusy
from backend_developer.contract.state import State
from backend_developer.graph.binding import Node, bind
from backend_developer.nodes.accept import accept
from backend_developer.nodes.report import report
from tests.support.fakes import Bench, FakeProvider, make_bench
from tests.support.gate_states import DONE, gates

NO_MODEL = NoModel("There is no key.", "Set a key.")
STOP = {"faults": [{"source": "run", "code": "no-model", "message": "There is no key."}], "way_out": "Set a key."}
OLD = {"write": {**STOP, "way_out": "An old way out."}}


@pytest.fixture
async def bench(tmp_path: Path) -> Bench:
    return await make_bench(tmp_path)


async def run(node: Node, bench: Bench, provider: FakeProvider, name: str = "scan", **state: Any) -> dict[str, Any]:
    bound = bind(name, node, provider)  # type: ignore[arg-type]  # the fake has what a node's wrapper calls
    runtime: Runtime[Any] = Runtime(context=None, stream_writer=bench.events.append)
    return await bound(bench.state(**state), runtime=runtime)


async def works(state: State, runtime: Runtime[Any]) -> dict[str, Any]:
    return {"scan": {"root": str(runtime.context.workspace.root)}}


def raising(error: BaseException) -> Node:
    async def node(state: State, runtime: Runtime[Any]) -> dict[str, Any]:
        raise error

    return node


async def test_a_node_gets_its_context_and_is_told_about(bench: Bench) -> None:
    provider = FakeProvider(bench)
    assert await run(works, bench, provider) == {"scan": {"root": str(bench.root)}}
    assert [(event["node"], event["phase"]) for event in bench.events] == [("scan", "start"), ("scan", "end")]
    assert provider.is_open


async def test_a_stop_becomes_state_and_keeps_the_run_open_for_the_report(bench: Bench) -> None:
    provider = FakeProvider(bench)
    assert await run(raising(NO_MODEL), bench, provider) == {"blocked": {"scan": STOP}}
    assert provider.released == []


async def test_faulty_input_names_every_fault(bench: Bench) -> None:
    update = await run(raising(InvalidTask(["a: missing", "b: missing"])), bench, FakeProvider(bench))
    entry = update["blocked"]["scan"]
    assert [(fault["code"], fault["message"]) for fault in entry["faults"]] == [
        ("invalid-task", "a: missing"),
        ("invalid-task", "b: missing"),
    ]
    assert entry["way_out"] == "Correct the task and hand it over again."


async def test_after_a_stop_the_nodes_that_follow_are_passed_over(bench: Bench) -> None:
    provider = FakeProvider(bench)
    assert await run(raising(AssertionError("ran")), bench, provider, "write", blocked=OLD) == {}
    assert provider.options == []


@pytest.mark.parametrize("error", [RuntimeError("a bug"), asyncio.CancelledError(), KeyboardInterrupt()])
async def test_whatever_else_ends_a_node_releases_the_run(bench: Bench, error: BaseException) -> None:
    provider = FakeProvider(bench)
    with pytest.raises(type(error)):
        await run(raising(error), bench, provider)
    assert provider.released == [None]
    assert not provider.is_open


async def test_the_report_is_noted_and_the_run_released(bench: Bench) -> None:
    provider = FakeProvider(bench)
    update = await run(report, bench, provider, "report", finish=DONE, gates=gates())
    assert provider.released == [update["report"]["status"]] == ["success"]


async def test_a_report_without_a_context_tells_why_it_could_not_be_opened(bench: Bench) -> None:
    provider = FakeProvider(bench, NO_MODEL)
    update = await run(report, bench, provider, "report", blocked={"accept": STOP})
    assert (update["report"]["status"], update["report"]["next_action"]) == ("blocked", "Set a key.")


async def test_a_stop_in_the_report_itself_is_no_success(bench: Bench) -> None:
    provider = FakeProvider(bench, NoDatabase("It is gone.", "Start it.", source="postgres"))
    made = (await run(report, bench, provider, "report", finish=DONE, gates=gates()))["report"]
    assert (made["status"], made["next_action"]) == ("blocked", "Start it.")
    assert made["errors"][0]["message"] == "It is gone."


async def test_accept_opens_the_run(bench: Bench) -> None:
    provider = FakeProvider(bench)
    update = await run(accept, bench, provider, "accept", accepted={})
    assert update["resume_at"] == "start"
    assert provider.is_open


async def test_a_task_that_has_ended_opens_nothing_and_needs_nothing(bench: Bench) -> None:
    provider = FakeProvider(bench, NO_MODEL)
    update = await run(accept, bench, provider, "accept", report={"status": "success"})
    assert update["resume_at"] == "end"
    assert provider.options == []


async def test_what_keeps_a_resumed_task_from_opening_replaces_why_it_stopped_before(bench: Bench) -> None:
    provider = FakeProvider(bench, WorkspaceBusy("Another run is at it.", "Wait."))
    blocked = {"status": "blocked"}
    update = await run(accept, bench, provider, "accept", blocked=OLD, report=blocked)
    assert isinstance(update["blocked"], Overwrite)
    assert list(update["blocked"].value) == ["accept"]


async def test_a_blocked_task_may_go_on_at_accept(bench: Bench) -> None:
    update = await run(accept, bench, FakeProvider(bench), "accept", blocked=OLD, report={"status": "blocked"})
    assert update["blocked"] == Overwrite({})


async def test_the_callers_options_reach_the_provider(bench: Bench) -> None:
    provider = FakeProvider(bench)
    bound = bind("scan", works, provider)  # type: ignore[arg-type]  # the fake has what a node's wrapper calls
    runtime: Runtime[Any] = Runtime(context={"a parent's": "own"}, stream_writer=bench.events.append)
    await bound(bench.state(), runtime=runtime)
    assert provider.options == [{"a parent's": "own"}]


async def test_a_spent_budget_is_told_with_its_way_out(bench: Bench) -> None:
    update = await run(raising(BudgetSpent("200 calls.", "Raise it.")), bench, FakeProvider(bench), "write")
    assert update["blocked"]["write"]["faults"][0]["code"] == "budget-spent"
