"""A run without a process, a network or a database: scripted behind the ports, with real files under them."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, ToolCall
from langgraph.runtime import Runtime

from backend_developer.contract import NoDatabase, NoToolchain, Settings, Task, parse_task
from backend_developer.contract.analysis import Analysis, Usage
from backend_developer.contract.ports import McpServers, Outcome, Service
from backend_developer.mcp_servers.client import Servers
from backend_developer.mcp_servers.local import local_servers
from backend_developer.nodes.context import Context
from backend_developer.nodes.write.tools import Toolbox, workspace_tools
from backend_developer.nodes.write.tools.knowledge import code_index_tool, skill_tool
from backend_developer.nodes.write.tools.mcp import mcp_tools
from backend_developer.nodes.write.tools.proving import probe_tool
from backend_developer.prompts.library import SkillLibrary
from backend_developer.workspace.index import CodeIndex
from backend_developer.workspace.journal import MemoryStore
from backend_developer.workspace.profile import detect
from backend_developer.workspace.project_settings import ProjectSettings
from backend_developer.workspace.services import Stage
from backend_developer.workspace.toolchains.base import Package, ServiceSpec, Step, StepKind, TestRun
from backend_developer.workspace.workspace import Workspace
from tests.support.postgres import no_extensions

FILES = {
    "app/users.py": "def get_user(user_id: int) -> int:\n    return user_id\n",
    "tests/test_users.py": "def test_get(): pass\n",
    "pyproject.toml": '[project]\nname = "shop"\ndependencies = ["fastapi"]\n',
}
PACKAGE = Package("python", ".")
SERVICE = ServiceSpec(argv=("serve",), package=PACKAGE, framework="plain")
CHECK = {"method": "GET", "path": "/users/1", "expect": {"status": 200}}

Line = AIMessage | Exception | Callable[[], AIMessage]


def call(name: str, identity: str | None = None, /, **args: Any) -> ToolCall:
    """One call of a tool; a `path` that is called `name` and the like stays an argument."""
    return {"name": name, "args": args, "id": identity or f"{name}-1", "type": "tool_call"}


def answer(*calls: ToolCall, text: str = "", tokens: tuple[int, int] | None = (100, 10), **fields: Any) -> AIMessage:
    """One answer of the model; without `tokens` the server counted none."""
    usage: Any = None
    if tokens:
        usage = {"input_tokens": tokens[0], "output_tokens": tokens[1], "total_tokens": sum(tokens)}
    return AIMessage(text, tool_calls=list(calls), usage_metadata=usage, **fields)


def cut_off(*calls: ToolCall, text: str = "") -> AIMessage:
    """An answer that ran into the length limit."""
    return answer(*calls, text=text, response_metadata={"finish_reason": "length"})


@dataclass(frozen=True, slots=True)
class Asked:
    """What the model was sent."""

    messages: list[BaseMessage]
    tools: list[Mapping[str, Any]]
    purpose: str
    choice: str | None


class ScriptedModel:
    """Plays its lines in order; one too many is a fault of the test."""

    label = "scripted"

    def __init__(self, *lines: Line) -> None:
        self.lines = list(lines)
        self.asked: list[Asked] = []

    async def ask(
        self,
        messages: Sequence[BaseMessage],
        *,
        tools: Sequence[Mapping[str, Any]] = (),
        purpose: str,
        choice: str | None = None,
    ) -> AIMessage:
        self.asked.append(Asked(list(messages), list(tools), purpose, choice))
        assert self.lines, f"the model has no line for: {messages[-1].text[:200]}"
        line = self.lines.pop(0)
        if isinstance(line, Exception):
            raise line
        return line if isinstance(line, AIMessage) else line()


@dataclass
class ScriptedCommands:
    """Ends every command as the test says."""

    exit_codes: list[int] = field(default_factory=list)
    """Of the next commands; 0 after these."""
    ran: list[str] = field(default_factory=list)

    async def run(self, argv: str | Sequence[str], **options: Any) -> Outcome:
        command = argv if isinstance(argv, str) else " ".join(argv)
        self.ran.append(command)
        code = self.exit_codes.pop(0) if self.exit_codes else 0
        return Outcome(command, code, False, 0.1, "said", Path("log"))

    async def serve(self, argv: str | Sequence[str], **options: Any) -> Service:
        raise AssertionError("no test of these starts a service")


@dataclass
class ScriptedToolchain:
    """A toolchain with one step a gate; an exit code of 0 is a pass."""

    name: str = "python"
    kinds: tuple[StepKind, ...] = ("lint", "build")
    offered: list[ServiceSpec] = field(default_factory=list)
    missing: tuple[StepKind, ...] = ()
    """Gates whose tool is not installed."""

    def packages(self, root: Path) -> list[Package]:
        return [PACKAGE]

    def steps(self, root: Path, package: Package, kind: StepKind) -> list[Step]:
        if kind in self.missing:
            raise NoToolchain(f"{kind} is not installed.", f"Install {kind}.", source=kind)
        return [Step(kind, "toy", ("toy", kind), package)] if kind in self.kinds else []

    def findings(self, step: Step, outcome: Outcome, root: Path) -> list[Any]:
        return []

    def tests(self, step: Step, outcome: Outcome, root: Path) -> TestRun:
        return TestRun(frozenset({"test_a"}), {})

    def only(self, step: Step, ids: list[str]) -> Step:
        return step

    def is_test(self, path: str) -> bool:
        return path.startswith("tests/")

    def services(self, root: Path, package: Package) -> list[ServiceSpec]:
        return self.offered

    def import_check(self, root: Path, package: Package) -> Step | None:
        return Step("build", "import", ("toy", "import"), package)


@asynccontextmanager
async def no_database() -> AsyncIterator[str]:
    """A database that cannot be had."""
    raise NoDatabase("No database here.", "Start one.", source="postgres")
    yield ""


@dataclass
class Bench:
    """One run's context with what a test looks at."""

    context: Context
    model: ScriptedModel
    commands: ScriptedCommands
    toolchain: ScriptedToolchain
    events: list[Any] = field(default_factory=list)
    stored: list[str] = field(default_factory=list)
    """One entry for each wait until the run's state is stored."""

    @property
    def runtime(self) -> Runtime[Any]:
        return Runtime(context=self.context, stream_writer=self.events.append)

    @property
    def root(self) -> Path:
        return self.context.workspace.root

    def state(self, **more: Any) -> Any:
        """A run that has been accepted and analysed."""
        task = self.context.task.dump()
        analysis = Analysis(summary="An API for users.").dump()
        fresh = {"task": task, "accepted": task, "analysis": analysis, "attempt": 1, "usage": Usage().dump()}
        return {**fresh, "finish": {}, **more}


