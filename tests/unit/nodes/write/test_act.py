from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage

from backend_developer.contract import NoDatabase
from backend_developer.nodes.write.act import IDLE_ANSWERS, tools
from tests.support.fakes import CHECK, SERVICE, Bench, answer, call, cut_off, make_bench

READ = call("read", path="app/users.py")
FINISH = call("finish", summary="done", checks=[CHECK])
BROKEN = {"name": "write", "args": '{"path": ', "id": "b-1", "error": "Expecting value", "type": "invalid_tool_call"}


@pytest.fixture
async def bench(tmp_path: Path) -> Bench:
    return await make_bench(tmp_path)


async def act(bench: Bench, *messages: Any, **more: Any) -> dict[str, Any]:
    return await tools(bench.state(messages=[HumanMessage("task", id="task"), *messages], **more), bench.runtime)


async def test_each_call_is_answered_in_order_and_told(bench: Bench) -> None:
    update = await act(bench, answer(READ, call("list", "list-1"), id="turn-1"))
    assert [(m.tool_call_id, m.id) for m in update["messages"]] == [("read-1", "turn-1-0"), ("list-1", "turn-1-1")]
    assert "def get_user" in update["messages"][0].text
    assert "finish" not in update
    assert [(event["name"], event["target"], event["ok"]) for event in bench.events] == [
        ("read", "app/users.py", True),
        ("list", "", True),
    ]


async def test_the_project_is_touched_only_once_the_order_is_stored(bench: Bench) -> None:
    await act(bench, answer(call("write", path="app/new.py", content="A = 1\n"), id="turn-1"))
    assert bench.stored == ["waited"]
    assert (bench.root / "app/new.py").read_text() == "A = 1\n"


async def test_what_only_reads_does_not_wait_for_the_database(bench: Bench) -> None:
    await act(bench, answer(READ, call("grep", "grep-1", pattern="user"), id="turn-1"))
    assert bench.stored == []


async def test_an_attempt_ends_only_once_its_order_is_stored(bench: Bench) -> None:
    await act(bench, answer(FINISH, id="turn-1"))
    assert bench.stored == ["waited"]


async def test_a_call_that_is_made_again_after_a_crash_is_not_done_twice(bench: Bench) -> None:
    edit = answer(call("edit", path="app/users.py", old="user_id\n", new="user_id + 1\n"), id="turn-1")
    first = await act(bench, edit)
    second = await act(bench, edit)
    assert first == second
    assert (bench.root / "app/users.py").read_text().count("+ 1") == 1


async def test_an_unknown_tool_names_the_ones_there_are(bench: Bench) -> None:
    update = await act(bench, answer(call("reed", path="app/users.py"), id="turn-1"))
    assert "no tool `reed`" in update["messages"][0].text
    assert "`read`" in update["messages"][0].text
    assert bench.events[0]["ok"] is False


async def test_finish_ends_the_attempt_with_its_checks(bench: Bench) -> None:
    update = await act(bench, answer(FINISH, id="turn-1"))
    assert update["finish"] == {"summary": "done", "checks": [CHECK]}
    assert isinstance(update["messages"][0], ToolMessage)


async def test_finish_beside_calls_that_went_well_counts(bench: Bench) -> None:
    update = await act(bench, answer(READ, FINISH, id="turn-1"))
    assert update["finish"]["summary"] == "done"
    assert len(update["messages"]) == 2


async def test_finish_beside_a_call_that_failed_is_refused(bench: Bench) -> None:
    failing = call("edit", path="app/users.py", old="is not there", new="x")
    update = await act(bench, answer(failing, FINISH, id="turn-1"))
    assert "finish" not in update
    assert "another call of the same answer" in update["messages"][1].text


async def test_finish_beside_a_malformed_call_is_refused(bench: Bench) -> None:
    update = await act(bench, answer(FINISH, id="turn-1", invalid_tool_calls=[BROKEN]))
    assert "finish" not in update
    assert {m.tool_call_id for m in update["messages"]} == {"b-1", "finish-1"}


