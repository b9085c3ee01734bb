"""`backend-developer mcp`: one of the four MCP servers, for any agent that speaks the protocol."""

import asyncio
import logging
import signal
from importlib.metadata import version
from pathlib import Path

from backend_developer.contract import InvalidInput, WorkspaceUnusable, load_settings
from backend_developer.interfaces import logs
from backend_developer.mcp_servers.local import local_servers
from backend_developer.mcp_servers.local.stdio import serve_stdio
from backend_developer.prompts.library import SkillLibrary
from backend_developer.workspace.index import CodeIndex

logger = logging.getLogger(__name__)


def run_server(name: str, workspace: Path | None, *, verbose: bool) -> int:
    """Serve on standard input and output until the input is closed; gives the exit code.

    Raises `InvalidInput` for a server that there is not, `WorkspaceUnusable` where there is no folder to look at.
    """
    settings = load_settings()
    logs.set_up(settings.state_dir, verbose=verbose)
    root = (workspace or Path.cwd()).expanduser().absolute()
    if not root.is_dir():
        raise WorkspaceUnusable(f"The workspace {root} is not a folder.", "Name the folder of the project.")
    index = CodeIndex(root, settings.state_dir / "index")
    servers = local_servers(root, index, SkillLibrary())
    if name not in servers:
        raise InvalidInput([f"there is no server {name!r}; there are: {', '.join(servers)}"])
    server = servers[name]
    # Nothing is lost when it is ended, and a read from a terminal could not be broken off otherwise.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    try:
        asyncio.run(serve_stdio(name, version("backend-developer"), server.tools, server.call))
    finally:
        index.close()
    return 0
