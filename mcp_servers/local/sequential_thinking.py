"""`sequential-thinking`: keeps count of a chain of thoughts, as the public server of that name does.

Names, rules and the answer's form are those of `@modelcontextprotocol/server-sequential-thinking` 2026.8.31. The
thoughts themselves stay with the caller: nothing in the answer is made of them.
"""

import json
import logging
from typing import Annotated

from pydantic import Field

from backend_developer.mcp_servers.local.checked import ToolArgs, checked_tool
from backend_developer.mcp_servers.local.server import LocalServer

logger = logging.getLogger(__name__)

NAME = "sequential-thinking"

Number = Annotated[int, Field(ge=1)]


class Thought(ToolArgs):
    """Arguments of `sequentialthinking`; the field's own spelling in Python, the public one outside."""

    thought: str = Field(description="Your current thinking step")
    next_thought_needed: bool = Field(alias="nextThoughtNeeded", description="Whether another thought step is needed")
    thought_number: Number = Field(alias="thoughtNumber", description="Current thought number, such as 1, 2, 3")
    total_thoughts: Number = Field(alias="totalThoughts", description="Estimated total thoughts needed, such as 5")
    is_revision: bool | None = Field(None, alias="isRevision", description="Whether this revises previous thinking")
    revises_thought: Number | None = Field(
        None, alias="revisesThought", description="Which thought is being reconsidered"
    )
    branch_from_thought: Number | None = Field(
        None, alias="branchFromThought", description="Branching point thought number"
    )
    branch_id: str | None = Field(None, alias="branchId", description="Branch identifier")
    needs_more_thoughts: bool | None = Field(None, alias="needsMoreThoughts", description="If more thoughts are needed")


class _Chain:
    """What one server has been told."""

    def __init__(self) -> None:
        self._length = 0
        self._branches: dict[str, None] = {}

    async def add(self, thought: Thought) -> str:
        """Count a thought; the state as JSON."""
        self._length += 1
        if thought.branch_from_thought and thought.branch_id:
            self._branches[thought.branch_id] = None
        logger.info("thought=%d of %d branch=%s", thought.thought_number, thought.total_thoughts, thought.branch_id)
        state = {
            "thoughtNumber": thought.thought_number,
            "totalThoughts": max(thought.total_thoughts, thought.thought_number),
            "nextThoughtNeeded": thought.next_thought_needed,
            "branches": list(self._branches),
            "thoughtHistoryLength": self._length,
        }
        return json.dumps(state, indent=2, ensure_ascii=False)


def sequential_thinking() -> LocalServer:
    """A server with a chain of its own."""
    return LocalServer(NAME, (checked_tool("sequentialthinking", Thought, _Chain().add),))
