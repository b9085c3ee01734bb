"""Which MCP servers a run asks, and who answers for each."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from backend_developer.contract import InvalidSettings
from backend_developer.interfaces.doctor.check import Check, Surroundings
from backend_developer.mcp_servers.catalog import ROLES
from backend_developer.mcp_servers.client import BUILT_IN, load_servers, session_class
from backend_developer.workspace.commands import Executor

if TYPE_CHECKING:
    from backend_developer.mcp_servers.client.session import Session

NAME = "MCP"


async def look(surroundings: Surroundings) -> Check:
    """Start what is configured; the built-in ones need nothing of the machine."""
    settings, root = surroundings.settings, Path.cwd()
    try:
        specs = await asyncio.to_thread(load_servers, root, settings)
    except InvalidSettings as error:
        return Check(NAME, "missing", "; ".join(error.faults), "Mend the file that BACKEND_DEVELOPER_MCP_CONFIG names.")
    talks = Executor(root, settings.state_dir / "logs" / "mcp", settings, settings.state_dir / "mcp-cache")
    limits = {"start_s": min(settings.mcp_start_s, 8.0), "call_s": settings.mcp_call_s}
    kind = await asyncio.to_thread(session_class) if specs else None
    sessions = {name: kind(spec, talks, root, **limits) for name, spec in specs.items()} if kind else {}
    try:
        await asyncio.gather(*(session.started() for session in sessions.values()))
        return described(sessions)
    finally:
        await asyncio.gather(*(session.close() for session in sessions.values()))


def described(sessions: dict[str, "Session"]) -> Check:
    """The row for these servers, once they have started or not."""
    names = [*ROLES, *sorted(sessions.keys() - set(ROLES))]
    lost = [f"{name}: {session.lost}" for name, session in sessions.items() if session.lost]
    who = [
        f"{name}: {sessions[name].spec.label if name in sessions and not sessions[name].lost else BUILT_IN}"
        for name in names
        if name in ROLES or not sessions[name].lost
    ]
    detail = "; ".join([*who, *lost])
    return Check(NAME, "warning", detail, "The log of the server says more.") if lost else Check(NAME, "ok", detail)
