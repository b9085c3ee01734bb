"""`backend-developer mcp`, from outside."""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE
from pathlib import Path
from typing import Any

import pytest
from mcp import ClientSession
from mcp.types import TextContent

from tests.integration.mcp_servers.local.conftest import COMMAND, Asked

SCHEMAS = Path(__file__).with_name("schemas.json")
NAMES = ["pg-aiguide", "context7", "code-index", "sequential-thinking"]
THOUGHT = {"thought": "First the table.", "nextThoughtNeeded": True, "thoughtNumber": 1, "totalThoughts": 2}

CALLS: list[tuple[str, str, dict[str, Any], str]] = [
    ("pg-aiguide", "get_best_practices", {"database": "postgres"}, "GENERATED ALWAYS AS IDENTITY"),
    ("pg-aiguide", "get_patterns", {"pattern": "repository"}, "class AccountRepository"),
    ("pg-aiguide", "get_patterns", {"pattern": "migration"}, "lock_timeout"),
    ("context7", "resolve_library_id", {"libraryName": "tinyweb"}, "/python/tinyweb 2.1: Tiny."),
    ("context7", "get_library_context", {"context7CompatibleLibraryID": "tinyweb"}, "tinyweb 2.1, installed"),
    (
        "context7",
        "get_library_context",
        {"context7CompatibleLibraryID": "/python/tinyweb", "query": "route"},
        "tinyweb.routing.add_route(path: str, *, name: str | None=None) -> None\n(from tinyweb/routing.py)",
    ),
    ("code-index", "code-index", {"query": "create\\|update", "type": "py"}, "app/users.py:1 def create_user"),
    ("code-index", "code-index", {"query": '"user" --type py'}, "app/users.py:1 def create_user"),
    (
        "code-index",
        "search_code_advanced",
        {"pattern": "user", "file_pattern": "*.py"},
        "app/users.py:1 def create_user",
    ),
    ("sequential-thinking", "sequentialthinking", THOUGHT, '"thoughtHistoryLength": 1'),
]
WRONG: list[tuple[str, str, dict[str, Any], str]] = [
    ("pg-aiguide", "get_best_practices", {}, "`database`: Field required"),
    ("pg-aiguide", "get_best_practices", {"database": "oracle"}, "no best practices for 'oracle'"),
    ("pg-aiguide", "get_patterns", {"pattern": "saga"}, '"repository" | "migration"'),
    ("context7", "get_library_context", {"context7CompatibleLibraryID": "absent"}, "pyproject.toml asks for absent>=3"),
    ("code-index", "code-index", {"query": "x", "colour": "red"}, "`colour`: Extra inputs are not permitted"),
    ("code-index", "search_code_advanced", {"pattern": "x", "file_pattern": "src/[a"}, "only an ending"),
    ("sequential-thinking", "sequentialthinking", {**THOUGHT, "thoughtNumber": 0}, "`thoughtNumber`"),
    ("sequential-thinking", "no_such_tool", {}, "has no tool 'no_such_tool'; there are: sequentialthinking"),
]


async def text_of(session: ClientSession, tool: str, arguments: dict[str, Any], *, failed: bool = False) -> str:
    result = await session.call_tool(tool, arguments)
    assert result.is_error is failed
    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text


@pytest.mark.parametrize("name", NAMES)
async def test_a_server_lists_its_tools_answers_and_names_faults(name: str, asked: Asked, tmp_path: Path) -> None:
    """Started as another agent does it, by a configuration in the form of Claude Code's `.mcp.json`."""
    file = tmp_path / ".mcp.json"
    file.write_text(json.dumps({"mcpServers": {name: {"command": "backend-developer", "args": ["mcp", name]}}}))
    server = json.loads(file.read_text(encoding="utf-8"))["mcpServers"][name]
    async with asked(*server["args"], command=str(COMMAND.with_name(server["command"]))) as session:
        listed = (await session.list_tools()).tools
        schemas = {tool.name: tool.input_schema for tool in listed}
        assert schemas == json.loads(SCHEMAS.read_text(encoding="utf-8"))[name]
        assert all(tool.description for tool in listed)
        for server_name, tool, arguments, words in CALLS:
            if server_name == name:
                assert words in await text_of(session, tool, arguments)
        for server_name, tool, arguments, words in WRONG:
            if server_name == name:
                assert words in await text_of(session, tool, arguments, failed=True)
        tool, arguments, words = next(call[1:] for call in CALLS if call[0] == name)
        assert await text_of(session, tool, arguments), "it answers after the faults too"


