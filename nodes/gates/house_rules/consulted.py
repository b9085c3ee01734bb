"""The rule on the mandatory MCP servers: each was asked and has answered."""

from collections.abc import Iterable
from typing import Any

from backend_developer.contract import Finding


def check_consulted(records: dict[str, Any], required: Iterable[str]) -> list[Finding]:
    """Judge the records of the calls: `{id: {server, tool, ok, ...}}`."""
    answered = {record.get("server") for record in records.values() if record.get("ok")}
    asked = {record.get("server") for record in records.values()}
    return [_finding(server, asked=server in asked) for server in sorted(required) if server not in answered]


def _finding(server: str, *, asked: bool) -> Finding:
    fault = "was asked, but has not answered" if asked else "was not asked"
    return Finding(
        source="house_rules",
        code="mcp-missing",
        message=f"the MCP server {server} {fault}: this task may not do without it",
    )
