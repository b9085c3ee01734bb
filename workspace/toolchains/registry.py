"""All toolchains of a workspace."""

import hashlib
import logging
from functools import partial
from pathlib import Path
from typing import Protocol

from backend_developer.workspace.toolchains.base import Package, Toolchain
from backend_developer.workspace.toolchains.custom import CommandTable, CustomToolchain
from backend_developer.workspace.toolchains.dotnet.toolchain import DotnetToolchain
from backend_developer.workspace.toolchains.dotnet.toolchain import find_packages as dotnet_packages
from backend_developer.workspace.toolchains.go.project import find_packages as go_packages
from backend_developer.workspace.toolchains.go.toolchain import GoToolchain
from backend_developer.workspace.toolchains.make.toolchain import MakeToolchain
from backend_developer.workspace.toolchains.node.packages import find_packages as node_packages
from backend_developer.workspace.toolchains.node.toolchain import NodeToolchain
from backend_developer.workspace.toolchains.python.packages import find_packages as python_packages
from backend_developer.workspace.toolchains.python.project import PythonProject
from backend_developer.workspace.toolchains.python.toolchain import PythonToolchain
from backend_developer.workspace.toolchains.rust.project import find_packages as rust_packages
from backend_developer.workspace.toolchains.rust.toolchain import RustToolchain

logger = logging.getLogger(__name__)


class OwnSettings(Protocol):
    """What of the project's backend-developer.toml concerns the toolchains."""

    @property
    def python(self) -> str | None:
        """The interpreter, absolute or in the workspace."""
        ...

    @property
    def commands(self) -> CommandTable:
        """Commands that replace the toolchains' own."""
        ...


def find_packages(root: Path) -> list[Package]:
    """The projects in a workspace, of every kind that we have a toolchain for."""
    found = (python_packages, node_packages, go_packages, rust_packages, dotnet_packages)
    return [package for packages in found for package in packages(root)]


def toolchains_for(
    root: Path, scratch: Path, settings: OwnSettings | None = None, downloads: Path | None = None
) -> tuple[Toolchain, ...]:
    """The toolchains of the workspace, the project's own commands first, for they win.

    `scratch` is a folder outside the workspace that lasts from one attempt to the next; each workspace has a part of
    it to itself. `downloads` is where the install step keeps what it has fetched; None where there is no such step.
    Raises `NoToolchain` where the project names an interpreter that is missing and that no install step could make.
    Reads the project's files, so in a running loop it belongs on a thread.
    """
    python = settings.python if settings else None
    part = scratch / part_of(root)
    known: list[Toolchain] = [
        PythonToolchain(root, part, python),
        NodeToolchain(root, part),
        GoToolchain(part, scratch / "go-build", downloads),
        RustToolchain(part, downloads),
        DotnetToolchain(part, downloads),
        MakeToolchain(),
    ]
    if settings is not None:
        path = partial(_search_path, root, python)
        if downloads is None:
            # Told before a model is asked; an install step may still make what the project names.
            path()
        known.insert(0, CustomToolchain(settings.commands, path))
    logger.info("toolchains of %s: %s", root, [toolchain.name for toolchain in known])
    return tuple(known)


def part_of(root: Path) -> str:
    """What is a workspace's own among those of all: readable, and different for folders of the same name."""
    digest = hashlib.blake2b(str(root.absolute()).encode("utf-8", "surrogateescape"), digest_size=6).hexdigest()
    return f"{root.name}-{digest}"


def _search_path(root: Path, python: str | None) -> str | None:
    """PATH with the virtualenv of the project in the root first; None where it has none."""
    project = PythonProject(root, Package("python", "."), python)
    return project.interpreter.environment.get("PATH")
