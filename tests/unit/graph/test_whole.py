"""All nodes wired, over a saver that takes nothing but plain JSON; the model, the commands and the toolchain play."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, StateGraph
from typing_extensions import TypedDict

from backend_developer.contract import ModelUnavailable, NoModel
from backend_developer.graph.builder import NODES, Graph, build_graph
from backend_developer.graph.options import Options
from backend_developer.graph.serializer import Serializer
from tests.support.fakes import Bench, FakeProvider, Line, answer, call, make_bench, make_task

CONFIG: RunnableConfig = {"configurable": {"thread_id": "t"}, "recursion_limit": 200}
ANALYSIS = answer(call("analysis", summary="An API", keywords=["user"]))
GOOD = 'def double(n: int) -> int:\n    """Twice."""\n    return 2 * n\n'
WRITE = answer(call("write", path="app/double.py", content=GOOD))
FINISH = answer(call("finish", summary="done"))
AWAY = ModelUnavailable("No answer.", "Try later.")

Finished = tuple[Bench, FakeProvider, Graph]


@pytest.fixture
def saver() -> InMemorySaver:
    return InMemorySaver(serde=Serializer())


async def wired(folder: Path, saver: InMemorySaver, *lines: Line, **settings: Any) -> Finished:
    bench = await make_bench(folder, *lines, **settings)
    provider = FakeProvider(bench)
    built: Callable[[Any], Graph] = build_graph
    return bench, provider, built(provider).copy({"checkpointer": saver})


async def run(graph: Graph, task: Any, **options: Any) -> dict[str, Any]:
    given: Any = {"task": task}
    result = await graph.ainvoke(given, CONFIG, **options)
    report: dict[str, Any] = result["report"]
    return report


async def values(graph: Graph) -> dict[str, Any]:
    return dict((await graph.aget_state(CONFIG)).values)


async def test_a_task_ends_in_success_and_everything_in_its_state_is_plain(
    tmp_path: Path, saver: InMemorySaver
) -> None:
    bench, provider, graph = await wired(tmp_path, saver, ANALYSIS, WRITE, FINISH)
    report = await run(graph, bench.context.task.dump())
    assert report == {
        "status": "success",
        "files_changed": ["app/double.py"],
        "errors": [],
        "next_action": "@test-automator: cover the change in app/double.py",
    }
    assert provider.released == ["success"]
    state = await values(graph)
    assert set(state["baseline"]) == {"lint", "build", "tests"}
    assert set(state["gates"]) == {
        f"1/{gate}" for gate in ("house_rules", "lint", "build", "database", "tests", "runtime")
    }
    assert [m.id for m in state["messages"]] == ["system", "task", "turn-2", "turn-2-0", "turn-3", "turn-3-0"]


async def test_what_the_model_chose_to_reuse_stands_in_the_first_prompt_and_in_the_usage(
    tmp_path: Path, saver: InMemorySaver
) -> None:
    reuse = [{"need": "Look up an account", "names": ["get_user", "find_account"]}]
    analysis = answer(call("analysis", summary="An API", reuse=reuse))
    choice = answer(call("choose", choices=[{"need": 1, "serves": [1]}]))
    bench, _, graph = await wired(tmp_path, saver, analysis, choice, WRITE, FINISH)
    assert (await run(graph, bench.context.task.dump()))["status"] == "success"
    assert [asked.purpose for asked in bench.model.asked] == ["analyze", "scan", "write", "write"]
    task = bench.model.asked[2].messages[1].text
    assert "## Reuse these\n- app/users.py:1 `get_user(user_id: int) -> int`" in task
    assert (await values(graph))["usage"]["calls"] == 4


async def test_answers_that_were_paid_for_before_a_node_stopped_are_in_the_usage(
    tmp_path: Path, saver: InMemorySaver
) -> None:
    bench, _, graph = await wired(tmp_path, saver, answer(text="hm"), AWAY, ANALYSIS, WRITE, FINISH)
    assert (await run(graph, bench.context.task.dump()))["status"] == "blocked"
    assert (await values(graph))["usage"]["calls"] == 1
    assert (await run(graph, bench.context.task.dump()))["status"] == "success"
    assert (await values(graph))["usage"]["calls"] == 4


async def test_the_stored_conversation_reads_the_same_each_time(tmp_path: Path, saver: InMemorySaver) -> None:
    lines = [ANALYSIS, answer(text="Done."), answer(), WRITE, FINISH]
    bench, _, graph = await wired(tmp_path, saver, *lines)
    await run(graph, bench.context.task.dump())
    ids = [m.id for m in (await values(graph))["messages"]]
    assert None not in ids
    assert len(set(ids)) == len(ids)
    assert ids == [m.id for m in (await values(graph))["messages"]]


async def test_red_gates_go_back_and_the_next_attempt_can_be_green(tmp_path: Path, saver: InMemorySaver) -> None:
    bench, _, graph = await wired(tmp_path, saver, ANALYSIS, FINISH, WRITE, answer(call("finish", "f-2", summary="x")))
    assert (await run(graph, bench.context.task.dump()))["status"] == "success"
    assert "nothing-changed" in bench.model.asked[2].messages[-1].text
    assert (await values(graph))["attempt"] == 2


async def test_three_red_attempts_go_back_to_the_orchestrator(tmp_path: Path, saver: InMemorySaver) -> None:
    finishes = [answer(call("finish", f"f-{number}", summary="done")) for number in range(3)]
    bench, provider, graph = await wired(tmp_path, saver, ANALYSIS, *finishes)
    report = await run(graph, bench.context.task.dump())
    assert report["status"] == "failed"
    assert [fault["code"] for fault in report["errors"]] == ["nothing-changed"]
    assert "after 3 attempts house_rules is still red" in report["next_action"]
    assert not bench.model.lines
    assert provider.released == ["failed"]


async def test_the_same_task_again_keeps_its_report_without_a_model(tmp_path: Path, saver: InMemorySaver) -> None:
    bench, provider, graph = await wired(tmp_path, saver, ANALYSIS, WRITE, FINISH)
    first = await run(graph, bench.context.task.dump())
    provider.failures = [NoModel("There is no key.", "Set one.")]
    assert await run(graph, bench.context.task.dump()) == first
    assert not provider.is_open


async def test_a_new_task_on_a_used_thread_begins_anew(tmp_path: Path, saver: InMemorySaver) -> None:
    more = answer(call("write", path="app/more.py", content=GOOD))
    bench, _, graph = await wired(tmp_path, saver, ANALYSIS, WRITE, FINISH, ANALYSIS, more, FINISH)
    await run(graph, bench.context.task.dump())
    await run(graph, make_task(bench.root, task_id="another").dump())
    state = await values(graph)
    assert [m.id for m in state["messages"]] == ["system", "task", "turn-2", "turn-2-0", "turn-3", "turn-3-0"]
    assert (state["usage"]["calls"], state["accepted"]["task_id"]) == (3, "another")


async def test_a_blocked_task_goes_on_where_it_stood(tmp_path: Path, saver: InMemorySaver) -> None:
    bench, _, graph = await wired(tmp_path, saver, ANALYSIS, WRITE, AWAY, FINISH)
    report = await run(graph, bench.context.task.dump())
    assert (report["status"], report["next_action"]) == ("blocked", "Try later.")
    assert report["files_changed"] == ["app/double.py"]
    assert (await run(graph, bench.context.task.dump()))["status"] == "success"
    assert [asked.purpose for asked in bench.model.asked] == ["analyze", "write", "write", "write"]


async def test_a_block_in_the_analysis_begins_again_from_the_start(tmp_path: Path, saver: InMemorySaver) -> None:
    bench, provider, graph = await wired(tmp_path, saver, AWAY, ANALYSIS, WRITE, FINISH)
    assert (await run(graph, bench.context.task.dump()))["status"] == "blocked"
    assert provider.released == ["blocked"]
    assert (await run(graph, bench.context.task.dump()))["status"] == "success"


async def test_a_missing_tool_in_nodes_side_by_side_is_named_once(tmp_path: Path, saver: InMemorySaver) -> None:
    bench, _, graph = await wired(tmp_path, saver, ANALYSIS)
    bench.toolchain.missing = ("lint",)
    report = await run(graph, bench.context.task.dump())
    assert report["status"] == "blocked"
    assert [fault["code"] for fault in report["errors"]] == ["no-toolchain"]
    assert report["next_action"] == "Install lint."


async def test_stops_of_two_gates_at_once_are_both_told(tmp_path: Path, saver: InMemorySaver) -> None:
    bench, _, graph = await wired(tmp_path, saver, ANALYSIS, WRITE, lambda: _breaking(bench))
    report = await run(graph, bench.context.task.dump())
    assert [fault["source"] for fault in report["errors"]] == ["build", "lint"]
    assert (await values(graph))["gates"].keys() == {"1/house_rules", "1/database"}


def _breaking(bench: Bench) -> Any:
    bench.toolchain.missing = ("lint", "build")
    return FINISH


async def test_a_faulty_task_is_reported_with_every_fault(tmp_path: Path, saver: InMemorySaver) -> None:
    _, provider, graph = await wired(tmp_path, saver)
    report = await run(graph, {"task_id": "a b", "extras": [""], "other": 1})
    assert report["status"] == "blocked"
    assert {fault["code"] for fault in report["errors"]} == {"invalid-task"}
    told = [fault["message"].split(":")[0] for fault in report["errors"]]
    assert told == ["task_id", "main_task", "extras.0", "other"]
    assert report["next_action"] == "Correct the task and hand it over again."
    assert provider.released == ["blocked"]


async def test_a_fault_of_ours_releases_the_run_and_leaves_the_graph(tmp_path: Path, saver: InMemorySaver) -> None:
    bench, provider, graph = await wired(tmp_path, saver, ANALYSIS, RuntimeError("a bug"))
    with pytest.raises(RuntimeError, match="a bug"):
        await run(graph, bench.context.task.dump())
    assert not provider.is_open


async def test_the_callers_options_reach_every_opening(tmp_path: Path, saver: InMemorySaver) -> None:
    bench, provider, graph = await wired(tmp_path, saver, ANALYSIS, WRITE, FINISH)
    await run(graph, bench.context.task.dump(), context=Options(attempts=1))
    assert set(map(repr, provider.options)) == {repr(Options(attempts=1))}


class ParentState(TypedDict, total=False):
    task: dict[str, Any]
    report: dict[str, Any]


async def test_a_parent_has_its_own_state_and_saver(tmp_path: Path, saver: InMemorySaver) -> None:
    bench = await make_bench(tmp_path, ANALYSIS, WRITE, FINISH)
    built: Callable[[Any], Any] = build_graph
    parent = StateGraph(ParentState)
    parent.add_node("backend", built(FakeProvider(bench)))
    parent.add_edge(START, "backend")
    result = await parent.compile(checkpointer=saver).ainvoke({"task": bench.context.task.dump()}, CONFIG)
    assert result["report"]["status"] == "success"
    assert set(result) == {"task", "report"}


async def test_no_saver_is_compiled_in_and_every_node_is_there() -> None:
    graph = build_graph()
    assert graph.checkpointer is None
    assert set(NODES) <= set(graph.nodes)