def make_task(root: Path, **fields: Any) -> Task:
    """A task on this folder."""
    return parse_task({"task_id": "feat-users", "main_task": "Create an API for users", "workspace": root, **fields})


def make_stage(root: Path, commands: ScriptedCommands) -> Stage:
    """A stage without a database."""
    return Stage(
        root=root,
        commands=commands,
        project=ProjectSettings().runtime,
        scratch_database=no_database,
        with_extensions=no_extensions,
        start_s=1.0,
        prepare_s=1.0,
    )


async def make_bench(
    folder: Path,
    *lines: Line,
    files: Mapping[str, str] = FILES,
    task: Mapping[str, Any] | None = None,
    skills: SkillLibrary | None = None,
    servers: McpServers | None = None,
    **settings: Any,
) -> Bench:
    """A project in `folder`, and a context on it; `lines` are what the model says."""
    root, state_dir = folder / "project", folder / "state"
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    chosen = Settings(state_dir=state_dir, **settings)
    commands, toolchain, model = ScriptedCommands(), ScriptedToolchain(), ScriptedModel(*lines)
    workspace = await Workspace.open(
        root, store=MemoryStore(), state_dir=state_dir, run="run", commands=commands, is_test=toolchain.is_test
    )
    index, library = CodeIndex(root, state_dir / "index"), skills or SkillLibrary()
    asked = servers or Servers(local_servers(root, index, library), {}, chosen)
    stage = make_stage(root, commands)
    tools = [
        *workspace_tools(workspace, chosen),
        probe_tool(stage, lambda: next(iter(toolchain.offered), None)),
        code_index_tool(index),
        skill_tool(library),
        *mcp_tools(asked, await asked.tools()),
    ]
    stored: list[str] = []

    async def durable() -> None:
        stored.append("waited")

    context = Context(
        settings=chosen,
        task=make_task(root, **(task or {})),
        project_settings=ProjectSettings(),
        profile=detect(root),
        model=model,
        commands=commands,
        workspace=workspace,
        toolchains=(toolchain,),
        index=index,
        skills=library,
        servers=asked,
        toolbox=Toolbox(tools, workspace.journal, output_chars=chosen.output_chars),
        scratch_database=no_database,
        with_extensions=no_extensions,
        durable=durable,
    )
    return Bench(context, model, commands, toolchain, stored=stored)


class FakeProvider:
    """Hands out one context; remembers who asked and what was given back."""

    def __init__(self, bench: Bench, *failures: Exception | None) -> None:
        self.bench = bench
        self.failures = list(failures)
        """What the next openings raise; None lets one pass."""
        self.options: list[object] = []
        self.released: list[str | None] = []
        """The status of each report that came with a release; None where there was none."""
        self.is_open = False

    async def open(self, raw_task: Any, options: object = None, **_: Any) -> Context:
        self.options.append(options)
        if self.failures and (failure := self.failures.pop(0)) is not None:
            raise failure
        parse_task(raw_task)
        self.is_open = True
        return self.bench.context

    async def release(self, raw_task: Any, report: dict[str, Any] | None = None, **_: Any) -> None:
        self.is_open = False
        self.released.append(report["status"] if report else None)
