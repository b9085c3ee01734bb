"""What the model can do: the tools on the workspace, and the box that any other tool is put into beside them."""

from typing import Any

from backend_developer.contract import Settings
from backend_developer.nodes.write.tools.editing import editing_tools
from backend_developer.nodes.write.tools.reading import reading_tools
from backend_developer.nodes.write.tools.searching import searching_tools
from backend_developer.nodes.write.tools.shell import shell_tools
from backend_developer.nodes.write.tools.tool import Tool, ToolAnswer, ToolArgs
from backend_developer.nodes.write.tools.toolbox import Toolbox
from backend_developer.workspace.workspace import Workspace

__all__ = ["Tool", "ToolAnswer", "ToolArgs", "Toolbox", "workspace_tools"]


def workspace_tools(workspace: Workspace, settings: Settings, *, max_lines: int = 300) -> list[Tool[Any]]:
    """The eight tools that work on the project: read, list, glob, grep, edit, write, delete, bash."""
    return [
        *reading_tools(workspace, output_chars=settings.output_chars),
        *searching_tools(workspace),
        *editing_tools(workspace, max_lines=max_lines),
        *shell_tools(workspace, settings),
    ]
