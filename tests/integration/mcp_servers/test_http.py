"""A server behind an address: the official SDK's own, over streamable HTTP on the loopback."""

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from mcp import types
from mcp.server.lowlevel import Server

from backend_developer.contract import Settings
from backend_developer.mcp_servers.client import ServerSpec, open_servers
from backend_developer.mcp_servers.local import local_servers
from backend_developer.prompts.library import SkillLibrary
from backend_developer.workspace.commands import Executor
from backend_developer.workspace.index import CodeIndex

TOOL = types.Tool(name="resolve-library-id", input_schema={"type": "object"})
ANSWER = "- Title: FastAPI\n- Context7-compatible library ID: /fastapi/fastapi"
ASKED = ("context7", "resolve_library_id", {"libraryName": "fastapi"})


async def _list(_context: Any, _params: Any) -> types.ListToolsResult:
    return types.ListToolsResult(tools=[TOOL])


async def _call(_context: Any, params: types.CallToolRequestParams) -> types.CallToolResult:
    if (params.arguments or {}).get("libraryName") == "hang":
        await asyncio.sleep(60)
    return types.CallToolResult(content=[types.TextContent(text=ANSWER)])


@pytest.fixture
async def address() -> AsyncIterator[str]:
    application = Server("context7", on_list_tools=_list, on_call_tool=_call).streamable_http_app()
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        serving = uvicorn.Server(
            uvicorn.Config(application, log_level="error", lifespan="on", timeout_graceful_shutdown=1)
        )
        running = asyncio.create_task(serving.serve(sockets=[listening]))
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/mcp"
        serving.should_exit = True
        await running


async def asked(spec: ServerSpec, folder: Path, *calls: tuple[str, str, dict[str, str]]) -> list[Any]:
    root = folder / "project"
    root.mkdir()
    settings = Settings(state_dir=folder / "state", mcp_start_s=10.0, mcp_call_s=1.0)
    index = CodeIndex(root, folder / "index")
    local = local_servers(root, index, SkillLibrary())
    try:
        async with open_servers(
            root, local, {spec.name: spec}, Executor(root, folder / "logs", settings), settings
        ) as servers:
            return [await servers.call(*call) for call in calls]
    finally:
        index.close()


async def test_it_is_asked_and_named_without_what_may_be_secret(address: str, tmp_path: Path) -> None:
    spec = ServerSpec("context7", url=f"{address}?key=secret", headers={"CONTEXT7_API_KEY": "secret"})
    (record,) = await asked(spec, tmp_path, ASKED)
    assert (record.ok, record.answered_by) == (True, f"context7 at {address}")
    assert "/fastapi/fastapi" in record.answer


async def test_one_that_hangs_is_given_up_once(address: str, tmp_path: Path) -> None:
    hanging = ("context7", "resolve_library_id", {"libraryName": "hang"})
    first, second = await asked(ServerSpec("context7", url=address), tmp_path, hanging, ASKED)
    assert first.ok
    assert second.ok
    assert "no answer in 1 s" in first.answered_by
    assert second.answered_by.startswith("built in, for ")


async def test_an_address_where_nobody_listens_is_stood_in_for(tmp_path: Path) -> None:
    (record,) = await asked(ServerSpec("context7", url="http://127.0.0.1:9/mcp"), tmp_path, ASKED)
    assert record.ok
    assert record.answered_by.startswith("built in, for context7 at http://127.0.0.1:9/mcp: ")
