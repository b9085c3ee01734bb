"""What every door asks of the graph, so that a door is built and tested without one."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, Literal, Protocol, TypedDict, cast

from backend_developer.contract import GateResult, Report, Settings, Task
from backend_developer.contract.events import Event


class ReportEvent(TypedDict):
    """The last word of a run."""

    event: Literal["report"]
    report: dict[str, Any]


Update = Event | ReportEvent


class RunRecord(Protocol):
    """What is known of a run, finished or not."""

    @property
    def task(self) -> Task:
        """The task as it was given."""
        ...

    @property
    def report(self) -> Report | None:
        """None while the run is unfinished."""
        ...

    @property
    def gates(self) -> Mapping[str, GateResult]:
        """`<attempt>/<gate>` to its evidence; attempt 0 is the untouched project."""
        ...

    @property
    def consulted(self) -> Sequence[Mapping[str, Any]]:
        """The calls to MCP servers that the run made by rule: server, tool, arguments, who answered, ok, ms."""
        ...

    @property
    def usage(self) -> Mapping[str, Any]:
        """Calls, tokens and cost over the task, as in `ModelEvent`."""
        ...

    @property
    def diff(self) -> str:
        """Unified diff of everything the task changed."""
        ...

    @property
    def messages(self) -> Sequence[str]:
        """One line for each message of the conversation."""
        ...


class UndoResult(Protocol):
    """What an undo did."""

    @property
    def restored(self) -> Sequence[str]:
        """Paths that are as they were before the task."""
        ...

    @property
    def kept(self) -> Sequence[tuple[str, str]]:
        """Paths that were left alone, each with the reason."""
        ...


class Session(Protocol):
    """One open door to the graph: the database, the model and the machine behind it."""

    def run(self, task: Task, *, resume: bool = False) -> AsyncIterator[Update]:
        """Carry the task out; the last item is a `ReportEvent`.

        Raises `Blocked` and `InvalidInput` before the start.
        """
        ...

    async def show(self, task_id: str, workspace: Path) -> RunRecord:
        """Raises `InvalidTask` where the workspace has no such run."""
        ...

    async def undo(self, task_id: str, workspace: Path) -> UndoResult:
        """Put back what the task wrote, where nobody has changed it since."""
        ...

    def gates(self, workspace: Path) -> AsyncIterator[Update]:
        """Run the gates alone; the last item is a `ReportEvent`."""
        ...


def open_session(settings: Settings) -> AbstractAsyncContextManager[Session]:
    """The product's session.

    The graph is loaded here and not at the top: `--help`, `--version` and a refused task must not wait for it.
    """
    from backend_developer.graph.startup import load  # noqa: PLC0415 - only when asked for

    module = load("backend_developer.graph.session")
    return cast("AbstractAsyncContextManager[Session]", module.Session.open(settings))
