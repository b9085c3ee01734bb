"""Telling a model that goes in circles from one that polls.

A call counts as repeated only where its answer was the same as well: polling gets other answers in time.
"""

from collections.abc import Sequence
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, ToolCall, ToolMessage

from backend_developer.prompts import render

FINDINGS = "findings-"
"""How the ids of the messages begin that carry the gates' findings: each begins an attempt."""
NUDGE_AT = 3
END_AT = 5


def judge(messages: Sequence[BaseMessage], call: ToolCall, said: str) -> tuple[str, dict[str, Any]]:
    """The call's answer, with a nudge where it is the third of its kind; and how the attempt ends, if it does.

    `messages` is the conversation up to and including the answer that holds the call.
    """
    times = 1 + _repeats(messages, call, said)
    if times < NUDGE_AT:
        return said, {}
    ended = {"ended": f"the same call of {call['name']} {times} times in a row"} if times >= END_AT else {}
    return _nudged(said, times), ended


def _repeats(messages: Sequence[BaseMessage], call: ToolCall, said: str) -> int:
    messages = _of_attempt(messages)
    answers = {m.tool_call_id: m for m in messages if isinstance(m, ToolMessage)}
    same = {said, *(_nudged(said, times) for times in range(NUDGE_AT, END_AT + 1))}
    count = 0
    for past in _calls_backwards(messages, call):
        if past["name"] != call["name"] or past["args"] != call["args"]:
            break
        answer = answers.get(past["id"] or "")
        if answer is None or answer.text not in same:
            break
        count += 1
    return count


def _nudged(said: str, times: int) -> str:
    return f"{said}\n\n{render('nudges/repeated', times=times)}"


def _of_attempt(messages: Sequence[BaseMessage]) -> Sequence[BaseMessage]:
    begins = (place for place in range(len(messages) - 1, 0, -1) if (messages[place].id or "").startswith(FINDINGS))
    return messages[next(begins, 0) :]


def _calls_backwards(messages: Sequence[BaseMessage], current: ToolCall) -> list[ToolCall]:
    calls = [call for m in messages if isinstance(m, AIMessage) for call in m.tool_calls]
    place = next((i for i, call in enumerate(calls) if call["id"] == current["id"]), len(calls))
    return calls[:place][::-1]


def idle(messages: Sequence[BaseMessage]) -> int:
    """How many answers at the end of the attempt had no usable call in them."""
    count = 0
    for message in reversed(_of_attempt(messages)):
        if isinstance(message, AIMessage):
            if message.tool_calls and message.response_metadata.get("finish_reason") != "length":
                break
            count += 1
    return count
