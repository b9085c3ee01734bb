from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from backend_developer.contract import NoMcpServer
from backend_developer.contract.analysis import Analysis
from backend_developer.contract.ports import McpCall, McpTool
from backend_developer.nodes.consult import ANSWER_CHARS, VERBS, consult
from tests.support.fakes import FILES, Bench, make_bench

MIXED = {"main.go": "package main\nfunc user() {}\n", "web/user.ts": "export function user() {}\n"}


class Refuses:
    """Servers of which one does not answer."""

    def __init__(self, server: str, by: str) -> None:
        self.server, self.by = server, by

    async def call(self, server: str, tool: str, arguments: Mapping[str, Any]) -> McpCall:
        ok = server != self.server
        return McpCall(server, tool, arguments, "built in" if ok else self.by, ok, 1, "said" if ok else "gone")

    async def tools(self) -> list[McpTool]:
        return []


async def asked(
    folder: Path, files: dict[str, str] | None = None, servers: Refuses | None = None, **analysis: Any
) -> tuple[Bench, dict[str, Any]]:
    bench = await make_bench(folder, files=files or FILES, servers=servers)
    state = bench.state(analysis=Analysis(summary="x", **analysis).dump())
    return bench, (await consult(state, bench.runtime))["consult"]


def arguments(records: dict[str, Any], server: str) -> list[dict[str, Any]]:
    return [record["arguments"] for record in records.values() if record["server"] == server]


async def test_the_code_index_is_asked_as_the_users_text_asks_it(tmp_path: Path) -> None:
    _, records = await asked(tmp_path, keywords=["user", "get_user"], api=True)
    assert arguments(records, "code-index") == [
        {"query": "user|get_user", "type": "py"},
        {"query": VERBS, "type": "py"},
    ]
    first = records["code-index/1"]
    assert (first["server"], first["ok"], first["answered_by"]) == ("code-index", True, "built in")
    assert "get_user" in first["answer"]
    assert isinstance(first["ms"], int)


async def test_it_is_always_asked_something(tmp_path: Path) -> None:
    _, records = await asked(tmp_path, keywords=["not an identifier", ""])
    assert [record["query"] for record in arguments(records, "code-index")] == [VERBS]


async def test_every_language_of_the_project_is_searched(tmp_path: Path) -> None:
    _, records = await asked(tmp_path, files=MIXED, keywords=["user"])
    assert [record["type"] for record in arguments(records, "code-index")] == ["go", "ts", "tsx"]


async def test_a_database_task_asks_for_practices_and_both_patterns(tmp_path: Path) -> None:
    _, records = await asked(tmp_path, database=True)
    assert arguments(records, "pg-aiguide") == [
        {"database": "postgres"},
        {"pattern": "repository"},
        {"pattern": "migration"},
    ]


async def test_a_framework_is_looked_up_and_without_one_nobody_is_asked(tmp_path: Path) -> None:
    _, records = await asked(tmp_path / "api")
    assert arguments(records, "context7") == [
        {"libraryName": "fastapi"},
        {"context7CompatibleLibraryID": "/python/fastapi"},
    ]
    _, records = await asked(tmp_path / "plain", files={"main.go": "package main\n"})
    assert {record["server"] for record in records.values()} == {"code-index"}


async def test_answers_are_bounded(tmp_path: Path) -> None:
    many = "".join(f"def user_{number}() -> int:\n    return {number}\n\n\n" for number in range(200))
    _, records = await asked(tmp_path, files={"app/users.py": many}, keywords=["user"])
    assert len(records["code-index/1"]["answer"]) <= ANSWER_CHARS


async def test_a_call_that_fails_is_recorded_and_shown_as_such(tmp_path: Path) -> None:
    bench, records = await asked(tmp_path, servers=Refuses("context7", by="built in"))
    assert (records["context7/1"]["ok"], records["context7/1"]["answer"]) == (False, "gone")
    shown = {event["name"]: (event["target"], event["ok"]) for event in bench.events}
    assert shown["mcp__context7__resolve_library_id"] == ("built in", False)
    assert shown["mcp__code-index__code-index"] == ("built in", True)


async def test_a_mandatory_server_that_is_missing_stops_the_run(tmp_path: Path) -> None:
    with pytest.raises(NoMcpServer, match="pg-aiguide is missing: gone"):
        await asked(tmp_path, servers=Refuses("pg-aiguide", by=""), database=True)


async def test_a_server_that_the_task_names_is_mandatory(tmp_path: Path) -> None:
    task = {"requirements": ["Использовать pg-aiguide MCP"]}
    bench = await make_bench(tmp_path, files={"main.go": "package main\n"}, task=task)
    assert bench.context.required_servers(bench.state()) == {"code-index", "pg-aiguide"}
