"""Node `scan`: what the project already has for this task, before a line is written.

Reads `task`, `analysis`, `usage`. Writes `scan`: `digest` for the prompt, the `hits` behind it, and how many `ms` it
took, the model's answer included; and `usage`, where the model was asked. The digest is the same for the same task,
project and choice, byte by byte. The model is asked once, where the analysis names what it would reuse: which of the
definitions that came near serve. One that does not choose does not stop the run: the ranking serves. Raises what the
model raises, and `BudgetSpent`.
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
"""What a hit by words in a file that the task names is worth more."""
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


class _Serving(NamedTuple):
    """What is known of the needs that the analysis names."""

    weighed: list[_Weighed]
    passed_over: frozenset[tuple[str, int]]
    """Paths and lines of what the model saw and did not choose; to have a word of the task is no reason to show it."""


async def scan(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
    """Ask the index for all that the task names, and put what is of use into the budget."""
    began = time.perf_counter()
    context = runtime.context
    task, analysis = Task.model_validate(state["task"]), state.get("analysis") or {}
    serving, update = await _serving(state, runtime)
    survey = await _survey(context, task, analysis, serving)
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


async def _serving(state: State, runtime: Runtime[Context]) -> tuple[_Serving, dict[str, Any]]:
    """What serves the needs that the analysis names; and the usage, where the model was asked."""
    context = runtime.context
    wanted = scan_needs.named(state.get("analysis") or {})
    if not wanted:
        return _Serving([], frozenset()), {}
    if not context.settings.scan_choice:
        ranked = await context.index.similar_to_each(wanted)
        return _Serving([_Weighed(hit.score, hit) for hits in ranked for hit in hits], frozenset()), {}
    near = await context.index.similar_to_each(wanted, limit=scan_choice.CANDIDATES, least=0.0)
    if not any(near):
        return _Serving([], frozenset()), {}
    needs = [one.text for one in wanted]
    choice, usage = await scan_choice.choose(needs, near, state["usage"], context, runtime.stream_writer)
    unsaid = [one for one, chosen in zip(wanted, choice, strict=True) if chosen is None]
    ranked = await context.index.similar_to_each(unsaid) if unsaid else []
    return _weigh(needs, near, choice, ranked), {"usage": usage}


def _weigh(
    needs: Sequence[str], near: Sequence[list[Hit]], choice: Sequence[list[Hit] | None], ranked: Sequence[list[Hit]]
) -> _Serving:
    """The model's choice for each need that it spoke of, and what is `ranked` for the others."""
    weighed = [_Weighed(hit.score, hit) for hits in ranked for hit in hits]
    seen: set[tuple[str, int]] = set()
    for number, (need, hits, chosen) in enumerate(zip(needs, near, choice, strict=True)):
        if chosen is None:
            continue
        weighed += [
            _Weighed(CHOSEN - PLACE * place - NEED * number, replace(hit, why=f"for: {need}"))
            for place, hit in enumerate(chosen)
        ]
        seen.update((hit.path, hit.line) for hit in hits)
    return _Serving(weighed, frozenset(seen - {(one.hit.path, one.hit.line) for one in weighed}))


async def _survey(context: Context, task: Task, analysis: Mapping[str, Any], serving: _Serving) -> Survey:
    index = context.index
    needs = scan_needs.needs(task, analysis)
    answers = await index.similar_to_each([Wanted(need.text) for need in needs])
    told = [
        _Weighed(need.weight * hit.score + _involved(hit, task), hit)
        for need, hits in zip(needs, answers, strict=True)
        for hit in hits
        if (hit.path, hit.line) not in serving.passed_over
    ]
    return Survey(
        hits=_best([*serving.weighed, *told]),
        resource=scan_needs.resource(task, analysis),
        involved=tuple(task.files_involved),
        routes=await index.routes(),
        models=await index.models(),
        conventions=await index.conventions(),
        pairs=await index.duplicates(),
        long_files=await index.long_files(),
    )


def _involved(hit: Hit, task: Task) -> float:
    return INVOLVED if scan_needs.within(hit.path, task.files_involved) else 0.0


def _best(weighed: list[_Weighed]) -> list[Hit]:
    """Each definition once, by what it is worth to the task."""
    best: dict[tuple[str, int], _Weighed] = {}
    for one in weighed:
        key = one.hit.path, one.hit.line
        if key not in best or one.worth > best[key].worth:
            best[key] = one
    ranked = sorted(best.values(), key=lambda one: (-one.worth, one.hit.path, one.hit.line))
    return [one.hit for one in ranked[:HITS]]
