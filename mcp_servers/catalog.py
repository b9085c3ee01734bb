"""The four roles, and the user's calls in the words of the public servers of today.

Facts, read in the sources of context7-mcp 4.1.1 and code-index-mcp 2.17.1: context7 tells most failures as plain
text with `isError` false, code-index as text that begins with `Error`, or as JSON with an `error`; code-index knows no
project until `set_project_path`.
"""

import json
import re
from collections.abc import Awaitable, Callable, Collection, Mapping
from pathlib import Path
from typing import Any, Final

from backend_developer.contract import CallFailed

PG_AIGUIDE: Final = "pg-aiguide"
CONTEXT7: Final = "context7"
CODE_INDEX: Final = "code-index"
SEQUENTIAL_THINKING: Final = "sequential-thinking"

ROLES = (PG_AIGUIDE, CONTEXT7, CODE_INDEX, SEQUENTIAL_THINKING)

Arguments = Mapping[str, Any]
Ask = Callable[[str, dict[str, Any]], Awaitable[str]]
"""Calls one tool of a public server. Raises `CallFailed` where its answer is a failure."""
Translation = Callable[[Ask, Arguments], Awaitable[str]]

_GENERAL_QUESTION = "how it is set up and used"
_LIBRARY_ID = re.compile(r"(?<![\w.:/])/[\w.-]+/[\w.-]+(?:/[\w.-]+)?")
_FAILURES: dict[str, re.Pattern[str]] = {
    CONTEXT7: re.compile(
        r"\s*(error\b|failed to|no (libraries|documentation)\b|unauthorized|rate limited|documentation not found"
        r"|the library you are trying|monthly quota|.{0,80}(quota|rate limit) (was )?(exceeded|reached)"
        r"|request failed|invalid api key|fetch failed)",
        re.IGNORECASE,
    ),
    CODE_INDEX: re.compile(r"\s*(error\b|project path not set|failed to|tool error)", re.IGNORECASE),
}


async def _best_practices(ask: Ask, arguments: Arguments) -> str:
    if not str(arguments.get("database", "")).casefold().startswith(("postgres", "pg")):
        raise CallFailed("the public server knows PostgreSQL only")
    return await ask("view_skill", {"skill_name": "design-postgres-tables"})


async def _patterns(ask: Ask, arguments: Arguments) -> str:
    if arguments.get("pattern") != "migration":
        raise CallFailed(f"the public server has nothing on the pattern {arguments.get('pattern')!r}")
    return await ask("view_skill", {"skill_name": "postgres-database-migration"})


async def _resolve(ask: Ask, arguments: Arguments) -> str:
    name = arguments.get("libraryName", "")
    return await ask("resolve-library-id", {"query": f"{name}: {_GENERAL_QUESTION}", "libraryName": name})


async def _library_context(ask: Ask, arguments: Arguments) -> str:
    """The user's id may be a plain name, which the public server does not take: it is looked up first."""
    library = str(arguments.get("context7CompatibleLibraryID", ""))
    if not library.startswith("/"):
        library = library_id(await _resolve(ask, {"libraryName": library})) or library
    return await ask("query-docs", {"libraryId": library, "query": arguments.get("query") or _GENERAL_QUESTION})


async def _search(ask: Ask, arguments: Arguments) -> str:
    words = {"pattern": str(arguments.get("query", "")).replace("\\|", "|"), "regex": True, "case_sensitive": False}
    kind = arguments.get("type")
    return await ask("search_code_advanced", {**words, **({"file_pattern": f"*.{kind}"} if kind else {})})


TRANSLATIONS: dict[tuple[str, str], Translation] = {
    (PG_AIGUIDE, "get_best_practices"): _best_practices,
    (PG_AIGUIDE, "get_patterns"): _patterns,
    (CONTEXT7, "resolve_library_id"): _resolve,
    (CONTEXT7, "get_library_context"): _library_context,
    (CODE_INDEX, "code-index"): _search,
}
"""Role and the user's tool to how a public server is asked the same."""


async def ask_public(role: str, tool: str, arguments: Arguments, offered: Collection[str], ask: Ask) -> str:
    """The user's call, put to a server that offers these tools: as it is where it can be, else translated.

    Raises `CallFailed` where the server has nothing of the kind, or what it answers is a failure.
    """
    if tool in offered:
        return await ask(tool, dict(arguments))
    translation = TRANSLATIONS.get((role, tool))
    if translation is None:
        raise CallFailed(f"the server has no tool {tool}")
    return await translation(ask, arguments)


async def prepare(role: str, root: Path, offered: Collection[str], ask: Ask) -> None:
    """What a server must be told before it is asked. Raises `CallFailed`."""
    if role == CODE_INDEX and "set_project_path" in offered:
        await ask("set_project_path", {"path": str(root)})


def failure(role: str, answer: str) -> str | None:
    """Why an answer that is not marked as an error is one all the same; None where it is none."""
    if not answer.strip():
        return "the answer is empty"
    pattern = _FAILURES.get(role)
    if pattern is not None and pattern.match(answer):
        return _line(answer)
    return _told_in_json(answer) if role == CODE_INDEX else None


def library_id(answer: str) -> str | None:
    """The first library that an answer of `resolve_library_id` names, such as `/fastapi/fastapi`."""
    found = _LIBRARY_ID.search(answer)
    return found[0] if found else None


def _told_in_json(answer: str) -> str | None:
    if not answer.lstrip().startswith("{"):
        return None
    try:
        told = json.loads(answer)
    except ValueError:
        return None
    if not isinstance(told, dict) or not (told.get("error") or told.get("status") == "error"):
        return None
    return _line(str(told.get("error") or told.get("message") or answer))


def _line(answer: str) -> str:
    return " ".join(answer.split())[:300]
