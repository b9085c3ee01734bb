import logging
from pathlib import Path

import pytest

from backend_developer.contract.ports import McpTool
from backend_developer.nodes.write.tools.mcp import mcp_tools
from tests.support.fakes import make_bench

USERS_NAMES = {
    "mcp__pg-aiguide__get_best_practices",
    "mcp__pg-aiguide__get_patterns",
    "mcp__context7__resolve_library_id",
    "mcp__context7__get_library_context",
    "mcp__code-index__code-index",
    "mcp__sequential-thinking__sequentialthinking",
}


async def test_the_tools_have_the_users_names_and_ask_the_servers(tmp_path: Path) -> None:
    servers = (await make_bench(tmp_path)).context.servers
    tools = {tool.name: tool for tool in mcp_tools(servers, await servers.tools())}
    assert tools.keys() >= USERS_NAMES
    index = tools["mcp__code-index__code-index"]
    assert "query" in index.spec()["function"]["parameters"]["properties"]
    answer = await index.run(index.args.model_validate({"query": "get_user"}), "call-1")
    assert answer.ok
    assert "get_user" in answer.text


async def test_a_name_that_the_providers_refuse_is_left_out_and_named(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    servers = (await make_bench(tmp_path)).context.servers
    with caplog.at_level(logging.WARNING):
        tools = mcp_tools(servers, [McpTool("odd", "a.b", "", {}), McpTool("odd", "x" * 60, "", {})])
    assert tools == []
    assert "mcp__odd__a.b" in caplog.text
