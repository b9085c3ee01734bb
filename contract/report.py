"""The report that goes back to the orchestrator."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from backend_developer.contract.findings import Fault

Status = Literal["success", "failed", "blocked"]

EXIT_CODES: dict[Status, int] = {"success": 0, "failed": 1, "blocked": 2}
"""What the command line exits with; bad input is 2 as well, an interrupted run 130."""


class Report(BaseModel):
    """How the task ended. These four keys and nothing else."""

    model_config = ConfigDict(title="Report", frozen=True, extra="forbid")

    status: Status = Field(
        description="`success`: all gates pass. `failed`: all attempts used, gates still red. "
        "`blocked`: cannot go on without the orchestrator."
    )
    files_changed: list[str] = Field(
        default_factory=list,
        description="Sorted paths, relative to the workspace, whose bytes differ from before the task.",
    )
    errors: list[Fault] = Field(default_factory=list, description="What stands in the way; empty on success.")
    next_action: str = Field(description="One sentence that the orchestrator can act on.")

    def dump(self) -> dict[str, Any]:
        """As plain JSON: exactly the four keys."""
        return {**self.model_dump(mode="json"), "errors": [fault.dump() for fault in self.errors]}
