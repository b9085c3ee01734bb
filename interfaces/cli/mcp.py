"""`backend-developer mcp`: one of the four MCP servers, for any agent that speaks the protocol."""

import asyncio
import logging
import signal
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from backend_developer.contract import CallFailed, InvalidInput, Settings, WorkspaceUnusable, load_settings
from backend_developer.interfaces import logs
from backend_developer.mcp_servers.client import load_servers, open_servers
from backend_developer.mcp_servers.local import local_servers
from backend_developer.mcp_servers.local.stdio import serve_stdio
from backend_developer.prompts.library import library_of
from backend_developer.workspace.commands import Executor
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
    # Nothing is lost when it is ended, and a read from a terminal could not be broken off otherwise. What it has
    # started ends with it, by the executor's supervisors.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    index = CodeIndex(root, settings.state_dir / "index")
    try:
        asyncio.run(_serve(name, root, index, settings))
    finally:
        index.close()
    return 0


async def _serve(name: str, root: Path, index: CodeIndex, settings: Settings) -> None:
    local = local_servers(root, index, library_of(root, settings.skill_dirs))
    if name not in local:
        raise InvalidInput([f"there is no server {name!r}; there are: {', '.join(local)}"])
    # Never those of the project's own file: it may be what has started this server, which would then ask itself.
    specs = load_servers(root, settings.model_copy(update={"trust_project_mcp": False}))
    public = {key: spec for key, spec in specs.items() if key == name}
    talks = Executor(root, settings.state_dir / "runs" / "mcp", settings, settings.state_dir / "mcp-cache")
    async with open_servers(root, local, public, talks, settings) as servers:

        async def answer(tool: str, arguments: Mapping[str, Any]) -> str:
            call = await servers.call(name, tool, arguments)
            if not call.ok:
                raise CallFailed(call.answer)
            return call.answer

        await serve_stdio(name, version("backend-developer"), local[name].tools, answer)
