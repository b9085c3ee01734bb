"""What a node can reach: the run's side effects, handed in as `runtime.context`."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from langgraph.store.base import BaseStore

from backend_developer.contract import Settings, Task
from backend_developer.contract.ports import ChatModel, Commands, McpServers
from backend_developer.contract.state import State
from backend_developer.mcp_servers.catalog import CODE_INDEX, CONTEXT7, PG_AIGUIDE
from backend_developer.nodes.write.tools import Toolbox
from backend_developer.prompts.library import SkillLibrary
from backend_developer.workspace.index import CodeIndex
from backend_developer.workspace.install import Installer
from backend_developer.workspace.postgres.extensions import WithExtensions
from backend_developer.workspace.profile import Profile
from backend_developer.workspace.project_settings import ProjectSettings
from backend_developer.workspace.toolchains.base import Toolchain
from backend_developer.workspace.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class Context:
    """All that one run works with; opened by the graph's provider, closed when the run has reported."""

    settings: Settings
    task: Task
    project_settings: ProjectSettings
    profile: Profile
    model: ChatModel
    commands: Commands
    workspace: Workspace
    toolchains: tuple[Toolchain, ...]
    index: CodeIndex
    skills: SkillLibrary
    toolbox: Toolbox
    servers: McpServers
    scratch_database: Callable[[], AbstractAsyncContextManager[str]]
    """A fresh PostgreSQL database for a service under test; yields its address."""
    with_extensions: WithExtensions
    """Has it brought by another PostgreSQL what the one for those databases lacks, if it can."""
    durable: Callable[[], Awaitable[None]]
    """Returns once all that the run has done so far is stored, so that what follows may touch the project."""
    installer: Installer | None = None
    """None where dependencies are not to be installed."""
    store: BaseStore | None = None
    """Where what runs learn is kept, if the host gives none."""

    def required_servers(self, state: State) -> set[str]:
        """The MCP servers that this task may not do without.

        The code index always, pg-aiguide for a database, context7 for a framework; and whichever the task names.
        """
        analysis = state.get("analysis") or {}
        words = " ".join([self.task.main_task, *self.task.extras, *self.task.requirements]).casefold()
        needed = {CODE_INDEX: True, PG_AIGUIDE: analysis.get("database"), CONTEXT7: self.profile.frameworks}
        return {name for name in needed if needed[name] or name in words}
