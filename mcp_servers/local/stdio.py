"""An MCP server over standard input and output, by the official SDK.

Standard output carries the protocol alone; the SDK sends whatever else is written there to standard error.
"""

import gc
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from backend_developer.contract import BackendDeveloperError
from backend_developer.mcp_servers.local.server import LocalTool

if TYPE_CHECKING:
    from mcp import types
    from mcp.server.context import ServerRequestContext

logger = logging.getLogger(__name__)

Answer = Callable[[str, Mapping[str, Any]], Awaitable[str]]
"""Answers a call of a tool by its name. Raises `BackendDeveloperError` with what the caller can do about it."""


async def serve_stdio(name: str, version: str, tools: Sequence[LocalTool], answer: Answer) -> None:
    """Serve until standard input is closed. A call that fails is answered as a tool error, and the server goes on."""
    # An import leaves next to no garbage, and the collector walks the growing heap again and again.
    gc.disable()
    from mcp import types  # noqa: PLC0415 - half a second that only a server needs
    from mcp.server.lowlevel import Server  # noqa: PLC0415 - as above
    from mcp.server.stdio import stdio_server  # noqa: PLC0415 - as above

    gc.freeze()
    gc.enable()
    described = [_described(tool) for tool in tools]

    async def list_tools(
        _context: "ServerRequestContext[Any]", _params: "types.PaginatedRequestParams | None"
    ) -> types.ListToolsResult:
        return types.ListToolsResult(tools=described)

    async def call_tool(
        _context: "ServerRequestContext[Any]", params: "types.CallToolRequestParams"
    ) -> types.CallToolResult:
        text, failed = await _answered(answer, params.name, params.arguments or {})
        return types.CallToolResult(content=[types.TextContent(text=text)], is_error=failed)

    server: Server[Any] = Server(name, version=version, on_list_tools=list_tools, on_call_tool=call_tool)
    async with stdio_server() as (incoming, outgoing):
        logger.info("server=%s tools=%s", name, [tool.name for tool in tools])
        await server.run(incoming, outgoing, server.create_initialization_options())
    logger.info("server=%s: standard input was closed", name)


def _described(tool: LocalTool) -> "types.Tool":
    from mcp import types  # noqa: PLC0415 - as above

    return types.Tool(
        name=tool.name,
        description=tool.description,
        input_schema=dict(tool.schema),
        annotations=types.ToolAnnotations(read_only_hint=True, open_world_hint=False),
    )


async def _answered(answer: Answer, tool: str, arguments: Mapping[str, Any]) -> tuple[str, bool]:
    """The text, and whether it is that of a failure."""
    try:
        return await answer(tool, arguments), False
    except BackendDeveloperError as error:
        logger.warning("tool=%s: %s", tool, error)
        return str(error), True
    except OSError as error:
        logger.exception("tool=%s failed", tool)
        return f"{tool} failed: {error.strerror or error}", True
