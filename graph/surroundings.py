"""Puts together what one run works with, each part closed with the run."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage
from langgraph.store.base import BaseStore

from backend_developer.contract import NoModel, Settings, Task
from backend_developer.contract.ports import ChatModel, McpServers, McpTool
from backend_developer.graph.lock import workspace_lock
from backend_developer.graph.model import open_model
from backend_developer.graph.runs import thread_id
from backend_developer.graph.store import open_store
from backend_developer.mcp_servers.client import Servers, load_servers, open_servers
from backend_developer.mcp_servers.client.configuration import PROJECT_FILE
from backend_developer.mcp_servers.local import local_servers
from backend_developer.nodes.context import Context
from backend_developer.nodes.write.tools import Toolbox, workspace_tools
from backend_developer.nodes.write.tools.knowledge import code_index_tool, skill_tool
from backend_developer.nodes.write.tools.mcp import mcp_tools
from backend_developer.nodes.write.tools.proving import probe_tool
from backend_developer.prompts.library import SkillLibrary, library_of
from backend_developer.workspace.commands import Executor
from backend_developer.workspace.index import CodeIndex
from backend_developer.workspace.install import Installer, downloads_in
from backend_developer.workspace.journal import MemoryStore, PostgresStore, Store
from backend_developer.workspace.postgres import Pool, ScratchDatabases
from backend_developer.workspace.profile import Profile, detect
from backend_developer.workspace.project_settings import ProjectSettings, load_project_settings
from backend_developer.workspace.services import Stage, choose_service
from backend_developer.workspace.toolchains import toolchains_for
from backend_developer.workspace.toolchains.base import Toolchain
from backend_developer.workspace.workspace import Workspace

logger = logging.getLogger(__name__)

Durable = Callable[[], Awaitable[None]]


async def at_once() -> None:
    """For a host's own saver, whose writes cannot be waited for; the journal alone guards the edits then."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a project's files say about it."""

    root: Path
    project: ProjectSettings
    profile: Profile
    toolchains: tuple[Toolchain, ...]

    @classmethod
    def at(cls, root: Path, settings: Settings) -> "Look":
        """Read them; blocks. Raises `WorkspaceUnusable`, and `InvalidSettings` for the project's own."""
        root = Workspace.check_usable(root)
        project = load_project_settings(root)
        # Not the cache that every command may write to: the model's could plant results there that a gate believes.
        scratch = settings.state_dir / "gates"
        downloads = downloads_in(settings.state_dir) if settings.install_dependencies else None
        return cls(root, project, detect(root), toolchains_for(root, scratch, project, downloads))

    def is_test(self, path: str) -> bool:
        """Whether a path is a test by the convention of any of the toolchains."""
        return any(toolchain.is_test(path) for toolchain in self.toolchains)


class Unasked:
    """Stands where a model would: the gates alone ask none."""

    label = "no model"

    async def ask(
        self,
        messages: Sequence[BaseMessage],
        *,
        tools: Sequence[Mapping[str, Any]] = (),
        purpose: str,
        choice: str | None = None,
    ) -> AIMessage:
        """Raises `NoModel`."""
        raise NoModel("The gates alone run without a model.", "Hand over a task with `backend-developer run`.")


async def open_context(
    task: Task, settings: Settings, pool: Pool, dsn: str, durable: Durable, stack: AsyncExitStack
) -> Context:
    """All that a run's nodes reach, its workspace locked and mended; what is opened is closed with the stack.

    Raises the `Blocked` that says what is missing, and `InvalidSettings` for the project's own.
    """
    look = await asyncio.to_thread(Look.at, task.workspace, settings)
    model = await open_model(settings)
    stack.push_async_callback(model.aclose)
    hold = await stack.enter_async_context(workspace_lock(dsn, look.root, task.task_id, settings.state_dir / "locks"))
    workspace = await open_workspace(look, settings, await PostgresStore.open(pool), task.task_id)
    recovery = await workspace.recover()
    logger.info("recovered %d writes, took back %d", len(recovery.redone), len(recovery.undone))

    async def safe_to_touch() -> None:
        hold.check()
        await durable()

    known = await _know(look, settings, thread_id(look.root, task.task_id), pool, stack)
    scratch = ScratchDatabases(settings, task.task_id)
    stack.push_async_callback(scratch.aclose)
    return await asyncio.to_thread(_assemble, task, settings, look, workspace, model, safe_to_touch, known, scratch)


