"""`McpServers`: each role asked of the public server where one is set, and else of what is at hand."""

import asyncio
import logging
import re
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backend_developer.contract import CallFailed, Settings
from backend_developer.contract.ports import McpCall, McpTool, Talks
from backend_developer.mcp_servers import catalog
from backend_developer.mcp_servers.client.configuration import ServerSpec
from backend_developer.mcp_servers.local import LocalServer
from backend_developer.workspace.text import clip, harmless

if TYPE_CHECKING:
    from backend_developer.mcp_servers.client.session import Session

logger = logging.getLogger(__name__)

BUILT_IN = "built in"

_ANSI = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
_DESCRIPTION_CHARS = 400


class Servers:
    """The servers of one run. Every call ends: start, each question and our own answer have limits."""

    def __init__(self, local: Mapping[str, LocalServer], sessions: Mapping[str, "Session"], settings: Settings) -> None:
        self._local = local
        self._sessions = sessions
        self._settings = settings
        self._listed: list[McpTool] | None = None

    async def call(self, server: str, tool: str, arguments: Mapping[str, Any]) -> McpCall:
        """Ask; never raises: what went wrong is in the record."""
        began = time.perf_counter()
        by, answer, why = await self._ask_session(server, tool, arguments)
        if answer is None and server in self._local:
            by, answer, fault = await self._ask_local(server, tool, arguments, by, why)
            why = f"{why}; {fault}" if why and fault else why or fault
        record = McpCall(
            server=server,
            tool=tool,
            arguments=arguments,
            answered_by=by,
            ok=answer is not None,
            ms=round((time.perf_counter() - began) * 1000),
            answer=self._clean(why or f"there is no server {server}" if answer is None else answer),
        )
        logger.info("server=%s tool=%s by=%r ok=%s ms=%d", server, tool, by, record.ok, record.ms)
        return record

    async def tools(self) -> list[McpTool]:
        """The roles' tools in the user's names, then those of the host's other servers; listed once."""
        if self._listed is None:
            roles = [
                McpTool(name, tool.name, tool.description, tool.schema)
                for name, server in self._local.items()
                for tool in server.tools
                if tool.offered
            ]
            others = [name for name in sorted(self._sessions) if name not in self._local]
            await asyncio.gather(*(self._sessions[name].started() for name in others))
            self._listed = roles + [tool for name in others for tool in _offered(self._sessions[name])]
        return self._listed

    async def _ask_session(self, server: str, tool: str, arguments: Mapping[str, Any]) -> tuple[str, str | None, str]:
        """Who was asked, the answer, and why there is none."""
        session = self._sessions.get(server)
        if session is None:
            return "", None, ""
        try:
            await session.started()
            offered = {one.name for one in session.tools}
            # No limit of its own: the session holds one for each question, and is lost by going over it.
            answer = await catalog.ask_public(server, tool, arguments, offered, session.ask)
        except CallFailed as failure:
            return "", None, f"{session.spec.label}: {failure}"
        return session.spec.label, answer, ""

    async def _ask_local(
        self, server: str, tool: str, arguments: Mapping[str, Any], by: str, why: str
    ) -> tuple[str, str | None, str]:
        by = f"{BUILT_IN}, for {why}" if why else BUILT_IN
        try:
            async with asyncio.timeout(self._settings.mcp_call_s):
                return by, await self._local[server].call(tool, arguments), ""
        except TimeoutError:
            return by, None, f"{BUILT_IN}: no answer within {self._settings.mcp_call_s:g} s"
        except CallFailed as failure:
            return by, None, f"{BUILT_IN}: {failure}"
        except Exception as error:
            logger.exception("the local %s did not answer %s", server, tool)
            return by, None, f"{BUILT_IN}: {error}"

    def _clean(self, text: str) -> str:
        # Clipped twice: cleaning a text of many megabytes as a whole would hold the event loop.
        limit = self._settings.output_chars
        return clip(harmless(_ANSI.sub("", clip(text, 4 * limit))), limit)


@asynccontextmanager
async def open_servers(
    root: Path, local: Mapping[str, LocalServer], specs: Mapping[str, ServerSpec], talks: Talks, settings: Settings
) -> AsyncIterator[Servers]:
    """Start what is configured, side by side and without waiting; all of it is ended with the block."""
    limits = {"start_s": settings.mcp_start_s, "call_s": settings.mcp_call_s}
    kind = await asyncio.to_thread(session_class) if specs else None
    sessions = {name: kind(spec, talks, root, **limits) for name, spec in specs.items()} if kind else {}
    try:
        yield Servers(local, sessions, settings)
    finally:
        await asyncio.gather(*(session.close() for session in sessions.values()))


def session_class() -> "type[Session]":
    """The class of sessions; blocks while the SDK loads, which only servers that are set need."""
    from backend_developer.mcp_servers.client.session import Session  # noqa: PLC0415 - over half a second

    return Session


def _offered(session: "Session") -> list[McpTool]:
    if session.lost is not None:
        return []
    return [
        McpTool(
            session.spec.name,
            tool.name,
            harmless(tool.description or tool.name)[:_DESCRIPTION_CHARS],
            tool.input_schema,
        )
        for tool in sorted(session.tools, key=lambda tool: tool.name)
    ]
