"""Node `scan`: what the project already has for this task, before a line is written.

Reads `task`, `analysis`. Writes `scan`: `digest` for the prompt, the `hits` behind it, and how many `ms` it took.
The digest is the same for the same task and project, byte by byte. No model is asked.
"""

import logging
import time
from dataclasses import asdict
from typing import Any

from langgraph.runtime import Runtime

from backend_developer.contract import Task
from backend_developer.contract.state import State
from backend_developer.nodes import scan_needs
from backend_developer.nodes.context import Context
from backend_developer.nodes.scan_digest import Survey, digest
from backend_developer.workspace.index import CodeIndex, Hit

logger = logging.getLogger(__name__)

HITS = 20
NAMED = 16
"""Definitions that the notice names; the prompt's digest has its own bound."""
INVOLVED = 0.15
"""What a hit in a file that the task names is worth more."""


async def scan(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
    """Ask the index for all that the task names, and put what is of use into the budget."""
    began = time.perf_counter()
    context = runtime.context
    task = Task.model_validate(state["task"])
    survey = await _survey(context.index, task, state.get("analysis") or {})
    text = digest(survey, context.settings.scan_tokens)
    ms = round((time.perf_counter() - began) * 1000)
    if told := reusable(survey):
        runtime.stream_writer({"event": "notice", "text": told})
    logger.info("%d hits, %d characters of digest in %d ms", len(survey.hits), len(text), ms)
    return {"scan": {"digest": text, "hits": [asdict(hit) for hit in survey.hits], "ms": ms}}


def reusable(survey: Survey) -> str:
    """What a person is told of the definitions to reuse, the best first; empty where there are none."""
    found = [hit for hit in survey.hits if hit.kind not in {"route", "model", "file"}]
    shown = ", ".join(f"{hit.path}:{hit.line} {hit.name}" for hit in found[:NAMED])
    more = f" and {len(found) - NAMED} more" if len(found) > NAMED else ""
    return f"{len(found)} to reuse: {shown}{more}" if found else ""


async def _survey(index: CodeIndex, task: Task, analysis: dict[str, Any]) -> Survey:
    needs = scan_needs.needs(task, analysis)
    answers = await index.similar_to_each([need.text for need in needs])
    weighed = [(need.weight, hit) for need, hits in zip(needs, answers, strict=True) for hit in hits]
    return Survey(
        hits=_best(weighed, task.files_involved),
        resource=scan_needs.resource(task, analysis),
        involved=tuple(task.files_involved),
        routes=await index.routes(),
        models=await index.models(),
        conventions=await index.conventions(),
        pairs=await index.duplicates(),
        long_files=await index.long_files(),
    )


def _best(weighed: list[tuple[float, Hit]], involved: list[str]) -> list[Hit]:
    """Each definition once, by what it is worth to the task; one in a file that the task names is worth more."""
    best: dict[tuple[str, int], tuple[float, Hit]] = {}
    for weight, hit in weighed:
        worth = weight * hit.score + (INVOLVED if scan_needs.within(hit.path, involved) else 0.0)
        key = hit.path, hit.line
        if key not in best or worth > best[key][0]:
            best[key] = worth, hit
    ranked = sorted(best.values(), key=lambda item: (-item[0], item[1].path, item[1].line))
    return [hit for _, hit in ranked[:HITS]]
