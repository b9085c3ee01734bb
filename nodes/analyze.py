"""Node `analyze`: what the task asks for, as a structured answer of the model.

Reads `task`, `usage`. Writes `analysis`, `usage`; for a complex task its calls in `consult`.
A model that gives no usable answer three times does not stop the run: the task's own words serve as the analysis.
Raises what the model raises, and `BudgetSpent`.
"""

import json
import logging
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from langgraph.runtime import Runtime
from pydantic import ValidationError

from backend_developer.contract import Task
from backend_developer.contract.analysis import Analysis
from backend_developer.contract.state import State
from backend_developer.mcp_servers.catalog import SEQUENTIAL_THINKING
from backend_developer.nodes import budget
from backend_developer.nodes.consult import event, numbered
from backend_developer.nodes.context import Context
from backend_developer.nodes.write.tools.tool import lean
from backend_developer.prompts import render, text

logger = logging.getLogger(__name__)

TRIES = 3
PARTS = 5
"""More parts than this make a task complex."""
THOUGHTS = 5

TOOL: dict[str, Any] = {
    "type": "function",
    "function": {
        "name": "analysis",
        "parameters": lean(Analysis.model_json_schema()),
    },
}
"""What its fields mean stands in `prompts/analyze.md`, as every word that the model reads."""


async def analyze(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
    """Ask the model for the analysis; repeat with the fault where the answer does not fit."""
    context = runtime.context
    usage = state["usage"]
    messages = await _question(context)
    for turn in range(TRIES):
        budget.check(usage, context.settings)
        answer = await context.model.ask(messages, tools=[TOOL], purpose="analyze", choice="analysis")
        usage = budget.add(usage, answer, context.settings)
        runtime.stream_writer(budget.event(usage, context, "analyze"))
        try:
            analysis = _read(answer)
            return {"analysis": analysis.dump(), "usage": usage, **await _thought_over(analysis, runtime)}
        except ValueError as error:
            fault = _sentence(error)
            logger.warning("answer %d is no analysis: %s", turn + 1, fault)
            messages += [_as_text(answer), HumanMessage(render("analyze_again", fault=fault))]
    runtime.stream_writer({"event": "notice", "text": "the model gave no usable analysis; the task's own words serve"})
    plain = _plain(context.task)
    return {"analysis": plain.dump(), "usage": usage, **await _thought_over(plain, runtime)}


async def _thought_over(analysis: Analysis, runtime: Runtime[Context]) -> dict[str, Any]:
    """Hand a complex task's steps to sequential-thinking, in order; the records of the calls."""
    if not is_complex(runtime.context.task, analysis):
        return {}
    steps = (analysis.plan or analysis.requirements or [analysis.summary])[:THOUGHTS]
    calls = []
    for number, step in enumerate(steps, start=1):
        arguments = {
            "thought": step,
            "nextThoughtNeeded": number < len(steps),
            "thoughtNumber": number,
            "totalThoughts": len(steps),
        }
        calls.append(await runtime.context.servers.call(SEQUENTIAL_THINKING, "sequentialthinking", arguments))
        runtime.stream_writer(event(calls[-1]))
    return {"consult": numbered(calls)}


def is_complex(task: Task, analysis: Analysis) -> bool:
    """The rule for sequential-thinking: the model says so, the task has many parts, or it names the server."""
    parts = [task.main_task, *task.extras, *task.requirements]
    named = any(SEQUENTIAL_THINKING in part.casefold() for part in parts)
    return analysis.complex or named or len(parts) > PARTS or len(analysis.requirements) > PARTS


async def _question(context: Context) -> list[BaseMessage]:
    tree = await context.toolbox.call("list", {"path": "."}, "analyze")
    question = render("analyze_task", task=context.task, project=context.profile.sentence(), tree=tree.text)
    return [SystemMessage(text("analyze")), HumanMessage(question)]


def _read(answer: AIMessage) -> Analysis:
    """From the tool call, or from JSON in the text, as servers without forced calls answer."""
    if answer.tool_calls:
        return Analysis.model_validate(answer.tool_calls[0]["args"])
    content = answer.text
    start, end = content.find("{"), content.rfind("}")
    if start < 0 or end < start:
        raise ValueError("there is neither a call of `analysis` nor a JSON object in it")
    return Analysis.model_validate(json.loads(content[start : end + 1]))


def _sentence(error: ValueError) -> str:
    if isinstance(error, ValidationError):
        return "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()[:5])
    return str(error)


def _as_text(answer: AIMessage) -> AIMessage:
    # A call without its tool answer is refused by most servers, so it goes back as text.
    calls = "\n".join(json.dumps(call["args"], ensure_ascii=False) for call in answer.tool_calls)
    return AIMessage(answer.text or calls or "(empty)")


def _plain(task: Task) -> Analysis:
    words = " ".join([task.main_task, *task.extras, *task.requirements]).casefold()
    return Analysis(
        summary=task.main_task,
        requirements=[task.main_task, *task.extras, *task.requirements],
        database=any(word in words for word in ("postgres", "sql", "database", "migration", "базу", "таблиц")),
        api=any(word in words for word in ("api", "endpoint", "route")),
    )
