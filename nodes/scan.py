"""Node `scan`: what the project already has for this task, before a line is written.

Reads `task`, `analysis`, `usage`. Writes `scan`: `digest` for the prompt, the `hits` behind it, and how many `ms` it
took; and `usage`, where the model was asked. The digest is the same for the same task, project and choice, byte by
byte. The model is asked once, where the analysis names what it would reuse: which of the definitions that came near
serve. One that does not choose does not stop the run: the ranking serves. Raises what the model raises, and
`BudgetSpent`.
"""

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any, NamedTuple

from langgraph.runtime import Runtime

from backend_developer.contract import Task
from backend_developer.contract.state import State
from backend_developer.nodes import scan_choice, scan_needs
from backend_developer.nodes.context import Context
from backend_developer.nodes.scan_digest import Survey, digest
from backend_developer.workspace.index import Hit, Wanted

logger = logging.getLogger(__name__)

HITS = 20
NAMED = 16
"""Definitions that the notice names; the prompt's digest has its own bound."""
INVOLVED = 0.15
"""What a hit in a file that the task names is worth more."""
CHOSEN = 2.0
"""What a hit is worth that the model chose: more than any that words alone found."""
PLACE = 0.1
"""What each place further back in the model's choice is worth less."""
NEED = 0.01
"""The same for each need further back: of several best, that of the first need comes first."""


class _Weighed(NamedTuple):
    """A hit and what it is worth to the task."""

    worth: float
    hit: Hit


async def scan(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
    """Ask the index for all that the task names, and put what is of use into the budget."""
    began = time.perf_counter()
    context = runtime.context
    task, analysis = Task.model_validate(state["task"]), state.get("analysis") or {}
    chosen, update = await _chosen(state, runtime)
    survey = await _survey(context, task, analysis, chosen)
    text = digest(survey, context.settings.scan_tokens)
    ms = round((time.perf_counter() - began) * 1000)
    if told := reusable(survey):
        runtime.stream_writer({"event": "notice", "text": told})
    logger.info("%d hits, %d characters of digest in %d ms", len(survey.hits), len(text), ms)
    return {"scan": {"digest": text, "hits": [asdict(hit) for hit in survey.hits], "ms": ms}, **update}


def reusable(survey: Survey) -> str:
    """What a person is told of the definitions to reuse, the best first; empty where there are none."""
    found = [hit for hit in survey.hits if hit.kind not in {"route", "model", "file"}]
    shown = ", ".join(f"{hit.path}:{hit.line} {hit.name}" for hit in found[:NAMED])
    more = f" and {len(found) - NAMED} more" if len(found) > NAMED else ""
    return f"{len(found)} to reuse: {shown}{more}" if found else ""


async def _chosen(state: State, runtime: Runtime[Context]) -> tuple[list[_Weighed], dict[str, Any]]:
    """What serves the needs that the analysis names, by the model's choice; and the usage, where it was asked."""
    wanted, index = scan_needs.named(state.get("analysis") or {}), runtime.context.index
    if not wanted:
        return [], {}
    if not runtime.context.settings.scan_choice:
        return await _ranked(runtime.context, wanted), {}
    found = await index.similar_to_each(wanted, limit=scan_choice.CANDIDATES, least=0.0)
    near = [(one.text, hits) for one, hits in zip(wanted, found, strict=True) if hits]
    if not near:
        return [], {}
    needs, candidates = [need for need, _ in near], [hits for _, hits in near]
    choice, usage = await scan_choice.choose(needs, candidates, state["usage"], runtime.context, runtime.stream_writer)
    if choice is None:
        return await _ranked(runtime.context, wanted), {"usage": usage}
    return [
        _Weighed(CHOSEN - PLACE * place - NEED * number, replace(hit, why=f"for: {need}"))
        for number, (need, hits) in enumerate(zip(needs, choice, strict=True))
        for place, hit in enumerate(hits)
    ], {"usage": usage}


async def _ranked(context: Context, wanted: Sequence[Wanted]) -> list[_Weighed]:
    answers = await context.index.similar_to_each(wanted)
    return [_Weighed(hit.score, hit) for hits in answers for hit in hits]


async def _survey(context: Context, task: Task, analysis: Mapping[str, Any], chosen: list[_Weighed]) -> Survey:
    index = context.index
    needs = scan_needs.needs(task, analysis)
    answers = await index.similar_to_each([Wanted(need.text) for need in needs])
    told = [_Weighed(need.weight * hit.score, hit) for need, hits in zip(needs, answers, strict=True) for hit in hits]
    return Survey(
        hits=_best([*chosen, *told], task.files_involved),
        resource=scan_needs.resource(task, analysis),
        involved=tuple(task.files_involved),
        routes=await index.routes(),
        models=await index.models(),
        conventions=await index.conventions(),
        pairs=await index.duplicates(),
        long_files=await index.long_files(),
    )


def _best(weighed: list[_Weighed], involved: list[str]) -> list[Hit]:
    """Each definition once, by what it is worth to the task; one in a file that the task names is worth more."""
    best: dict[tuple[str, int], _Weighed] = {}
    for worth, hit in weighed:
        full = worth + (INVOLVED if scan_needs.within(hit.path, involved) else 0.0)
        key = hit.path, hit.line
        if key not in best or full > best[key].worth:
            best[key] = _Weighed(full, hit)
    ranked = sorted(best.values(), key=lambda one: (-one.worth, one.hit.path, one.hit.line))
    return [one.hit for one in ranked[:HITS]]
