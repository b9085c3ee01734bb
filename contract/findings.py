"""What a gate found, and what it did to find it."""

import re
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

GateName = Literal["house_rules", "lint", "build", "database", "tests", "runtime"]
GateStatus = Literal["pass", "fail", "skip", "error"]

GATES: tuple[GateName, ...] = ("house_rules", "lint", "build", "database", "tests", "runtime")
"""The gates in the order in which they are shown."""

UNPROVEN = "unproven"
"""Where a gate's evidence says what its surroundings kept it from proving; the report passes it on."""

_NUMBER = re.compile(r"\d+")


class Fault(BaseModel):
    """One thing that is wrong, in the form in which the report names it."""

    model_config = ConfigDict(title="Fault", frozen=True, extra="forbid")

    source: str = Field(description="Who found it: a gate and its tool (`lint/ruff`), a node, or `run`.")
    code: str = Field(description="The tool's own code for it (`F401`), or a slug of ours (`file-too-long`).")
    message: str = Field(description="What is wrong, in one or a few lines.")
    file: str | None = Field(default=None, description="Path relative to the workspace, with forward slashes.")
    line: int | None = Field(default=None, ge=1, description="Line in that file, from 1.")

    def dump(self) -> dict[str, Any]:
        """As plain JSON, without the keys that have no value."""
        return self.model_dump(mode="json", exclude_none=True)


class Finding(Fault):
    """A fault with the weight that a gate gives it."""

    model_config = ConfigDict(title="Finding", frozen=True, extra="forbid")

    level: Literal["error", "warning"] = Field(
        default="error", description="`error` blocks the gate, `warning` is only told."
    )

    def fingerprint(self) -> tuple[str, str, str | None, str]:
        """What stays the same when lines above it shift: all but the line, numbers in the message blinded."""
        return self.source, self.code, self.file, _NUMBER.sub("#", self.message)

    def fault(self) -> Fault:
        """The finding as the report names it."""
        return Fault(**self.model_dump(exclude={"level"}))


class GateResult(BaseModel):
    """Evidence of one gate: what was run, how it ended, what it found."""

    model_config = ConfigDict(title="GateResult", frozen=True, extra="forbid")

    gate: GateName = Field(description="Which gate.")
    status: GateStatus = Field(
        description="`skip` needs a reason; `error` means that the surroundings broke, which is not the change's fault."
    )
    command: str | None = Field(default=None, description="The command line, as it could be typed again.")
    exit_code: int | None = Field(default=None, description="Of the last command; none if nothing was run.")
    duration_s: float = Field(default=0.0, ge=0, description="Wall time in seconds.")
    findings: list[Finding] = Field(default_factory=list, description="New ones first; old ones are warnings.")
    log: str | None = Field(default=None, description="Path of the whole output on disk.")
    reason: str | None = Field(default=None, description="Why it was skipped or broke, or a remark on a pass.")
    attempt: int = Field(default=0, ge=0, description="Which attempt it judges, from 1; 0 is the baseline.")
    evidence: dict[str, Any] = Field(
        default_factory=dict,
        description="Plain JSON that the gate keeps: test outcomes, requests and answers of the running service.",
    )

    @property
    def errors(self) -> list[Finding]:
        """The findings that block."""
        return [finding for finding in self.findings if finding.level == "error"]

    def dump(self) -> dict[str, Any]:
        """As plain JSON, the form in which it travels in the graph's state."""
        return self.model_dump(mode="json", exclude_none=True)
