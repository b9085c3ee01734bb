"""Programs of compiled languages' tools on PATH, and the part of the scratch folder that is a package's own."""

import os
import shutil
from pathlib import Path

from backend_developer.contract import NoToolchain
from backend_developer.workspace.commands.environment import command_path
from backend_developer.workspace.toolchains.base import Package

DECLARED_HINT = "What the project declares, a run installs by itself with BACKEND_DEVELOPER_INSTALL_DEPENDENCIES=true."
INSTALL_HINT = "With BACKEND_DEVELOPER_INSTALL_DEPENDENCIES=true a run does that by itself."


def find_program(name: str, root: Path) -> Path | None:
    """The program of this name where commands of the project in `root` would find it; None where there is none."""
    found = shutil.which(name, path=command_path(os.environ.get("PATH", os.defpath), root))
    return Path(found) if found else None


def require_program(name: str, root: Path, *, language: str, install: str) -> Path:
    """The same. Raises `NoToolchain` with `install`, the sentence that says how to get it."""
    found = find_program(name, root)
    if found is None:
        raise NoToolchain(
            f"This is a {language} project, and there is no `{name}` on PATH.", install, source=f"toolchain/{name}"
        )
    return found


def folder_of(scratch: Path, package: Package) -> Path:
    """Where a package's by-products go."""
    name = package.root.replace("/", "-")
    return scratch / (package.toolchain if name == "." else f"{package.toolchain}-{name}")
