"""Which programs of the toolchains are installed."""

import os
import re
import shutil
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from backend_developer.interfaces.doctor.check import Check, Probe, Surroundings

_VERSION = re.compile(r"\d+(?:\.\d+)+\S*")


@dataclass(frozen=True, slots=True)
class Tool:
    """A program and what it is needed for."""

    name: str
    needed_for: str
    install: str
    arguments: tuple[str, ...] = ("--version",)


TOOLS = (
    Tool("git", "reading what a project ignores", "Install git with the system's package manager."),
    Tool("python3", "Python projects", "Install Python 3.11 or later with the system's package manager."),
    Tool("ruff", "Python projects that are linted with it", "pip install ruff, in the project's virtualenv."),
    Tool("mypy", "Python projects that are typed with it", "pip install mypy, in the project's virtualenv."),
    Tool("pytest", "Python projects that are tested with it", "pip install pytest, in the project's virtualenv."),
    Tool("node", "JavaScript and TypeScript projects", "Install Node.js 20 or later."),
    Tool("npm", "JavaScript and TypeScript projects", "It comes with Node.js."),
    Tool("go", "Go projects", "Install Go.", ("version",)),
    Tool("cargo", "Rust projects", "Install Rust with rustup."),
    Tool("dotnet", ".NET projects", "Install the .NET SDK."),
    Tool("rg", "faster text search", "Install ripgrep with the system's package manager; without it Python searches."),
)


def probes() -> tuple[Probe, ...]:
    """One probe a tool; none is essential, as a run needs only those of its project."""
    return tuple(Probe(tool.name, _looker(tool), limit_s=15.0) for tool in TOOLS)


def _looker(tool: Tool) -> Callable[[Surroundings], Awaitable[Check]]:
    async def look(surroundings: Surroundings) -> Check:
        path = _find(tool.name)
        if path is None:
            return Check(tool.name, "missing", f"not found; needed for {tool.needed_for}", tool.install)
        outcome = await surroundings.commands.run([path, *tool.arguments], timeout_s=10.0)
        version = _VERSION.search(outcome.output)
        if not outcome.ok or version is None:
            return Check(tool.name, "warning", f"{path} does not say its version", f"Reinstall it. {tool.install}")
        return Check(tool.name, "ok", f"{version[0]} ({path})")

    return look


def _find(name: str) -> str | None:
    # The virtualenv that this program runs in need not be on PATH.
    beside = str(Path(sys.executable).parent)
    return shutil.which(name) or shutil.which(name, path=os.pathsep.join([beside, os.defpath]))
