"""`code-index`: searches the project, answered by our own index.

`code-index` is the call of the user's text, `search_code_advanced` that of the public `code-index-mcp`.
"""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from backend_developer.mcp_servers.local.checked import ToolArgs, checked_tool
from backend_developer.mcp_servers.local.server import LocalServer
from backend_developer.workspace.index import CodeIndex
from backend_developer.workspace.index.query import code_index

NAME = "code-index"

_BY_ENDING = re.compile(r"(?:\*\*/)?\*\.([\w+#]+)")


def _ending(pattern: str) -> str:
    found = _BY_ENDING.fullmatch(pattern)
    if found is None:
        raise ValueError("only an ending can be asked for, such as *.py; leave it out to search all files")
    return found[1]


class Query(ToolArgs):
    """Arguments of `code-index`; a query such as `"user" --type py` carries its type with it."""

    query: str = Field(description="Words or a pattern; alternatives by |, such as create|update")
    type: str | None = Field(None, description="Only this language or file ending, such as py")


class AdvancedQuery(ToolArgs):
    """Arguments of `search_code_advanced`."""

    pattern: str = Field(description="Words or a pattern; alternatives by |, such as create|update")
    file_pattern: Annotated[str, AfterValidator(_ending)] | None = Field(
        None, description="Only files of this ending, such as *.py"
    )


def local_code_index(index: CodeIndex) -> LocalServer:
    """The server over an index; the index stays its owner's to close."""

    async def search(args: Query) -> str:
        return await code_index(index, args.query, args.type)

    async def search_advanced(args: AdvancedQuery) -> str:
        return await code_index(index, args.pattern, args.file_pattern)

    return LocalServer(
        NAME,
        (
            checked_tool("code-index", Query, search),
            checked_tool("search_code_advanced", AdvancedQuery, search_advanced, offered=False),
        ),
    )
