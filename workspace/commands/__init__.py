"""The one executor: commands of the project under work, held, limited and swept."""

from backend_developer.workspace.commands.executor import Executor
from backend_developer.workspace.commands.output import read_output
from backend_developer.workspace.commands.sandbox import SandboxReport, probe_sandbox
from backend_developer.workspace.commands.service import RunningService

__all__ = ["Executor", "RunningService", "SandboxReport", "probe_sandbox", "read_output"]
