"""What each server answers by itself, offline."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from backend_developer.mcp_servers.local.server import LocalServer, LocalTool
from backend_developer.prompts.library import SkillLibrary
from backend_developer.workspace.index import CodeIndex
from backend_developer.workspace.index.query import code_index

__all__ = ["LocalServer", "local_servers"]


def local_servers(root: Path, index: CodeIndex, skills: SkillLibrary) -> dict[str, LocalServer]:
    """The servers that are at hand, by name."""

    async def search(arguments: Mapping[str, Any]) -> str:
        return await code_index(index, arguments["query"], arguments.get("type"))

    schema = {
        "type": "object",
        "properties": {"query": {"type": "string"}, "type": {"type": "string"}},
        "required": ["query"],
    }
    tool = LocalTool("code-index", "Definitions and lines that match.", schema, search)
    return {"code-index": LocalServer("code-index", (tool,))}
