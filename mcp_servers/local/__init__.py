"""What each server answers by itself, offline."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from backend_developer.contract import CallFailed
from backend_developer.mcp_servers.local.server import LocalServer, LocalTool
from backend_developer.prompts.library import SkillLibrary
from backend_developer.workspace.index import CodeIndex
from backend_developer.workspace.index.query import code_index

__all__ = ["LocalServer", "local_servers"]


def local_servers(root: Path, index: CodeIndex, skills: SkillLibrary) -> dict[str, LocalServer]:
    """The four by name."""

    async def search(arguments: Mapping[str, Any]) -> str:
        return await code_index(index, arguments["query"], arguments.get("type"))

    async def design(_arguments: Mapping[str, Any]) -> str:
        return skills.whole("postgresql-table-design")

    async def name(arguments: Mapping[str, Any]) -> str:
        return f"The library {arguments['libraryName']}."

    async def library(arguments: Mapping[str, Any]) -> str:
        if "nothing" in arguments["context7CompatibleLibraryID"]:
            raise CallFailed("it is not installed")
        return f"About {arguments['context7CompatibleLibraryID']}."

    async def think(arguments: Mapping[str, Any]) -> str:
        return f"Thought {arguments['thoughtNumber']} of {arguments['totalThoughts']}."

    return {
        "pg-aiguide": LocalServer(
            "pg-aiguide",
            (_tool("get_best_practices", design, "database"), _tool("get_patterns", design, "pattern")),
        ),
        "context7": LocalServer(
            "context7",
            (
                _tool("resolve_library_id", name, "libraryName"),
                _tool("get_library_context", library, "context7CompatibleLibraryID"),
            ),
        ),
        "code-index": LocalServer("code-index", (_tool("code-index", search, "query", "type"),)),
        "sequential-thinking": LocalServer("sequential-thinking", (_tool("sequentialthinking", think, "thought"),)),
    }


def _tool(name: str, answer: Any, *words: str) -> LocalTool:
    properties = {word: {"type": "string"} for word in words}
    return LocalTool(
        name, f"Answers {name}.", {"type": "object", "properties": properties, "required": words[:1]}, answer
    )
