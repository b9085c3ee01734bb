from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import BaseMessage, HumanMessage, RemoveMessage, SystemMessage, ToolMessage

from backend_developer.contract import BudgetSpent, Settings
from backend_developer.contract.analysis import Usage
from backend_developer.contract.state import fold_messages
from backend_developer.nodes.write.compaction import KEEP_LAST, compact, too_long
from backend_developer.nodes.write.turn import write
from tests.support.fakes import answer, call, make_bench


def conversation(calls: int, result: str = "r" * 5_000, said: str = "") -> list[BaseMessage]:
    messages: list[BaseMessage] = [SystemMessage("you are", id="system"), HumanMessage("task", id="task")]
    for number in range(calls):
        messages.append(answer(call("read", f"c-{number}", path=f"{number}.py"), text=said, id=f"turn-{number}"))
        messages.append(ToolMessage(result, tool_call_id=f"c-{number}", id=f"turn-{number}-0"))
    return messages


def used(**fields: Any) -> dict[str, Any]:
    return Usage(calls=30, last_in=9_000, **fields).dump()


async def test_old_results_are_cleared_first(tmp_path: Path) -> None:
    bench, before = await make_bench(tmp_path), conversation(30)
    sent, changes, usage = await compact(before, used(), bench.context)
    assert not bench.model.asked
    assert [m.id for m in sent] == [m.id for m in before]
    assert sent[-KEEP_LAST:] == before[-KEEP_LAST:]
    assert all(isinstance(m, ToolMessage) and "Cleared" in m.text for m in changes)
    assert fold_messages(list(before), [changes]) == sent
    assert (usage["compacted_at"], usage["last_in"]) == (30, 0)


async def test_every_result_keeps_its_call(tmp_path: Path) -> None:
    bench, before = await make_bench(tmp_path), conversation(30)
    sent, _, _ = await compact(before, used(), bench.context)
    assert [m.tool_call_id for m in sent if isinstance(m, ToolMessage)] == [f"c-{n}" for n in range(30)]


async def test_where_that_is_not_enough_it_is_summarised(tmp_path: Path) -> None:
    bench = await make_bench(tmp_path, answer(text="Users are done."))
    before = conversation(30, result="short", said="words " * 500)
    sent, changes, usage = await compact(before, used(), bench.context)
    assert [m.id for m in sent] == ["system", "task", "summary-31"]
    assert "Users are done." in sent[2].text
    assert fold_messages(list(before), [changes]) == sent
    assert usage["calls"] == 31
    assert bench.model.asked[0].purpose == "summarise"
    assert not bench.model.asked[0].tools


async def test_no_result_is_left_without_its_call(tmp_path: Path) -> None:
    bench = await make_bench(tmp_path, answer(text="Users are done."))
    before = conversation(30, result="short", said="words " * 500)
    _, changes, _ = await compact(before, used(), bench.context)
    assert not [m for m in fold_messages(list(before), [changes]) if isinstance(m, ToolMessage)]
    assert all(isinstance(m, RemoveMessage) for m in changes[:-1])


async def test_a_message_that_the_state_does_not_hold_is_not_removed_from_it(tmp_path: Path) -> None:
    bench = await make_bench(tmp_path, answer(text="Users are done."))
    stored = conversation(2, result="short")
    repaired = [*stored, ToolMessage("interrupted", tool_call_id="c-9")]
    _, changes, _ = await compact(repaired, used(), bench.context)
    assert [m.id for m in fold_messages(list(stored), [changes])] == ["system", "task", "summary-31"]


async def test_an_empty_summary_loses_nothing(tmp_path: Path) -> None:
    bench = await make_bench(tmp_path, answer(call("read", path="a.py")))
    before = conversation(30, said="words " * 2_000)
    sent, changes, usage = await compact(before, used(), bench.context)
    assert [m.id for m in sent] == [m.id for m in before]
    assert fold_messages(list(before), [changes]) == sent
    assert usage["calls"] == 31


async def test_it_stops_after_compactions_that_did_not_help(tmp_path: Path) -> None:
    bench = await make_bench(tmp_path)
    usage = used()
    for calls in (31, 32):
        _, _, usage = await compact(conversation(30), usage, bench.context)
        usage = {**usage, "calls": calls, "last_in": 9_000}
    with pytest.raises(BudgetSpent, match="compacted"):
        await compact(conversation(30), usage, bench.context)


async def test_one_that_helped_for_a_while_is_forgotten(tmp_path: Path) -> None:
    bench = await make_bench(tmp_path)
    usage = used()
    for calls in (31, 50, 80):
        _, _, usage = await compact(conversation(30), usage, bench.context)
        usage = {**usage, "calls": calls, "last_in": 9_000}
    assert usage["crowded"] == 0


def test_too_long_goes_by_what_the_server_counted() -> None:
    settings = Settings(context_tokens=10_000)
    assert not too_long(Usage(last_in=8_000).dump(), conversation(30), settings)
    assert too_long(Usage(last_in=9_000).dump(), conversation(1), settings)


def test_where_the_server_counts_nothing_characters_are_counted() -> None:
    settings = Settings(context_tokens=10_000)
    assert not too_long(Usage().dump(), conversation(6), settings)
    assert too_long(Usage().dump(), conversation(8), settings)


async def test_a_turn_stores_what_it_cleared_and_keeps_the_prefix(tmp_path: Path) -> None:
    bench = await make_bench(tmp_path, answer(call("list", "l-1")), context_tokens=8_000)
    before = conversation(30)
    update = await write(bench.state(messages=before, usage=used()), bench.runtime)
    (asked,) = bench.model.asked
    assert asked.messages[:3] == before[:3]
    assert fold_messages(list(before), [update["messages"]]) == [*asked.messages, update["messages"][-1]]
