"""`context7`: documentation of the libraries that the project has installed, in the versions that it has.

The answer is read from the project's own virtualenv and `node_modules`; what is not installed is said to be so.
"""

import asyncio
from pathlib import Path

from pydantic import Field

from backend_developer.mcp_servers.local.checked import ToolArgs, checked_tool
from backend_developer.mcp_servers.local.server import LocalServer
from backend_developer.workspace.libraries import Libraries

NAME = "context7"


class LibraryName(ToolArgs):
    """Arguments of `resolve_library_id`."""

    name: str = Field(alias="libraryName", description="Name of the library, such as django")


class LibraryId(ToolArgs):
    """Arguments of `get_library_context`."""

    library: str = Field(
        alias="context7CompatibleLibraryID",
        description="Id that resolve_library_id gave, or a name such as django-rest-framework",
    )
    query: str | None = Field(None, description="What you want to know, in a few words")


def local_context7(root: Path) -> LocalServer:
    """The server for the project at `root`; it reads on worker threads and runs nothing of the project."""
    libraries = Libraries(root)

    async def resolve(args: LibraryName) -> str:
        return await asyncio.to_thread(libraries.resolve, args.name)

    async def context(args: LibraryId) -> str:
        return await asyncio.to_thread(libraries.context, args.library, args.query or "")

    return LocalServer(
        NAME,
        (
            checked_tool("resolve_library_id", LibraryName, resolve),
            checked_tool("get_library_context", LibraryId, context),
        ),
    )