async def test_the_workspace_can_be_named(asked: Asked, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "billing.py").write_text("def charge_card() -> None: ...\n", encoding="utf-8")
    async with asked("mcp", "code-index", "--workspace", str(other)) as session:
        assert "billing.py:1 def charge_card" in await text_of(session, "code-index", {"query": "charge"})


async def test_thoughts_are_counted_for_each_connection(asked: Asked) -> None:
    branch = {**THOUGHT, "thoughtNumber": 3, "branchFromThought": 1, "branchId": "b", "nextThoughtNeeded": False}
    async with asked("mcp", "sequential-thinking") as session:
        await text_of(session, "sequentialthinking", THOUGHT)
        assert json.loads(await text_of(session, "sequentialthinking", branch)) == {
            "thoughtNumber": 3,
            "totalThoughts": 3,
            "nextThoughtNeeded": False,
            "branches": ["b"],
            "thoughtHistoryLength": 2,
        }


def initialize() -> bytes:
    params = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
    return json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params}).encode() + b"\n"


async def started(environment: dict[str, str], project: Path, *arguments: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        COMMAND, "mcp", *arguments, cwd=project, env={**os.environ, **environment}, stdin=PIPE, stdout=PIPE, stderr=PIPE
    )


async def test_stdout_carries_the_protocol_only_and_closing_stdin_ends_it(
    environment: dict[str, str], project: Path
) -> None:
    process = await started(environment, project, "code-index", "--verbose")
    out, err = await asyncio.wait_for(process.communicate(initialize()), 60)
    assert process.returncode == 0
    (answer,) = [json.loads(line) for line in out.splitlines()]
    assert answer["result"]["serverInfo"]["name"] == "code-index"
    assert b"[stdio:serve_stdio]" in err


async def test_term_ends_it_though_it_waits_for_input(environment: dict[str, str], project: Path) -> None:
    process = await started(environment, project, "pg-aiguide")
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(initialize())
    await asyncio.wait_for(process.stdout.readline(), 60)
    process.terminate()
    await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == -signal.SIGTERM


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(["oracle-guide"], "there are: pg-aiguide, context7"), (["context7", "-w", "/nowhere"], "is not a folder")],
)
async def test_what_cannot_be_served_is_told(
    environment: dict[str, str], project: Path, arguments: list[str], words: str
) -> None:
    process = await asyncio.create_subprocess_exec(
        COMMAND, "mcp", *arguments, cwd=project, env=environment, stdin=DEVNULL, stdout=PIPE, stderr=PIPE
    )
    out, err = await asyncio.wait_for(process.communicate(), 60)
    assert (process.returncode, out) == (2, b"")
    assert words in err.decode()


@pytest.mark.parametrize(("mode", "words"), [("plain", "public answer"), ("dies", "/python/tinyweb 2.1: Tiny.")])
async def test_a_public_server_that_is_set_is_asked_first(
    environment: dict[str, str], asked: Asked, tmp_path: Path, mode: str, words: str
) -> None:
    script = Path(__file__).parents[1] / "misbehaving.py"
    config = tmp_path / "servers.json"
    config.write_text(
        json.dumps({"mcpServers": {"context7": {"command": sys.executable, "args": [str(script), mode]}}})
    )
    environment["BACKEND_DEVELOPER_MCP_CONFIG"] = str(config)
    async with asked("mcp", "context7") as session:
        assert words in await text_of(session, "resolve_library_id", {"libraryName": "tinyweb"})
