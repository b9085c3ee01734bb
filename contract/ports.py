"""The doors through which nodes cause side effects: small enough that a test can stand behind each."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

from langchain_core.messages import AIMessage, BaseMessage


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a command ended."""

    command: str
    """The command line, as it could be typed again."""
    exit_code: int | None
    """None where the time limit ended it."""
    timed_out: bool
    duration_s: float
    output: str
    """Standard output and error together: head and tail, undecodable bytes replaced."""
    log: Path
    """The whole output on disk."""
    killed: int = 0
    """Processes that were still alive when the command had ended, and were ended too."""

    @property
    def ok(self) -> bool:
        """Whether it ended by itself with exit code 0."""
        return self.exit_code == 0 and not self.timed_out


class Service(Protocol):
    """A process that runs until it is stopped."""

    @property
    def log(self) -> Path:
        """The whole output so far."""
        ...

    @property
    def pids(self) -> list[int]:
        """The process and all its living descendants; empty once it has ended."""
        ...

    def exited(self) -> int | None:
        """The exit code, or None while it runs."""
        ...

    async def stop(self) -> Outcome:
        """TERM, then KILL after 2 s; nothing it started is alive afterwards. `killed` counts who needed KILL."""
        ...


class Commands(Protocol):
    """The one executor: every process that this package starts goes through it."""

    async def run(
        self,
        argv: str | Sequence[str],
        *,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        timeout_s: float | None = None,
        writable: Sequence[Path] = (),
    ) -> Outcome:
        """Run to the end; a string goes through `bash -c`. `writable` are folders beside the workspace."""
        ...

    async def serve(
        self,
        argv: str | Sequence[str],
        *,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        writable: Sequence[Path] = (),
    ) -> Service:
        """Start and return at once."""
        ...


class Conversation(Protocol):
    """A process that is talked with: its standard input and output are ours, its errors go to the log."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @property
    def log(self) -> Path:
        """What it wrote to standard error."""
        ...

    def exited(self) -> int | None:
        """The exit code, or None while it runs."""
        ...

    async def stop(self) -> Outcome:
        """Close its input, then TERM and KILL; nothing it started is alive afterwards."""
        ...


class Talks(Protocol):
    """The executor's third way, beside `run` and `serve`."""

    async def talk(
        self, argv: Sequence[str], *, env: Mapping[str, str] | None = None, line_limit: int = 65_536
    ) -> Conversation:
        """Start, with streams to it. It can read the workspace and not write to it."""
        ...


class ChatModel(Protocol):
    """The model, whoever answers for it."""

    @property
    def label(self) -> str:
        """What to show: `openai:gpt-5.2`, or that the answers are recorded."""
        ...

    async def ask(
        self,
        messages: Sequence[BaseMessage],
        *,
        tools: Sequence[Mapping[str, Any]] = (),
        purpose: str,
        choice: str | None = None,
    ) -> AIMessage:
        """One answer. `tools` are OpenAI function definitions; `choice` names the one that must be called.

        Raises `ModelRefused`, `ModelUnavailable`, `NoModel`, `CassetteEnded`. Malformed tool calls come back in
        `invalid_tool_calls`, a truncated answer with `response_metadata["finish_reason"] == "length"`.
        """
        ...


@dataclass(frozen=True, slots=True)
class McpCall:
    """One call to an MCP server, as it went."""

    server: str
    """Role: `pg-aiguide`, `context7`, `code-index`, `sequential-thinking`, or the name of a server of the host."""
    tool: str
    arguments: Mapping[str, Any]
    answered_by: str
    """Who answered: the public server's name and address, or `built in`; empty where nobody did."""
    ok: bool
    ms: int
    answer: str
    """Bounded text; where `ok` is false, the reason."""

    def dump(self) -> dict[str, Any]:
        """As plain JSON, the form in which it travels in the graph's state."""
        return {**asdict(self), "arguments": dict(self.arguments)}


@dataclass(frozen=True, slots=True)
class McpTool:
    """A tool of an MCP server, as it is offered to the model: `mcp__<server>__<tool>`."""

    server: str
    name: str
    description: str
    schema: Mapping[str, Any]


class McpServers(Protocol):
    """The MCP servers of a run, whoever answers for them."""

    async def call(self, server: str, tool: str, arguments: Mapping[str, Any]) -> McpCall:
        """Ask; never raises, never takes longer than its limit: what went wrong is in the record."""
        ...

    async def tools(self) -> list[McpTool]:
        """All tools of all servers that answer, in a fixed order; the same for the whole run."""
        ...
