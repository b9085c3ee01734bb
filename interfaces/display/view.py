"""What a live view knows: a reducer over the events of a run."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from backend_developer.contract import GATES
from backend_developer.contract.events import GateEvent, ModelEvent, NodeEvent
from backend_developer.interfaces.session import Update

NODES = ("baseline", "analyze", "load_skills", "scan", "consult", "write", "gates", "report")
"""The nodes in the order of the graph's picture; the gates count as one."""

TOOLS_SHOWN = 5
NOTICES_SHOWN = 4

Phase = Literal["waiting", "running", "done"]


@dataclass(slots=True)
class NodeRow:
    """How far a node is."""

    phase: Phase = "waiting"
    detail: str = ""


@dataclass(slots=True)
class GateRow:
    """How a gate stands in one attempt; no status while it runs."""

    status: str | None = None
    duration_s: float = 0.0
    findings: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ToolRow:
    """One ended tool call."""

    name: str
    target: str
    ok: bool
    duration_s: float


@dataclass(slots=True)
class Usage:
    """What the model has cost so far."""

    model: str = ""
    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost_usd: str = ""


@dataclass(slots=True)
class View:
    """The state of one run as a person follows it."""

    title: str
    clock: Callable[[], float] = time.monotonic
    nodes: dict[str, NodeRow] = field(default_factory=lambda: {name: NodeRow() for name in NODES})
    attempt: int = 0
    attempts: int = 0
    gates: dict[tuple[int, str], GateRow] = field(default_factory=dict)
    """Attempt (0 is the untouched project) and gate to how it stands."""
    usage: Usage = field(default_factory=Usage)
    tools: deque[ToolRow] = field(default_factory=lambda: deque(maxlen=TOOLS_SHOWN))
    tool_calls: int = 0
    notices: deque[str] = field(default_factory=lambda: deque(maxlen=NOTICES_SHOWN))
    report: dict[str, Any] | None = None
    began: float = field(init=False)
    ended: float | None = None

    def __post_init__(self) -> None:
        self.began = self.clock()

    @property
    def elapsed_s(self) -> float:
        """Seconds since the view began, until the report came."""
        return (self.clock() if self.ended is None else self.ended) - self.began

    def apply(self, event: Update) -> None:
        """Take one event in; one of a kind that is not known changes nothing."""
        if event["event"] == "node":
            self._node(event)
        elif event["event"] == "gate":
            self._gate(event)
        elif event["event"] == "model":
            self._model(event)
        elif event["event"] == "tool":
            self.tool_calls += 1
            self.tools.append(ToolRow(event["name"], event["target"], event["ok"], event["duration_s"]))
        elif event["event"] == "attempt":
            self.attempt, self.attempts = event["attempt"], event["of"]
            self.nodes["gates"].phase = "waiting"
        elif event["event"] == "notice":
            self.notices.append(event["text"])
        elif event["event"] == "report":
            self.report, self.ended = event["report"], self.clock()

    def _node(self, event: NodeEvent) -> None:
        if event["node"] in GATES:
            return
        row = self.nodes.setdefault(event["node"], NodeRow())
        row.phase = "running" if event["phase"] == "start" else "done"
        row.detail = event.get("detail", row.detail)

    def _gate(self, event: GateEvent) -> None:
        row = self.gates.setdefault((event["attempt"], event["gate"]), GateRow())
        row.status = event.get("status")
        row.duration_s = event.get("duration_s", 0.0)
        row.findings = event.get("findings", 0)
        row.reason = event.get("reason", "")
        if event["attempt"] > 0:
            self.nodes["gates"].phase = "running" if self._gates_run(event["attempt"]) else "done"

    def _gates_run(self, attempt: int) -> bool:
        return any(row.status is None for (of, _), row in self.gates.items() if of == attempt)

    def _model(self, event: ModelEvent) -> None:
        self.usage = Usage(event["model"], event["calls"], event["tokens_in"], event["tokens_out"], event["cost_usd"])
