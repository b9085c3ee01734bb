"""Node `consult`: the mandatory questions to the MCP servers, by code.

Reads `task`, `analysis`. Writes `consult`: a record for each call with server, tool, arguments, who answered, whether
it was answered, milliseconds, and the bounded answer for the prompt.
A call that fails is recorded as such; the gate `house_rules` holds it against the run.
"""

import logging
import time
from typing import Any

from langgraph.runtime import Runtime

from backend_developer.contract.analysis import Analysis
from backend_developer.contract.state import State
from backend_developer.nodes.context import Context
from backend_developer.workspace.index.query import code_index

logger = logging.getLogger(__name__)

ANSWER_CHARS = 1_200
VERBS = "create|update|delete"


async def consult(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
    """Ask the code index for what the task names, as the user's text does."""
    analysis = Analysis.model_validate(state["analysis"])
    kind = _suffix(runtime.context.profile.languages)
    records = {}
    for number, query in enumerate(_queries(analysis), start=1):
        records[f"code-index/{number}"] = await _ask_index(runtime.context, query, kind)
    return {"consult": records}


def _queries(analysis: Analysis) -> list[str]:
    nouns = "|".join(dict.fromkeys(word for word in analysis.keywords[:6] if word.isidentifier()))
    return [query for query in (nouns, VERBS if analysis.api or analysis.database else "") if query] or [VERBS]


def _suffix(languages: list[str]) -> str | None:
    return "py" if "python" in {name.casefold() for name in languages} else None


async def _ask_index(context: Context, query: str, kind: str | None) -> dict[str, Any]:
    began = time.perf_counter()
    try:
        answer, ok = await code_index(context.index, query, kind), True
    except OSError as error:
        logger.exception("the code index did not answer %r", query)
        answer, ok = str(error), False
    return {
        "server": "code-index",
        "tool": "code-index",
        "arguments": {"query": query, "type": kind},
        "answered_by": "built-in index",
        "ok": ok,
        "ms": round((time.perf_counter() - began) * 1000),
        "answer": answer[:ANSWER_CHARS],
    }
