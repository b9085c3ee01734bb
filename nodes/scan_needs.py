"""What a task needs, as questions to the index."""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from backend_developer.contract import Task
from backend_developer.contract.analysis import Analysis
from backend_developer.workspace.index import Wanted
from backend_developer.workspace.index.words import split

NEEDS = 40
"""Questions that are asked of the index; a longer task has its main points first."""
NAMED = 5
"""Of those that the analysis names; `prompts/analyze.md` asks for as many."""

_CLAUSE = re.compile(r"[.;:,\n!?()]+|\s[-–—]\s|\s(?:and|with|и|с)\s")
_ACTIONS = """
create add make build insert delete remove update edit modify change get fetch list read write find search
return implement support use scan split refactor fix move rename test api endpoint route service project module
file code field table model data value type name new handler handle check validate save store request response
status json run parse send load start stop process function class
"""


class Need(NamedTuple):
    """One question, and what an answer to it is worth."""

    text: str
    weight: float


def named(analysis: Mapping[str, Any]) -> list[Wanted]:
    """What the analysis would reuse, each with the names that it guesses."""
    reuse = Analysis.model_validate({"summary": "", "reuse": analysis.get("reuse")}).reuse
    return [Wanted(one.need, tuple(one.names)) for one in reuse[:NAMED]]


def needs(task: Task, analysis: Mapping[str, Any]) -> list[Need]:
    """The questions, each once: whole points first, then neighbouring keywords, then single ones."""
    keywords = _strings(analysis.get("keywords"))
    points = [task.main_task, *task.extras, *_strings(analysis.get("requirements")), *task.requirements]
    clauses = [clause.strip() for point in points for clause in _CLAUSE.split(point)]
    found: dict[str, float] = {}
    for weight, texts in (
        (1.0, [text for text in [*points, *clauses] if len(split(text)) > 1]),
        (0.9, [" ".join(pair) for pair in pairwise(keywords)]),
        (0.7, [word for word in keywords if not _NO_THINGS.issuperset(split(word))]),
    ):
        for text in texts:
            found.setdefault(text, weight)
    return [Need(text, weight) for text, weight in found.items()][:NEEDS]


def resource(task: Task, analysis: Mapping[str, Any]) -> frozenset[str]:
    """Stems of the things that the task is about: its words and paths without actions and technical terms."""
    texts = [task.main_task, *task.extras, *task.files_involved, *_strings(analysis.get("keywords"))]
    return frozenset(word for text in texts for word in split(text)) - _NO_THINGS


def within(path: str, involved: Iterable[str]) -> bool:
    """Whether a path is one of the files that a task names, or in one of its folders."""
    return any(path == one or path.startswith(f"{one.rstrip('/')}/") for one in involved)


def _strings(value: object) -> Sequence[str]:
    return [item for item in value if isinstance(item, str) and item.strip()] if isinstance(value, list) else []


_NO_THINGS = frozenset(split(_ACTIONS)) | {"src", "app", "py"}
