"""The tools of the MCP servers, as the model calls them: `mcp__<server>__<tool>`."""

import logging
import re
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, ConfigDict

from backend_developer.contract.ports import McpServers, McpTool
from backend_developer.nodes.write.tools.tool import Tool, ToolAnswer, lean

logger = logging.getLogger(__name__)

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""What the providers take as a tool's name."""


class McpArgs(BaseModel):
    """Whatever the server's own schema asks for; the server checks it."""

    model_config = ConfigDict(extra="allow")


def mcp_tools(servers: McpServers, offered: Iterable[McpTool]) -> list[Tool[Any]]:
    """A tool for each, in the order given; one whose name the providers would refuse is named and left out."""
    return [_tool(servers, one) for one in offered if _fits(one)]


def _fits(one: McpTool) -> bool:
    fits = bool(_NAME.fullmatch(_name(one)))
    if not fits:
        logger.warning("the tool %s is not offered: its name is too long or has other characters", _name(one))
    return fits


def _name(one: McpTool) -> str:
    return f"mcp__{one.server}__{one.name}"


def _tool(servers: McpServers, one: McpTool) -> Tool[McpArgs]:
    async def run(args: McpArgs, call_id: str) -> ToolAnswer:
        record = await servers.call(one.server, one.name, args.model_extra or {})
        return ToolAnswer(record.answer, ok=record.ok)

    return Tool(_name(one), McpArgs, run, description=one.description, schema=lean(dict(one.schema)))
