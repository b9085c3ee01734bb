"""The pipes to a server: a process of the executor's, or an address, as streams of the official SDK.

The SDK's own stdio client starts processes by itself, so this one stands on the executor instead: whatever a server
starts is gone with it, and it gets the executor's environment and no right to write to the project.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator

import anyio
import httpx2
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from mcp.client._transport import TransportStreams
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.message import SessionMessage
from mcp_types import jsonrpc_message_adapter

from backend_developer.contract.ports import Conversation, Talks
from backend_developer.mcp_servers.client.configuration import ServerSpec

logger = logging.getLogger(__name__)

LINE_BYTES = 32_000_000
"""The longest message that is taken; one that is longer ends the session."""

_LARGE = 200_000
_Incoming = MemoryObjectSendStream[SessionMessage | Exception]


@contextlib.asynccontextmanager
async def open_transport(spec: ServerSpec, talks: Talks, call_s: float) -> AsyncIterator[TransportStreams]:
    """Streams to the server. Raises `CallFailed` where its program cannot be started."""
    if spec.url:
        timeout = httpx2.Timeout(call_s)
        async with (
            httpx2.AsyncClient(headers=dict(spec.headers), timeout=timeout) as client,
            streamable_http_client(spec.url, http_client=client, terminate_on_close=False) as streams,
        ):
            yield streams
        return
    talk = await talks.talk(spec.argv, env=spec.env, line_limit=LINE_BYTES)
    try:
        async with _streams(talk) as streams:
            yield streams
    finally:
        await talk.stop()


@contextlib.asynccontextmanager
async def _streams(talk: Conversation) -> AsyncIterator[TransportStreams]:
    incoming, read = anyio.create_memory_object_stream[SessionMessage | Exception](0)
    write, outgoing = anyio.create_memory_object_stream[SessionMessage](0)
    async with incoming, read, write, outgoing, anyio.create_task_group() as group:
        group.start_soon(_receive, talk, incoming)
        group.start_soon(_send, talk, outgoing)
        try:
            yield read, write
        finally:
            group.cancel_scope.cancel()


async def _receive(talk: Conversation, incoming: _Incoming) -> None:
    """Until the server says no more; closing the stream tells the session."""
    async with incoming:
        with contextlib.suppress(OSError, anyio.BrokenResourceError, anyio.ClosedResourceError):
            while line := await _line(talk):
                message = await _parsed(line)
                if message is not None:
                    await incoming.send(message)


async def _line(talk: Conversation) -> bytes:
    try:
        return await talk.reader.readline()
    except ValueError:
        logger.warning("a message of over %d bytes ends the session; log=%s", LINE_BYTES, talk.log.name)
        return b""


async def _parsed(line: bytes) -> SessionMessage | None:
    """The message in a line; None for what is none, such as a banner or a stray print."""
    try:
        if len(line) < _LARGE:
            return SessionMessage(jsonrpc_message_adapter.validate_json(line, by_name=False))
        return SessionMessage(await asyncio.to_thread(jsonrpc_message_adapter.validate_json, line, by_name=False))
    except ValueError:
        logger.warning("passed over %d bytes that are no message", len(line))
        return None


async def _send(talk: Conversation, outgoing: MemoryObjectReceiveStream[SessionMessage]) -> None:
    with contextlib.suppress(OSError):
        async with outgoing:
            async for message in outgoing:
                line = message.message.model_dump_json(by_alias=True, exclude_unset=True)
                talk.writer.write(line.encode() + b"\n")
                await talk.writer.drain()
