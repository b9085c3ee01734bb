"""The exception tree.

BackendDeveloperError
├── InvalidInput              the caller's words are wrong; nothing was touched
│   ├── InvalidTask
│   └── InvalidSettings
├── Blocked                   the run cannot go on without the orchestrator
│   ├── NoModel               no key, no cassette
│   ├── ModelRefused          wrong key, unknown model, request refused
│   │   └── ContextTooLong    the conversation is longer than the model's context
│   ├── ModelUnavailable      no answer within the retries
│   ├── CassetteEnded         the run went another way than the recorded one
│   ├── WorkspaceUnusable     missing, empty, read-only
│   ├── WorkspaceBusy         another run holds it
│   ├── NoToolchain           a tool that the project needs is not installed
│   ├── InstallFailed         what the project depends on could not be installed
│   ├── NoDatabase            PostgreSQL cannot be reached or started
│   ├── NoExtension           a change wants an extension that the PostgreSQL for projects under test lacks
│   ├── NoMcpServer           nobody answers for a server that the task may not do without
│   ├── BudgetSpent           calls, tokens, cost or time
│   └── EnvironmentBroken     a gate's surroundings failed twice
└── ToolRefused               what the model asked for is not done; its text goes back to the model
    ├── PathRefused           outside the workspace or protected
    ├── EditFailed            the text to replace was not found, or is there more than once
    └── CallFailed            wrong arguments, missing file, time limit
"""

from typing import Any, ClassVar


class BackendDeveloperError(Exception):
    """Base of all errors that this package raises on purpose."""


class InvalidInput(BackendDeveloperError):
    """The caller's input is wrong; nothing was touched."""

    what: ClassVar[str] = "input"

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__(f"invalid {self.what}:\n" + "\n".join(f"  - {fault}" for fault in faults))


class InvalidTask(InvalidInput):
    """The task is not one: every fault is named."""

    what = "task"


class InvalidSettings(InvalidInput):
    """A setting, or the project's backend-developer.toml, is wrong."""

    what = "settings"


class Blocked(BackendDeveloperError):
    """The run cannot go on without the orchestrator.

    `message` says what happened; `way_out` is one sentence on how to mend it. Together they become the report.
    """

    code: ClassVar[str] = "blocked"

    used: dict[str, Any] | None = None
    """The usage by then, where answers of the model were paid for that no update of a node will tell of."""

    def __init__(self, message: str, way_out: str, *, source: str = "run") -> None:
        self.message = message
        self.way_out = way_out
        self.source = source
        super().__init__(f"{message} {way_out}")

    def __reduce__(self) -> tuple[object, ...]:
        return _revive, (type(self), self.message, self.way_out, self.source)


def _revive(kind: type[Blocked], message: str, way_out: str, source: str) -> Blocked:
    return kind(message, way_out, source=source)


class NoModel(Blocked):
    """There is neither a key nor a cassette."""

    code = "no-model"


class ModelRefused(Blocked):
    """The model's server refused the request for good: key, model name or request."""

    code = "model-refused"


class ContextTooLong(ModelRefused):
    """The conversation is longer than the model's context; the caller can compact it and ask again."""

    code = "context-too-long"


class ModelUnavailable(Blocked):
    """The model's server gave no usable answer within the retries."""

    code = "model-unavailable"


class CassetteEnded(Blocked):
    """The cassette has no answer for this call."""

    code = "cassette-ended"


class WorkspaceUnusable(Blocked):
    """The workspace is missing, not a folder, empty or read-only."""

    code = "workspace-unusable"


class WorkspaceBusy(Blocked):
    """Another run holds the workspace."""

    code = "workspace-busy"


class NoToolchain(Blocked):
    """A tool that the project is configured for is not installed."""

    code = "no-toolchain"


class InstallFailed(Blocked):
    """The install step could not install what the project depends on, for a reason that is not the change's."""

    code = "install-failed"


class NoDatabase(Blocked):
    """PostgreSQL cannot be reached or started."""

    code = "no-database"


class NoExtension(Blocked):
    """A change is the first to want an extension that the PostgreSQL for projects under test lacks."""

    code = "no-extension"


class NoMcpServer(Blocked):
    """A mandatory MCP server is missing altogether."""

    code = "no-mcp-server"


class BudgetSpent(Blocked):
    """The task's budget of calls, tokens, cost or time is used up."""

    code = "budget-spent"


class EnvironmentBroken(Blocked):
    """A gate could not be run, twice, for a reason that is not the change's."""

    code = "environment-broken"


class ToolRefused(BackendDeveloperError):
    """What the model asked for was not done; the text goes back to the model."""


class PathRefused(ToolRefused):
    """The path is outside the workspace or protected."""


class EditFailed(ToolRefused):
    """The text to replace is missing or not unique."""


class CallFailed(ToolRefused):
    """The call's arguments do not fit, or what it needs is not there."""
