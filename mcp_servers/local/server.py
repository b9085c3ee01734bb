"""What a local server is: named tools with schemas, each answered by a function of this process."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from backend_developer.contract import CallFailed


@dataclass(frozen=True, slots=True)
class LocalTool:
    """One tool of a local server."""

    name: str
    description: str
    schema: Mapping[str, Any]
    """JSON schema of its arguments, an object."""
    answer: Callable[[Mapping[str, Any]], Awaitable[str]]
    """Gets checked arguments. Raises `CallFailed` with what the caller can do about it."""
    offered: bool = True
    """False for another spelling of a tool, which is there for callers that know the public server."""


@dataclass(frozen=True, slots=True)
class LocalServer:
    """One of the four, answered from what is at hand."""

    name: str
    tools: tuple[LocalTool, ...]

    async def call(self, tool: str, arguments: Mapping[str, Any]) -> str:
        """The answer in text. Raises `CallFailed` for an unknown tool or arguments that do not fit."""
        found = next((one for one in self.tools if one.name == tool), None)
        if found is None:
            names = ", ".join(one.name for one in self.tools)
            raise CallFailed(f"{self.name} has no tool {tool!r}; there are: {names}")
        return await found.answer(arguments)
