from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage

from backend_developer.contract import BudgetSpent, ContextTooLong, ModelUnavailable
from backend_developer.contract.analysis import Usage
from backend_developer.contract.state import fold_messages
from backend_developer.nodes import budget
from backend_developer.nodes.write.turn import write
from tests.support.fakes import Bench, Line, answer, call, make_bench

OPENING: list[BaseMessage] = [SystemMessage("you are", id="system"), HumanMessage("task", id="task")]
TOO_LONG = ContextTooLong("The conversation is too long.", "Use another model.")


async def turn(
    folder: Path, *lines: Line, history: Sequence[BaseMessage] = (), **usage: Any
) -> tuple[Bench, dict[str, Any]]:
    bench = await make_bench(folder, *lines)
    state = bench.state(messages=list(history), usage=Usage(**usage).dump())
    return bench, await write(state, bench.runtime)


def used(update: dict[str, Any]) -> dict[str, Any]:
    """The usage that the update's answer carries."""
    state: Any = {"usage": Usage().dump(), **update}
    return budget.of(state)


async def test_the_first_turn_opens_the_conversation(tmp_path: Path) -> None:
    bench, update = await turn(tmp_path, answer(call("read", path="a.py")))
    assert [m.id for m in update["messages"]] == ["system", "task", "turn-1"]
    assert bench.model.asked[0].messages == update["messages"][:2]
    assert bench.events[0] == {"event": "attempt", "attempt": 1, "of": 3}
    assert bench.events[1]["purpose"] == "write"


async def test_later_turns_send_the_same_prefix_and_the_same_tools(tmp_path: Path) -> None:
    bench, first = await turn(tmp_path, answer(call("list")), answer(call("finish", summary="x")))
    history = [*first["messages"], ToolMessage("files", tool_call_id="list-1", id="turn-1-0")]
    second = await write(bench.state(messages=history), bench.runtime)
    assert [m.id for m in second["messages"]] == ["turn-2"]
    before, after = bench.model.asked
    assert after.messages[: len(before.messages)] == before.messages
    assert after.tools == before.tools
    assert [tool["function"]["name"] for tool in after.tools][-1] == "finish"


async def test_ids_that_a_server_repeats_are_told_apart(tmp_path: Path) -> None:
    said = answer(call("read", "call_0", path="a.py"), call("list", "call_0"), id="same")
    bench, first = await turn(tmp_path, said, said)
    results = [ToolMessage("x", tool_call_id=each["id"]) for each in first["messages"][-1].tool_calls]
    second = await write(bench.state(messages=[*first["messages"], *results]), bench.runtime)
    calls = [*first["messages"][-1].tool_calls, *second["messages"][-1].tool_calls]
    assert len({each["id"] for each in calls}) == 4
    assert calls[0]["id"] == "call_0"
    assert [first["messages"][-1].id, second["messages"][-1].id] == ["turn-1", "turn-2"]


async def test_calls_without_an_id_get_one(tmp_path: Path) -> None:
    broken = {"name": "write", "args": "{", "id": None, "error": "bad", "type": "invalid_tool_call"}
    nameless = {**call("list"), "id": None}
    _, update = await turn(tmp_path, AIMessage("", tool_calls=[nameless], invalid_tool_calls=[broken]))
    made = update["messages"][-1]
    assert made.tool_calls[0]["id"]
    assert made.invalid_tool_calls[0]["id"] not in (None, made.tool_calls[0]["id"])


async def test_an_orphan_call_is_answered_for_the_server(tmp_path: Path) -> None:
    history = [*OPENING, answer(call("read", "gone", path="a.py"), id="turn-1")]
    bench, _ = await turn(tmp_path, answer(call("list")), history=history, calls=1)
    sent = bench.model.asked[0].messages
    assert isinstance(sent[-1], ToolMessage)
    assert sent[-1].tool_call_id == "gone"
    assert "interrupted" in sent[-1].text


async def test_usage_adds_up(tmp_path: Path) -> None:
    _, update = await turn(tmp_path, answer(call("list"), tokens=(70, 5)), calls=3, tokens_in=1000, tokens_out=100)
    usage = used(update)
    assert (usage["calls"], usage["tokens_in"], usage["tokens_out"]) == (4, 1070, 105)


async def test_a_spent_budget_asks_nothing(tmp_path: Path) -> None:
    bench = await make_bench(tmp_path, max_model_calls=2)
    with pytest.raises(BudgetSpent, match="2 model calls"):
        await write(bench.state(messages=OPENING, usage=Usage(calls=2).dump()), bench.runtime)
    assert not bench.model.asked


async def test_a_spent_budget_asks_for_no_summary_either(tmp_path: Path) -> None:
    bench = await make_bench(tmp_path, max_model_calls=2, context_tokens=8_000)
    with pytest.raises(BudgetSpent, match="2 model calls"):
        await write(bench.state(messages=OPENING, usage=Usage(calls=2, last_in=9_000).dump()), bench.runtime)
    assert not bench.model.asked


async def test_a_conversation_that_the_server_finds_too_long_is_summarised(tmp_path: Path) -> None:
    history = [*OPENING, answer(call("list"), id="turn-1"), ToolMessage("x", tool_call_id="list-1", id="turn-1-0")]
    bench, update = await turn(
        tmp_path, TOO_LONG, answer(text="Users are done."), answer(call("list", "l-2")), history=history, calls=1
    )
    assert [asked.purpose for asked in bench.model.asked] == ["write", "summarise", "write"]
    left = fold_messages(list(history), [update["messages"]])
    assert [m.id for m in left] == ["system", "task", "summary-2", "turn-3"]
    assert "Users are done." in left[2].text
    assert used(update)["calls"] == 3
    assert used(update)["compacted_at"]


async def test_one_that_stays_too_long_goes_back_to_the_orchestrator(tmp_path: Path) -> None:
    history = [*OPENING, answer(text="x", id="turn-1"), HumanMessage("y", id="y")]
    with pytest.raises(ContextTooLong):
        await turn(tmp_path, TOO_LONG, answer(text="A summary."), TOO_LONG, history=history)


async def test_what_the_model_raises_goes_through(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable):
        await turn(tmp_path, ModelUnavailable("No answer.", "Try later."), history=list(OPENING))