async def test_a_second_faulty_finish_does_not_undo_the_first(bench: Bench) -> None:
    update = await act(bench, answer(FINISH, call("finish", "finish-2", summary=""), id="turn-1"))
    assert update["finish"]["summary"] == "done"


async def test_a_service_is_not_finished_without_a_check(bench: Bench) -> None:
    bench.toolchain.offered = [SERVICE]
    update = await act(bench, answer(call("finish", summary="done"), id="turn-1"))
    assert "finish" not in update
    assert "at least one check" in update["messages"][0].text


async def test_a_library_is_finished_without_a_check(bench: Bench) -> None:
    update = await act(bench, answer(call("finish", summary="done"), id="turn-1"))
    assert update["finish"] == {"summary": "done", "checks": []}


@pytest.mark.parametrize(
    ("args", "told"),
    [
        ({"summary": ""}, "summary"),
        ({"summary": "x", "checks": [{"method": "GET"}]}, "checks.0.path"),
        ({"summary": "x", "checks": [{**CHECK, "expect": {"status": 500}}]}, "a 500 is a crash"),
        ({"summary": "x", "more": 1}, "more"),
    ],
)
async def test_a_faulty_finish_says_what_is_wrong(bench: Bench, args: dict[str, Any], told: str) -> None:
    update = await act(bench, answer(call("finish", **args), id="turn-1"))
    assert "finish" not in update
    assert told in update["messages"][0].text


async def test_what_was_cut_off_is_not_done(bench: Bench) -> None:
    writing = call("write", path="app/half.py", content="half")
    update = await act(bench, cut_off(writing, text="I will").model_copy(update={"id": "turn-1"}))
    assert not (bench.root / "app/half.py").exists()
    assert [m.tool_call_id for m in update["messages"]] == ["write-1"]
    assert "cut off" in update["messages"][0].text


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (cut_off(text="I will"), "cut off"),
        (answer(text="All done."), "Text alone ends nothing"),
        (answer(), "Your answer was empty"),
        (answer(text="  \n"), "Your answer was empty"),
    ],
)
async def test_an_answer_without_a_call_gets_a_word_about_it(bench: Bench, said: AIMessage, told: str) -> None:
    update = await act(bench, said.model_copy(update={"id": "turn-1"}))
    (message,) = update["messages"]
    assert told in message.text
    assert message.id
    assert "finish" not in update


async def test_malformed_arguments_come_back_with_the_fault(bench: Bench) -> None:
    update = await act(bench, answer(id="turn-1", invalid_tool_calls=[BROKEN]))
    (message,) = update["messages"]
    assert message.tool_call_id == "b-1"
    assert "`write`" in message.text
    assert "Expecting value" in message.text


async def test_the_attempt_ends_after_answers_that_do_nothing(bench: Bench) -> None:
    idle = [answer(text="hm", id=f"turn-{number}") for number in range(IDLE_ANSWERS)]
    assert "finish" not in await act(bench, *idle[:-1])
    ended = (await act(bench, *idle))["finish"]["ended"]
    assert ended == f"{IDLE_ANSWERS} answers in a row did nothing; the last was without a call"


async def test_idle_answers_are_counted_anew_after_a_call_and_in_a_new_attempt(bench: Bench) -> None:
    idle = [answer(text="hm", id=f"turn-{number}") for number in range(IDLE_ANSWERS)]
    worked = [answer(READ, id="turn-9"), ToolMessage("1", tool_call_id="read-1", id="turn-9-0")]
    assert "finish" not in await act(bench, *idle[:-1], *worked, idle[-1])
    findings = HumanMessage("red", id="findings-1")
    assert "finish" not in await act(bench, *idle[:-1], findings, idle[-1], attempt=2)


async def test_nothing_is_done_where_the_last_message_is_no_answer(bench: Bench) -> None:
    assert await act(bench) == {}


async def test_a_lost_database_stops_before_the_first_call(bench: Bench) -> None:
    async def lost() -> None:
        raise NoDatabase("gone.", "Mend it.")

    object.__setattr__(bench.context, "durable", lost)
    with pytest.raises(NoDatabase):
        await act(bench, answer(call("delete", path="app/users.py"), id="turn-1"))
    assert (bench.root / "app/users.py").exists()
