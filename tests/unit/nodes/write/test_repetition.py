from langchain_core.messages import AnyMessage, HumanMessage, ToolMessage

from backend_developer.nodes.write.repetition import END_AT, NUDGE_AT, idle, judge
from tests.support.fakes import answer, call, cut_off


def talk(*said: str, path: str = "a.py") -> list[AnyMessage]:
    """The same call again and again; `said` are its answers, the last one is still to come."""
    messages: list[AnyMessage] = []
    for number, text in enumerate(said):
        messages.append(answer(call("read", f"id-{number}", path=path), id=f"turn-{number}"))
        messages.append(ToolMessage(text, tool_call_id=f"id-{number}"))
    return messages[:-1]


def played(*said: str) -> list[tuple[str, dict[str, str]]]:
    """What `judge` makes of each call of a conversation, its answers put back as they were given."""
    messages: list[AnyMessage] = []
    results = []
    for number, text in enumerate(said):
        one = call("read", f"id-{number}", path="a.py")
        messages.append(answer(one, id=f"turn-{number}"))
        result = judge(messages, one, text)
        messages.append(ToolMessage(result[0], tool_call_id=f"id-{number}"))
        results.append(result)
    return results


def test_two_are_let_pass_the_third_is_told_the_fifth_ends_the_attempt() -> None:
    results = played(*["same"] * END_AT)
    assert [said == "same" for said, _ in results[: NUDGE_AT - 1]] == [True, True]
    assert "3 times in a row" in results[NUDGE_AT - 1][0]
    assert [bool(ended) for _, ended in results] == [False, False, False, False, True]
    assert results[-1][1]["ended"] == "the same call of read 5 times in a row"


def test_polling_with_other_answers_is_not_held_against_it() -> None:
    assert played(*[f"{percent} %" for percent in range(10)]) == [(f"{percent} %", {}) for percent in range(10)]


def test_another_call_between_begins_the_count_anew() -> None:
    messages = [*talk("same", "same", "same")[:-1], answer(call("list", "other"), id="turn-8")]
    messages += [ToolMessage("files", tool_call_id="other"), answer(call("read", "last", path="a.py"), id="turn-9")]
    assert judge(messages, call("read", "last", path="a.py"), "same") == ("same", {})


def test_findings_of_the_gates_between_begin_the_count_anew() -> None:
    finish = [call("finish", f"f-{number}", summary="done") for number in range(3)]
    messages: list[AnyMessage] = []
    for number, one in enumerate(finish):
        messages += [HumanMessage("red", id=f"findings-{number}"), answer(one, id=f"turn-{number}")]
        assert judge(messages, one, "The gates are running.") == ("The gates are running.", {})
        messages.append(ToolMessage("The gates are running.", tool_call_id=f"f-{number}"))


def test_an_empty_answer_is_compared_like_any_other() -> None:
    messages = talk("something", "something", "")
    assert judge(messages, call("read", "id-2", path="a.py"), "") == ("", {})


def test_calls_of_one_answer_count_too() -> None:
    calls = [call("read", f"id-{number}", path="a.py") for number in range(3)]
    messages: list[AnyMessage] = [answer(*calls, id="turn-1")]
    messages += [ToolMessage("same", tool_call_id=f"id-{number}") for number in range(2)]
    assert "3 times" in judge(messages, calls[2], "same")[0]


def test_idle_counts_from_the_end() -> None:
    talked = [answer(text="hm"), answer(call("list")), ToolMessage("x", tool_call_id="list-1"), answer(text="hm")]
    assert idle(talked) == 1
    assert idle([*talked, cut_off(call("list", "l-2"))]) == 2
    assert idle([answer(text="hm"), HumanMessage("nudge", id="nudge-1"), answer(text="hm")]) == 2
