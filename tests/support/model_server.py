"""A scripted OpenAI-compatible server on a real socket.

In a test:

    async with ModelServer([call("finish", summary="done", checks=[])]) as server:
        settings = load_settings(base_url=server.base_url, model="openai:scripted")

As a process of its own: `python -m tests.support.model_server --script steps.json [--log requests.jsonl]` prints
`{"base_url": ..., "port": ...}` on one line and serves until it is ended. `server_process` does that for a test.

HTTP/1.1 with kept connections over asyncio streams: an answer takes a fraction of a millisecond, so that it can
stand behind benchmarks.
"""

import argparse
import asyncio
import contextlib
import json
import re
import signal
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO

import orjson

from tests.support.model_script import (
    Reply,
    Request,
    Script,
    Steps,
    broken_call,
    call,
    calls,
    cut,
    fail,
    garbage,
    hang,
    load_steps,
    say,
    too_long,
    trickle,
)
from tests.support.model_wire import completion, events

__all__ = [
    "ModelServer",
    "Reply",
    "Request",
    "broken_call",
    "call",
    "calls",
    "cut",
    "fail",
    "garbage",
    "hang",
    "say",
    "server_process",
    "too_long",
    "trickle",
]

COMPLETIONS = re.compile(r"(/v1|/openai/deployments/[^/]+)/chat/completions(\?|$)")
"""OpenAI's path, and Azure's."""
READ_LIMIT = 16 * 1024 * 1024
ROOT = Path(__file__).parents[2]


class ModelServer:
    """Serves a script on 127.0.0.1; `requests` holds what was asked, in order."""

    def __init__(self, steps: Steps = (), *, log: TextIO | None = None) -> None:
        self.requests: list[Request] = []
        self.port = 0
        self._script = Script(steps)
        self._log = log
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def play(self, steps: Steps) -> None:
        """Go on with another script."""
        self._script = Script(steps)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0, limit=READ_LIMIT)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await self._server.wait_closed()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            while await self._exchange(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._connections.discard(task)
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """One request and its answer; whether the connection stays open."""
        request = await _read(reader)
        if request.path == "/v1/models":
            models = {"object": "list", "data": [{"id": "scripted", "object": "model"}]}
            return await _send(writer, Reply(), json.dumps(models).encode(), "application/json")
        if not COMPLETIONS.match(request.path):
            unknown = fail(404, f"no such path: {request.path}")
            return await _send(writer, unknown, unknown.body or b"", unknown.content_type)
        self._remember(request)
        return await self._answer(writer, self._script.reply(request), request)

    def _remember(self, request: Request) -> None:
        self.requests.append(request)
        if self._log is not None:
            self._log.write(json.dumps({"arrived": request.arrived, "body": request.body}) + "\n")
            self._log.flush()

    async def _answer(self, writer: asyncio.StreamWriter, reply: Reply, request: Request) -> bool:
        if reply.behaviour == "hang":
            await asyncio.Event().wait()
        if reply.behaviour == "answer" and reply.pause_s:
            await asyncio.sleep(reply.pause_s)
        if reply.body is not None:
            return await _send(writer, reply, reply.body, reply.content_type)
        if request.body.get("stream"):
            return await _send(writer, reply, events(reply, request), "text/event-stream")
        return await _send(writer, reply, completion(reply, request), "application/json")


async def _read(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    arrived = time.perf_counter()
    first, *lines = head.rstrip().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    raw = await reader.readexactly(int(headers.get("content-length", 0)))
    body: dict[str, Any] = orjson.loads(raw) if raw else {}
    return Request(path=first.split(" ")[1], headers=headers, body=body, size=len(raw), arrived=arrived)


async def _send(writer: asyncio.StreamWriter, reply: Reply, body: bytes, content_type: str) -> bool:
    lines = [
        f"HTTP/1.1 {reply.status} Scripted",
        f"content-type: {content_type}",
        f"content-length: {len(body)}",
        *(f"{name}: {value}" for name, value in reply.headers.items()),
    ]
    head = "\r\n".join([*lines, "", ""]).encode()
    if reply.behaviour == "trickle":
        writer.write(head)
        for byte in body:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(reply.pause_s)
        return True
    whole = reply.behaviour != "cut"
    writer.write(head + (body if whole else body[: len(body) // 2]))
    await writer.drain()
    return whole


@contextlib.asynccontextmanager
async def server_process(script: Path, *, log: Path | None = None) -> AsyncIterator[str]:
    """The server as a process of its own; gives its base address, and ends it afterwards."""
    argv = ["-m", "tests.support.model_server", "--script", str(script)]
    if log is not None:
        argv += ["--log", str(log)]
    process = await asyncio.create_subprocess_exec(sys.executable, *argv, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    try:
        assert process.stdout is not None
        yield str(json.loads(await process.stdout.readline())["base_url"])
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


async def _serve(script: Path, log: TextIO | None) -> None:
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    async with ModelServer(load_steps(json.loads(script.read_text(encoding="utf-8"))), log=log) as server:
        sys.stdout.write(json.dumps({"base_url": server.base_url, "port": server.port}) + "\n")
        sys.stdout.flush()
        await ended.wait()


def main() -> None:
    """Serve a script file until SIGTERM."""
    parser = argparse.ArgumentParser(description="A scripted OpenAI-compatible model server.")
    parser.add_argument("--script", type=Path, required=True, help="JSON: steps, or forced tool to steps")
    parser.add_argument("--log", type=Path, help="write each request as one JSON line")
    given = parser.parse_args()
    with contextlib.ExitStack() as stack:
        log = stack.enter_context(given.log.open("a", encoding="utf-8")) if given.log else None
        asyncio.run(_serve(given.script, log))


if __name__ == "__main__":
    main()
