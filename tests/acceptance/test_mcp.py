"""A whole run and the MCP servers: every mandatory call is recorded with who answered."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.model_server import ModelServer, call
from tests.support.product import CORRECT, Product, script
from tests.support.public_servers import installed

pytestmark = pytest.mark.timeout(240)

ANALYSIS = call(
    "analysis", summary="Add a discount.", requirements=["discounted()"], plan=["read", "write"], keywords=["gross"],
    database=True, complex=True, reuse=[{"need": "What a customer pays in all", "names": ["gross", "total_price"]}],
)  # fmt: skip
CHOICE = call("choose", choices=[{"need": 1, "serves": [1]}])
MANDATORY = {
    ("pg-aiguide", "get_best_practices"),
    ("pg-aiguide", "get_patterns"),
    ("context7", "resolve_library_id"),
    ("context7", "get_library_context"),
    ("code-index", "code-index"),
    ("sequential-thinking", "sequentialthinking"),
}


async def consulted(product: Product, server: ModelServer) -> dict[tuple[str, str], dict[str, Any]]:
    """Run a task that touches a database and asks for context7; the first record of each call."""
    server.play({**script(*CORRECT, analysis=ANALYSIS), "choose": [CHOICE]})
    ended = await product.run(server, product.task(requirements=["Использовать context7 MCP"]))
    assert (ended.code, ended.report["status"]) == (0, "success"), ended.err
    tools = {tool["function"]["name"] for tool in server.requests[-1].body["tools"]}
    assert {f"mcp__{role}__{tool}" for role, tool in MANDATORY} <= tools
    calls = (await product.show())["consulted"]
    return {(one["server"], one["tool"]): one for one in reversed(calls)}


async def test_offline_all_are_answered_by_what_is_at_hand(product: Product, server: ModelServer) -> None:
    records = await consulted(product, server)
    asked = [request.forced for request in server.requests]
    assert asked[:3] == ["analysis", "choose", ""]
    assert "## Reuse these\n- shop/prices.py:" in server.requests[2].messages[-1]["content"]
    assert set(records) == MANDATORY
    assert {one["answered_by"] for one in records.values()} == {"built in"}
    assert "gross" in records["code-index", "code-index"]["answer"]


async def test_real_public_servers_answer_where_they_can(product: Product, server: ModelServer, tmp_path: Path) -> None:
    programs = installed()
    # Its address is one where nobody listens, so that the test is the same with and without a network.
    context7 = {"command": programs["context7"], "env": {"CONTEXT7_API_URL": "http://127.0.0.1:9"}}
    others = {role: {"command": programs[role]} for role in ("code-index", "sequential-thinking")}
    config = tmp_path / "servers.json"
    config.write_text(json.dumps({"mcpServers": {**others, "context7": context7}}))
    product.environment["BACKEND_DEVELOPER_MCP_CONFIG"] = str(config)
    records = await consulted(product, server)
    assert set(records) == MANDATORY
    assert records["code-index", "code-index"]["answered_by"] == "code-index by code-index-mcp"
    assert "mcp-server-sequential-thinking" in records["sequential-thinking", "sequentialthinking"]["answered_by"]
    assert records["context7", "resolve_library_id"]["answered_by"].startswith(
        "built in, for context7 by context7-mcp: "
    )
    assert records["pg-aiguide", "get_patterns"]["answered_by"] == "built in"
