"""Which folders of a workspace are Python projects."""

import logging
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from backend_developer.workspace.toolchains.base import Package
from backend_developer.workspace.toolchains.files import is_within, walk
from backend_developer.workspace.toolchains.python.manifests import read_toml, table

logger = logging.getLogger(__name__)

NAME = "python"

MANIFESTS = frozenset({"pyproject.toml", "setup.py", "setup.cfg", "manage.py", "requirements.txt", "Pipfile"})

ASIDE = frozenset(
    {"doc", "docs", "example", "examples", "fixtures", "samples", "scripts", "templates", "test", "tests"}
)
"""Folders whose manifests are not projects of their own."""


def find_packages(root: Path) -> list[Package]:
    """The outermost folders with a manifest; the root where there is Python without any; else none.

    A manifest below another one is part of that project, as are those of its documentation and examples. A
    `pyproject.toml` that holds nothing but settings of tools does not make a project where others lie below it.
    """
    files = [path for path in walk(root) if path.endswith(".py") or PurePosixPath(path).name in MANIFESTS]
    folders = _outermost(path for path in files if _is_manifest(root, path))
    if not folders and any(path.endswith((".py", "pyproject.toml")) for path in files):
        folders = ["."]
    logger.info("python projects in %s: %s", root, folders)
    return [Package(toolchain=NAME, root=folder) for folder in folders]


def _is_manifest(root: Path, path: str) -> bool:
    place = PurePosixPath(path)
    if place.name not in MANIFESTS or ASIDE.intersection(place.parts[:-1]):
        return False
    if place.name != "pyproject.toml":
        return True
    fields = read_toml(root / path)
    return any(key in fields for key in ("project", "build-system")) or bool(table(fields, "tool", "poetry"))


def _outermost(manifests: Iterable[str]) -> list[str]:
    folders = sorted({str(PurePosixPath(path).parent) for path in manifests}, key=lambda name: (name != ".", name))
    kept: list[str] = []
    for folder in folders:
        if not any(is_within(folder, other) for other in kept):
            kept.append(folder)
    return kept
