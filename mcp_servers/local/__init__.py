"""What each server answers by itself, offline."""

from pathlib import Path

from backend_developer.mcp_servers.local.code_index import local_code_index
from backend_developer.mcp_servers.local.context7 import local_context7
from backend_developer.mcp_servers.local.pg_aiguide import local_pg_aiguide
from backend_developer.mcp_servers.local.sequential_thinking import sequential_thinking
from backend_developer.mcp_servers.local.server import LocalServer
from backend_developer.prompts.library import SkillLibrary
from backend_developer.workspace.index import CodeIndex

__all__ = ["LocalServer", "local_servers"]


def local_servers(root: Path, index: CodeIndex, skills: SkillLibrary) -> dict[str, LocalServer]:
    """The four by name, for the project at `root`, in the order in which they are listed everywhere.

    Nothing of the project is read before the first call. `index` stays its owner's to close.
    """
    servers = (local_pg_aiguide(skills), local_context7(root), local_code_index(index), sequential_thinking())
    return {server.name: server for server in servers}
