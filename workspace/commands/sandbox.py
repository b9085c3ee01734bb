"""Whether commands can be held inside the workspace on this machine: tried, not believed."""

import asyncio
import logging
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from backend_developer.contract import CallFailed, Settings
from backend_developer.workspace.commands.launch import Order
from backend_developer.workspace.commands.output import read_output
from backend_developer.workspace.commands.process import Supervised
from backend_developer.workspace.commands.supervisor import landlock

logger = logging.getLogger(__name__)

_TRIAL = Path(__file__).parent / "supervisor" / "trial.py"
_TRIAL_S = 20.0
_NAMES = {
    "create": "creating and writing files outside the workspace",
    "link": "writing through a link that leads out",
    "truncate": "truncating files outside",
    "move": "moving files in from outside",
    "mode": "changing the mode and owner of files outside",
    "signal": "signalling the agent and other processes",
    "environment": "reading the agent's environment and memory",
}
_NEVER_HELD = ("reading files outside the workspace", "the network and unix sockets")
_NEEDED = ("create", "link")
_OFF = "Unset BACKEND_DEVELOPER_SANDBOX, or set it to auto, to hold commands inside the workspace."
_ENABLE = "Run on Linux 5.13 or later with Landlock (`lsm=landlock,...` on the kernel's command line)."
_NEWER = "Linux 6.12 or later also keeps commands from signalling other processes."


@dataclass(frozen=True, slots=True)
class SandboxReport:
    """What holds on this machine."""

    kind: Literal["landlock", "none"]
    abi: int = 0
    """Landlock's version in the kernel; 0 where there is none."""
    holds: list[str] = field(default_factory=list)
    does_not_hold: list[str] = field(default_factory=list)
    advice: str = ""
    """How to get the better one; empty where nothing is to be done."""


_reports: dict[str, SandboxReport] = {}


async def probe_sandbox(settings: Settings) -> SandboxReport:
    """Try a held command for real, once per process; what it could and could not do.

    Where it is not held, commands run without a sandbox, and the log says so once.
    """
    if (known := _reports.get(settings.sandbox)) is not None:
        return known
    report = _unheld(_OFF) if settings.sandbox == "off" else await _probe()
    if settings.sandbox in _reports:
        return _reports[settings.sandbox]
    _reports[settings.sandbox] = report
    if report.kind == "none":
        logger.warning("commands are not held inside the workspace. %s", report.advice)
    else:
        logger.info("kind=%s abi=%d holds=%s", report.kind, report.abi, report.holds)
    return report


async def _probe() -> SandboxReport:
    abi = landlock.abi()
    if not abi:
        return _unheld(_ENABLE)
    base = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="bd-trial-"))
    try:
        passed = await _try_out(base)
    except (CallFailed, OSError) as error:
        return _unheld(f"Landlock is there but fails: {error}")
    finally:
        await asyncio.to_thread(shutil.rmtree, base, ignore_errors=True)
    return judge(abi, passed)


def judge(abi: int, passed: set[str]) -> SandboxReport:
    """The report, from the names of the trials that the sandbox let pass."""
    if "inside" not in passed:
        return _unheld("Landlock is there but does not let commands write inside the workspace either.")
    if passed & {*_NEEDED}:
        return _unheld(f"Landlock is there but does not hold {_NAMES['create']}. {_ENABLE}")
    return SandboxReport(
        kind="landlock",
        abi=abi,
        holds=[text for name, text in _NAMES.items() if name not in passed],
        does_not_hold=[*(text for name, text in _NAMES.items() if name in passed), *_NEVER_HELD],
        advice=_NEWER if "signal" in passed else "",
    )


def _unheld(advice: str) -> SandboxReport:
    return SandboxReport(kind="none", does_not_hold=[*_NAMES.values(), *_NEVER_HELD], advice=advice)


async def _try_out(base: Path) -> set[str]:
    inside, outside = await asyncio.to_thread(_set_up, base)
    order = Order(
        argv=[sys.executable, "-I", "-S", str(_TRIAL), str(outside), str(os.getpid())],
        root=inside,
        logs=base / "logs",
        cwd=inside,
        limit_s=_TRIAL_S,
        held=True,
    )
    supervised = Supervised(order)
    try:
        await supervised.start()
        ending = await supervised.wait(_TRIAL_S)
    finally:
        await supervised.close()
    said = await asyncio.to_thread(read_output, supervised.launched.log, 2000)
    if ending.exit_code != 0:
        raise CallFailed(f"the trial ended with exit code {ending.exit_code}: {said}")
    return set(said.split())


def _set_up(base: Path) -> tuple[Path, Path]:
    inside, outside = base / "inside", base / "outside"
    for folder in (inside, outside):
        folder.mkdir()
    for name in ("kept", "moved"):
        (outside / name).write_text("x")
    (inside / "link").symlink_to(outside)
    return inside, outside
