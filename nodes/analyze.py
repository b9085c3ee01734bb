"""Node `analyze`: what the task asks for, as a structured answer of the model.

Reads `task`, `usage`. Writes `analysis`, `usage`; for a complex task its calls in `consult`.
A model that gives no usable answer three times does not stop the run: the task's own words serve as the analysis.
Raises what the model raises, and `BudgetSpent`. The index begins to read the project while the model thinks, and may go
on after the node's end, for `scan` to find it done.
"""

import logging
from typing import Any

from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage
from langgraph.runtime import Runtime

from backend_developer.contract import Task
from backend_developer.contract.analysis import Analysis
from backend_developer.contract.state import State
from backend_developer.mcp_servers.catalog import SEQUENTIAL_THINKING
from backend_developer.nodes import structured
from backend_developer.nodes.consult import event, numbered
from backend_developer.nodes.context import Context
from backend_developer.prompts import render, text

logger = logging.getLogger(__name__)

PARTS = 5
"""More parts than this make a task complex."""
THOUGHTS = 5


async def analyze(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
    """Ask the model for the analysis."""
    context = runtime.context
    context.index.freshen()
    analysis, usage = await structured.ask(
        Analysis, await _question(context), "analyze", state["usage"], context, runtime.stream_writer
    )
    if analysis is None:
        told = "the model gave no usable analysis; the task's own words serve"
        runtime.stream_writer({"event": "notice", "text": told})
        analysis = _plain(context.task)
    return {"analysis": analysis.dump(), "usage": usage, **await _thought_over(analysis, runtime)}


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


def _plain(task: Task) -> Analysis:
    words = " ".join([task.main_task, *task.extras, *task.requirements]).casefold()
    return Analysis(
        summary=task.main_task,
        requirements=[task.main_task, *task.extras, *task.requirements],
        database=any(word in words for word in ("postgres", "sql", "database", "migration", "базу", "таблиц")),
        api=any(word in words for word in ("api", "endpoint", "route")),
    )
