"""Node `tools`: does what the model's last answer asks for, or says why it cannot be done.

Reads `messages`, `attempt`. Writes `messages` (one answer a call, or a nudge), `finish` where the attempt ends.
Nothing that the model can get wrong raises; a lost database does.
"""

import logging
import time
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolCall, ToolMessage
from langgraph.runtime import Runtime

from backend_developer.contract.state import State
from backend_developer.nodes.context import Context
from backend_developer.nodes.write import repetition
from backend_developer.nodes.write.finish import FINISH, read_finish
from backend_developer.prompts import render, text

logger = logging.getLogger(__name__)

IDLE_ANSWERS = 4
"""Answers in a row without a usable call after which the attempt ends."""


async def tools(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
    """Run the calls of the last answer in order."""
    messages = state["messages"]
    answer = messages[-1]
    if not isinstance(answer, AIMessage):
        return {}
    if _cut_off(answer) or not answer.tool_calls:
        return _nudge(messages, answer)
    toolbox = runtime.context.toolbox
    if any(call["name"] == FINISH or toolbox.mutates(call["name"]) for call in answer.tool_calls):
        # The project is touched, by a tool or by the gates: the answer that orders it must outlive a crash first.
        await runtime.context.durable()
    told: list[BaseMessage] = _broken_calls(answer)
    finish: dict[str, Any] = {}
    all_done = not told
    for place, call in enumerate(answer.tool_calls):
        end: dict[str, Any] = {}
        if call["name"] == FINISH:
            said, end = await _finish(call, runtime.context, all_done=all_done)
        else:
            said, done = await _run(call, f"{state['attempt']}/{answer.id}/{place}", runtime)
            all_done = all_done and done
        said, ended = repetition.judge([*messages, *told], call, said)
        finish = finish or end or ended
        told.append(ToolMessage(said, tool_call_id=call["id"] or "", id=f"{answer.id}-{place}", name=call["name"]))
    return {"messages": told, "finish": finish} if finish else {"messages": told}


async def _finish(call: ToolCall, context: Context, *, all_done: bool) -> tuple[str, dict[str, Any]]:
    """Refused where a call before it went wrong: whoever wrote both at once has not seen that yet."""
    if not all_done:
        return text("nudges/not_yet"), {}
    return await read_finish(call["args"], context)


async def _run(call: ToolCall, key: str, runtime: Runtime[Context]) -> tuple[str, bool]:
    began = time.perf_counter()
    answer = await runtime.context.toolbox.call(call["name"], call["args"], key)
    runtime.stream_writer(
        {
            "event": "tool",
            "name": call["name"],
            "target": _target(call["args"]),
            "ok": answer.ok,
            "duration_s": round(time.perf_counter() - began, 4),
        }
    )
    logger.info("%s %s: %s", call["name"], _target(call["args"]), "done" if answer.ok else "refused")
    return answer.text, answer.ok


def _target(args: dict[str, Any]) -> str:
    for name in ("path", "pattern", "command", "query", "name", "agent"):
        if isinstance(args.get(name), str):
            return str(args[name])[:120]
    return ""


def _cut_off(answer: AIMessage) -> bool:
    return answer.response_metadata.get("finish_reason") == "length"


def _broken_calls(answer: AIMessage) -> list[BaseMessage]:
    return [
        ToolMessage(
            render("nudges/invalid_call", name=call["name"] or "?", fault=(call["error"] or "malformed")[:300]),
            tool_call_id=call["id"] or "",
            id=f"{answer.id}-broken-{place}",
            status="error",
        )
        for place, call in enumerate(answer.invalid_tool_calls)
    ]


def _nudge(messages: list[Any], answer: AIMessage) -> dict[str, Any]:
    """Answer an answer that cannot be acted on; after several in a row the attempt ends."""
    reason, told = _what_is_wrong(answer)
    logger.warning("answer %s is %s", answer.id, reason)
    if repetition.idle(messages) >= IDLE_ANSWERS:
        why = f"{IDLE_ANSWERS} answers in a row did nothing; the last was {reason}"
        return {"messages": told, "finish": {"ended": why}}
    return {"messages": told}


def _what_is_wrong(answer: AIMessage) -> tuple[str, list[BaseMessage]]:
    if _cut_off(answer):
        nudge = text("nudges/truncated")
        calls = [*answer.tool_calls, *answer.invalid_tool_calls]
        told: list[BaseMessage] = [
            ToolMessage(nudge, tool_call_id=call["id"] or "", id=f"{answer.id}-{place}")
            for place, call in enumerate(calls)
        ]
        return "cut off", told or [_word(answer, nudge)]
    if answer.invalid_tool_calls:
        return "malformed", _broken_calls(answer)
    if answer.text.strip():
        return "without a call", [_word(answer, text("nudges/no_call"))]
    return "empty", [_word(answer, text("nudges/empty"))]


def _word(answer: AIMessage, nudge: str) -> HumanMessage:
    return HumanMessage(nudge, id=f"{answer.id}-nudge")
