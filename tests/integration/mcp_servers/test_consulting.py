"""The node `consult` with what is at hand, and with the public servers as they are installed."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from backend_developer.contract import Settings
from backend_developer.contract.analysis import Analysis
from backend_developer.mcp_servers.client import ServerSpec, open_servers
from backend_developer.mcp_servers.local import local_servers
from backend_developer.nodes.consult import consult
from backend_developer.nodes.gates.house_rules.consulted import check_consulted
from backend_developer.workspace.commands import Executor
from tests.support.fakes import Bench, make_bench

THOUGHT = {"thought": "Tables first.", "nextThoughtNeeded": False, "thoughtNumber": 1, "totalThoughts": 1}


async def consulted(bench: Bench, specs: Mapping[str, ServerSpec], folder: Path) -> tuple[dict[str, Any], Any]:
    context = bench.context
    settings = Settings(state_dir=folder / "state")
    talks = Executor(bench.root, folder / "logs", settings)
    local = local_servers(bench.root, context.index, context.skills)
    async with open_servers(bench.root, local, specs, talks, settings) as servers:
        bench.context = replace(context, servers=servers)
        analysis = Analysis(summary="x", keywords=["get_user"], database=True).dump()
        state = bench.state(analysis=analysis)
        records = (await consult(state, bench.runtime))["consult"]
        thought = await servers.call("sequential-thinking", "sequentialthinking", THOUGHT)
    assert check_consulted(records, bench.context.required_servers(state)) == []
    return records, thought


def answered(records: dict[str, Any], server: str) -> set[str]:
    return {record["answered_by"] for record in records.values() if record["server"] == server}


async def test_offline_every_mandatory_call_is_answered_at_hand(tmp_path: Path) -> None:
    records, thought = await consulted(await make_bench(tmp_path), {}, tmp_path)
    for server in ("pg-aiguide", "context7", "code-index"):
        assert answered(records, server) == {"built in"}
    assert thought.answered_by == "built in"


@pytest.mark.timeout(240)
async def test_the_public_servers_answer_or_are_stood_in_for(
    public_servers: dict[str, ServerSpec], tmp_path: Path
) -> None:
    bench = await make_bench(tmp_path)
    # Its address is one where nobody listens, so that the test is the same with and without a network.
    offline = replace(public_servers["context7"], env={"CONTEXT7_API_URL": "http://127.0.0.1:9"})
    records, thought = await consulted(bench, {**public_servers, "context7": offline}, tmp_path)
    assert answered(records, "code-index") == {"code-index by code-index-mcp"}
    assert "get_user" in records["code-index/1"]["answer"]
    assert answered(records, "pg-aiguide") == {"built in"}
    assert all(by.startswith("built in, for context7 by context7-mcp: ") for by in answered(records, "context7"))
    assert (thought.ok, thought.answered_by) == (True, "sequential-thinking by mcp-server-sequential-thinking")
