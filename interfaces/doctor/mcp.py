"""Which MCP servers a run asks."""

from backend_developer.interfaces.doctor.check import Check, Surroundings

NAME = "MCP"


async def look(_surroundings: Surroundings) -> Check:
    """The built-in ones need nothing of the machine."""
    return Check(NAME, "ok", "code-index: built in")
