"""Node `consult`: the mandatory questions to the MCP servers, by code and side by side.

Reads `task`, `analysis`; languages and frameworks come from the project's files. Writes `consult`: a record for each
call with server, tool, arguments, who answered, whether it was answered, milliseconds, and the bounded answer.
A call that fails is recorded as such; the gate `house_rules` holds it against the run.
Raises `NoMcpServer` where a server that the task may not do without is missing altogether.
"""

import asyncio
import logging
from typing import Any

from langgraph.runtime import Runtime

from backend_developer.contract import NoMcpServer
from backend_developer.contract.analysis import Analysis
from backend_developer.contract.events import ToolEvent
from backend_developer.contract.ports import McpCall
from backend_developer.contract.state import State
from backend_developer.mcp_servers.catalog import CODE_INDEX, CONTEXT7, PG_AIGUIDE, library_id
from backend_developer.nodes.context import Context
from backend_developer.workspace.text import clip

logger = logging.getLogger(__name__)

ANSWER_CHARS = 1_200
FRAMEWORKS = 2
"""How many of the project's frameworks are looked up; the first are those that the project is built on."""
VERBS = "create|update|delete"
SUFFIXES = {
    "python": ("py",),
    "typescript": ("ts", "tsx"),
    "javascript": ("js",),
    "go": ("go",),
    "rust": ("rs",),
    "csharp": ("cs",),
    "sql": ("sql",),
}
"""Language to what the user's text writes after `--type`."""

Calls = list[tuple[str, dict[str, Any]]]


async def consult(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
    """Ask every server that this task may not do without, and record the calls."""
    context = runtime.context
    analysis = Analysis.model_validate(state["analysis"])
    required = context.required_servers(state)
    asking = [_each(context, CODE_INDEX, _searches(analysis, context.profile.languages))]
    if PG_AIGUIDE in required:
        asking.append(_each(context, PG_AIGUIDE, _database_questions()))
    if CONTEXT7 in required:
        asking += [_library(context, name) for name in _libraries(context)]
    calls = [call for group in await asyncio.gather(*asking) for call in group]
    for call in calls:
        runtime.stream_writer(event(call))
    _check_present(calls, required)
    return {"consult": numbered(calls)}


def numbered(calls: list[McpCall]) -> dict[str, Any]:
    """The records under `<server>/<number>`, the answers bounded."""
    records: dict[str, Any] = {}
    for call in calls:
        number = sum(key.startswith(f"{call.server}/") for key in records) + 1
        records[f"{call.server}/{number}"] = {**call.dump(), "answer": clip(call.answer, ANSWER_CHARS)}
    return records


def event(call: McpCall) -> ToolEvent:
    """What the live view shows of a call."""
    return {
        "event": "tool",
        "name": f"mcp__{call.server}__{call.tool}",
        "target": call.answered_by or "nobody answered",
        "ok": call.ok,
        "duration_s": call.ms / 1000,
    }


def _searches(analysis: Analysis, languages: list[str]) -> Calls:
    nouns = "|".join(dict.fromkeys(word for word in analysis.keywords[:6] if word.isidentifier()))
    queries = [query for query in (nouns, VERBS if analysis.api or analysis.database else "") if query] or [VERBS]
    suffixes: list[str | None] = [suffix for name in languages for suffix in SUFFIXES.get(name.casefold(), ())]
    suffixes = suffixes or [None]
    return [
        ("code-index", {"query": query, **({"type": suffix} if suffix else {})})
        for query in queries
        for suffix in suffixes
    ]


def _database_questions() -> Calls:
    return [
        ("get_best_practices", {"database": "postgres"}),
        ("get_patterns", {"pattern": "repository"}),
        ("get_patterns", {"pattern": "migration"}),
    ]


def _libraries(context: Context) -> list[str]:
    """What to look up: the frameworks, and where the task asks for it without any, the language itself."""
    return context.profile.frameworks[:FRAMEWORKS] or context.profile.languages[:1]


async def _each(context: Context, server: str, calls: Calls) -> list[McpCall]:
    return list(await asyncio.gather(*(context.servers.call(server, tool, args) for tool, args in calls)))


async def _library(context: Context, name: str) -> list[McpCall]:
    resolved = await context.servers.call(CONTEXT7, "resolve_library_id", {"libraryName": name})
    identity = (library_id(resolved.answer) if resolved.ok else None) or name
    arguments = {"context7CompatibleLibraryID": identity}
    return [resolved, await context.servers.call(CONTEXT7, "get_library_context", arguments)]


def _check_present(calls: list[McpCall], required: set[str]) -> None:
    present = {call.server for call in calls if call.answered_by}
    missing = sorted(({call.server for call in calls} & required) - present)
    if missing:
        raise NoMcpServer(
            f"The MCP server {missing[0]} is missing: {next(c.answer for c in calls if c.server == missing[0])}.",
            "Name one in the file of BACKEND_DEVELOPER_MCP_CONFIG, or mend the installation of this package.",
            source="consult",
        )