@asynccontextmanager
async def open_trial_context(root: Path, settings: Settings) -> AsyncIterator[Context]:
    """What the gates reach when they run alone: no model, no lock, nothing kept. Raises as `open_context` does."""
    task = Task(task_id="gates", main_task="Run the gates.", workspace=root)
    look = await asyncio.to_thread(Look.at, root, settings)
    workspace = await open_workspace(look, settings, MemoryStore(), task.task_id)
    skills = await asyncio.to_thread(library_of, look.root, settings.skill_dirs)
    async with AsyncExitStack() as stack:
        index = CodeIndex(look.root, settings.state_dir / "index")
        stack.push_async_callback(asyncio.to_thread, index.close)
        scratch = ScratchDatabases(settings, task.task_id)
        stack.push_async_callback(scratch.aclose)
        known = Known(index, skills, Servers(local_servers(look.root, index, skills), {}, settings), [])
        yield await asyncio.to_thread(_assemble, task, settings, look, workspace, Unasked(), at_once, known, scratch)


async def open_workspace(look: Look, settings: Settings, store: Store, task_id: str) -> Workspace:
    """The workspace of a run, with the executor for its commands; takes no lock."""
    run = thread_id(look.root, task_id)
    logs = settings.state_dir / "runs" / run / "logs"
    return await Workspace.open(
        look.root,
        store=store,
        state_dir=settings.state_dir,
        run=run,
        commands=Executor(look.root, logs, settings, settings.state_dir / "cache"),
        is_test=look.is_test,
        # What the agent writes there would be started outside the workspace's hold by the next run.
        protected=[*look.project.guard.protected, *([PROJECT_FILE] if settings.trust_project_mcp else [])],
    )


@dataclass(frozen=True, slots=True)
class Known:
    """Where a run looks things up."""

    index: CodeIndex
    skills: SkillLibrary
    servers: McpServers
    offered: list[McpTool]
    store: BaseStore | None = None
    """What earlier runs learned; the gates alone need none of it."""


async def _know(look: Look, settings: Settings, run: str, pool: Pool, stack: AsyncExitStack) -> Known:
    """Open index, skills, MCP servers and what was learned. Raises `InvalidSettings` for a wrong file of servers."""
    specs = await asyncio.to_thread(load_servers, look.root, settings)
    index = CodeIndex(look.root, settings.state_dir / "index")
    stack.push_async_callback(asyncio.to_thread, index.close)
    skills = await asyncio.to_thread(library_of, look.root, settings.skill_dirs)
    talks = Executor(look.root, settings.state_dir / "runs" / run / "mcp", settings, settings.state_dir / "mcp-cache")
    local = local_servers(look.root, index, skills)
    servers = await stack.enter_async_context(open_servers(look.root, local, specs, talks, settings))
    store = await stack.enter_async_context(open_store(pool))
    return Known(index, skills, servers, await servers.tools(), store)


def _assemble(
    task: Task,
    settings: Settings,
    look: Look,
    workspace: Workspace,
    model: ChatModel,
    durable: Durable,
    known: Known,
    scratch: ScratchDatabases,
) -> Context:
    """Blocks: the tools' texts are read."""
    stage = Stage.of(
        look.root, workspace.commands, look.project.runtime, scratch.fresh, scratch.with_extensions, settings
    )
    installer = _installer(look, settings, workspace)
    tools = [
        *workspace_tools(workspace, settings, max_lines=look.project.house_rules.max_lines),
        probe_tool(stage, partial(choose_service, look.root, look.toolchains, look.project), installer),
        code_index_tool(known.index),
        skill_tool(known.skills),
        *mcp_tools(known.servers, known.offered),
    ]
    return Context(
        settings=settings,
        task=task,
        project_settings=look.project,
        profile=look.profile,
        model=model,
        commands=workspace.commands,
        workspace=workspace,
        toolchains=look.toolchains,
        index=known.index,
        skills=known.skills,
        servers=known.servers,
        toolbox=Toolbox(tools, workspace.journal, output_chars=settings.output_chars),
        scratch_database=scratch.fresh,
        with_extensions=scratch.with_extensions,
        durable=durable,
        installer=installer,
        store=known.store,
    )


def _installer(look: Look, settings: Settings, workspace: Workspace) -> Installer | None:
    if not settings.install_dependencies:
        return None
    return Installer(look.root, workspace.commands, settings, look.project.python)
