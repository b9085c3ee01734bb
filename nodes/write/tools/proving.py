"""The tool that asks the running service: `probe`."""

import asyncio
from collections.abc import Callable
from typing import Any

from backend_developer.nodes.write.tools.tool import Tool, ToolAnswer, ToolArgs
from backend_developer.workspace.install import Installer
from backend_developer.workspace.services import Check, Stage, probe
from backend_developer.workspace.toolchains.base import ServiceSpec


class ProbeArgs(ToolArgs):
    """Arguments of `probe`."""

    checks: list[Check]


def probe_tool(
    stage: Stage, choose: Callable[[], ServiceSpec | None], installer: Installer | None = None
) -> Tool[ProbeArgs]:
    """`probe(checks)`: starts the service, plays the requests, shows answers and log, stops it.

    `choose` finds the service by the project's present files; it reads the disk. What these ask for by now is
    installed first, where the user wants that.
    """

    async def run(args: ProbeArgs, call_id: str) -> ToolAnswer:
        if installer and (failure := await installer.refresh()):
            return ToolAnswer(failure.finding().message, ok=False)
        spec = await asyncio.to_thread(choose)
        checks: list[Any] = [check.model_dump(mode="json", exclude_unset=True) for check in args.checks]
        return ToolAnswer(await probe(checks, spec, stage))

    return Tool("probe", ProbeArgs, run)
