from langchain_core.messages import AIMessage, HumanMessage, RemoveMessage, ToolMessage
from langgraph.graph.message import REMOVE_ALL_MESSAGES

from backend_developer.contract.state import fold_messages, merge_by_key

TALK = [HumanMessage("a", id="1"), AIMessage("b", id="2")]


def test_writes_are_folded_in_order() -> None:
    added = fold_messages(list(TALK), [[HumanMessage("c", id="3")], [RemoveMessage(id="1")]])
    assert [m.id for m in added] == ["2", "3"]


def test_the_batches_do_not_matter() -> None:
    first, second = [HumanMessage("c", id="3")], [RemoveMessage(id="2"), HumanMessage("d", id="4")]
    assert fold_messages(fold_messages(list(TALK), [first]), [second]) == fold_messages(list(TALK), [first, second])


def test_a_message_with_a_known_id_replaces_the_old_one_in_its_place() -> None:
    long = [HumanMessage("a", id="1"), ToolMessage("long", tool_call_id="c", id="2"), HumanMessage("z", id="3")]
    folded = fold_messages(long, [[ToolMessage("short", tool_call_id="c", id="2")]])
    assert [m.text for m in folded] == ["a", "short", "z"]


def test_all_can_be_removed() -> None:
    folded = fold_messages(list(TALK), [[RemoveMessage(id=REMOVE_ALL_MESSAGES), HumanMessage("new", id="9")]])
    assert [m.id for m in folded] == ["9"]


def test_dictionaries_merge_and_the_newer_value_wins() -> None:
    assert merge_by_key({"a": 1, "b": 1}, {"b": 2}) == {"a": 1, "b": 2}
    assert merge_by_key(None, {"a": 1}) == merge_by_key({"a": 1}, None) == {"a": 1}
