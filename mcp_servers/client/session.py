"""One server's session, held open by a task of its own.

That task opens it, makes the calls and closes it: the SDK's scopes must be left by the task that entered them, and
the cancellation that a dying HTTP server causes must not reach who asked. langchain-mcp-adapters is not used for the
same reasons, measured on 0.3.2: a call without a held session starts a process (200 to 500 ms against 2 to 5 ms), one
bad server fails the whole list of tools, stdio has no limit, a dying HTTP server raises `CancelledError` in the caller.
"""

import asyncio
import contextlib
import logging
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from mcp.client.session import ClientSession
from mcp_types import CallToolResult, PaginatedRequestParams, TextContent, Tool

from backend_developer.contract import CallFailed
from backend_developer.contract.ports import Talks
from backend_developer.mcp_servers import catalog
from backend_developer.mcp_servers.client.configuration import ServerSpec
from backend_developer.mcp_servers.client.transport import open_transport

logger = logging.getLogger(__name__)

_CLOSE_S = 8.0
_PAGES = 20

Request = tuple[str, dict[str, Any], asyncio.Future[str]]


class Session:
    """A server that is asked until it fails once: `lost` then says why, and nobody waits for it again."""

    def __init__(self, spec: ServerSpec, talks: Talks, root: Path, *, start_s: float, call_s: float) -> None:
        self.spec = spec
        self.tools: list[Tool] = []
        self.lost: str | None = None
        self._talks = talks
        self._root = root
        self._start_s = start_s
        self._call_s = call_s
        self._requests: asyncio.Queue[Request] = asyncio.Queue()
        self._calls: set[asyncio.Task[None]] = set()
        self._ready = asyncio.get_running_loop().create_future()
        self._owner = asyncio.create_task(self._own(), name=f"mcp {spec.name}")

    async def started(self) -> bool:
        """Whether it can be asked; waits for its start, the limit at most."""
        await asyncio.wait({self._ready}, timeout=self._start_s)
        if not self._ready.done():
            self._lose(f"it has not started within {self._start_s:g} s")
        return self.lost is None

    async def ask(self, tool: str, arguments: dict[str, Any]) -> str:
        """The answer's text. Raises `CallFailed` where there is none within the limit, or it is a failure."""
        if self.lost is not None:
            raise CallFailed(self.lost)
        answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._requests.put_nowait((tool, arguments, answer))
        either: set[asyncio.Future[Any]] = {answer, self._owner}
        await asyncio.wait(either, timeout=self._call_s, return_when=asyncio.FIRST_COMPLETED)
        if answer.done():
            return answer.result()
        answer.cancel()
        raise CallFailed(self._lose("its session ended" if self._owner.done() else f"no answer in {self._call_s:g} s"))

    async def close(self) -> None:
        """End it, and its process; what cancels this meanwhile is heeded afterwards."""
        self._owner.cancel()
        await asyncio.wait({self._owner}, timeout=_CLOSE_S)

    def _lose(self, why: str) -> str:
        """The first reason why it is lost."""
        if self.lost is None:
            self.lost = why
            logger.warning("server=%s is not asked again: %s", self.spec.name, why)
        self._owner.cancel()
        return self.lost

    async def _own(self) -> None:
        try:
            async with AsyncExitStack() as stack:
                streams = await stack.enter_async_context(open_transport(self.spec, self._talks, self._call_s))
                session = await stack.enter_async_context(ClientSession(*streams))
                await session.initialize()
                self.tools = await _all_tools(session)
                await self._prepare(session)
                self._ready.set_result(None)
                stack.callback(self._drop_calls)
                await self._serve(session)
        except asyncio.CancelledError:
            self.lost = self.lost or "its session was closed"
        except Exception as error:  # noqa: BLE001 - whatever a server of others causes ends in the record, not in the run
            self.lost = self.lost or f"its session ended: {_reason(error)}"
            logger.warning("server=%s is not asked again: %s", self.spec.name, self.lost)
        finally:
            self._drop_calls()
            if not self._ready.done():
                self._ready.set_result(None)

    async def _prepare(self, session: ClientSession) -> None:
        async def ask(tool: str, arguments: dict[str, Any]) -> str:
            return _text(self.spec.name, await session.call_tool(tool, arguments))

        await catalog.prepare(self.spec.name, self._root, {tool.name for tool in self.tools}, ask)

    async def _serve(self, session: ClientSession) -> None:
        while True:
            request = await self._requests.get()
            call = asyncio.create_task(self._answer(session, *request))
            self._calls.add(call)
            call.add_done_callback(self._calls.discard)

    async def _answer(
        self, session: ClientSession, tool: str, arguments: dict[str, Any], answer: asyncio.Future[str]
    ) -> None:
        try:
            text = _text(self.spec.name, await session.call_tool(tool, arguments))
        except CallFailed as failure:
            _settle(answer, failure)
        except Exception as error:  # noqa: BLE001 - as above
            _settle(answer, CallFailed(self._lose(f"its session ended: {_reason(error)}")))
        else:
            if not answer.done():
                answer.set_result(text)

    def _drop_calls(self) -> None:
        for call in self._calls:
            call.cancel()


async def _all_tools(session: ClientSession) -> list[Tool]:
    tools: list[Tool] = []
    cursor: str | None = None
    for _ in range(_PAGES):
        page = await session.list_tools(params=PaginatedRequestParams(cursor=cursor) if cursor else None)
        tools += page.tools
        cursor = page.next_cursor
        if not cursor:
            break
    return tools


def _text(role: str, result: CallToolResult) -> str:
    """The text of a result. Raises `CallFailed` where it is a failure, whether it says so or not."""
    text = "\n".join(part.text for part in result.content if isinstance(part, TextContent))
    if result.is_error:
        raise CallFailed(" ".join(text.split())[:300] or "it answered with an error")
    failed = catalog.failure(role, text)
    if failed is not None:
        raise CallFailed(failed)
    return text


def _settle(answer: asyncio.Future[str], failure: CallFailed) -> None:
    with contextlib.suppress(asyncio.InvalidStateError):
        answer.set_exception(failure)


def _reason(error: BaseException) -> str:
    """What went wrong, out of the groups that the SDK's task groups raise."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return " ".join(f"{error}".split())[:200] or type(error).__name__
