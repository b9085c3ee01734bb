"""What a run tells while it works: plain JSON on LangGraph's `custom` stream.

Every door draws its live view from these, so a node says a thing once.
"""

from typing import Literal, NotRequired, TypedDict


class NodeEvent(TypedDict):
    """A node began or ended."""

    event: Literal["node"]
    node: str
    phase: Literal["start", "end"]
    detail: NotRequired[str]


class ModelEvent(TypedDict):
    """A model answered; the sums are over the task."""

    event: Literal["model"]
    purpose: str
    model: str
    calls: int
    tokens_in: int
    tokens_out: int
    cost_usd: str


class ToolEvent(TypedDict):
    """A tool call of the model ended."""

    event: Literal["tool"]
    name: str
    target: str
    ok: bool
    duration_s: float


class GateEvent(TypedDict):
    """A gate began (no status) or ended."""

    event: Literal["gate"]
    gate: str
    attempt: int
    status: NotRequired[str]
    duration_s: NotRequired[float]
    findings: NotRequired[int]
    reason: NotRequired[str]


class AttemptEvent(TypedDict):
    """An attempt began."""

    event: Literal["attempt"]
    attempt: int
    of: int


class NoticeEvent(TypedDict):
    """Something a person should know."""

    event: Literal["notice"]
    text: str


Event = NodeEvent | ModelEvent | ToolEvent | GateEvent | AttemptEvent | NoticeEvent
