"""Which folders of a workspace are Node projects, and what their manifests say."""

import json
import logging
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from backend_developer.workspace.toolchains.base import Package
from backend_developer.workspace.toolchains.files import read_text, walk

logger = logging.getLogger(__name__)

NAME = "node"
MANIFEST = "package.json"

ASIDE = frozenset(
    {"__fixtures__", "__mocks__", "doc", "docs", "example", "examples", "fixtures", "samples", "templates"}
    | {"__tests__", "test", "tests"}
)
"""Folders whose manifests are not projects of their own."""


def find_packages(root: Path) -> list[Package]:
    """Every folder with a package.json, each gated by itself.

    A manifest that only holds workspaces together, without a script, is passed over, as is one that does nothing but
    set the module system of a folder (`{"type": "module"}`).
    """
    places = [PurePosixPath(path) for path in walk(root)]
    folders = [
        str(place.parent)
        for place in places
        if place.name == MANIFEST and not ASIDE.intersection(place.parts) and _is_project(root, place)
    ]
    logger.info("node projects in %s: %s", root, folders)
    return [Package(toolchain=NAME, root=folder) for folder in folders]


def read_manifest(folder: Path) -> dict[str, Any]:
    """The folder's package.json; empty where there is none or it is broken."""
    text = read_text(folder / MANIFEST)
    if not text:
        return {}
    try:
        fields = json.loads(text)
    except json.JSONDecodeError as error:
        logger.warning("%s is not valid JSON: %s", folder / MANIFEST, error)
        return {}
    return fields if isinstance(fields, dict) else {}


def texts(fields: Mapping[str, Any], key: str) -> dict[str, str]:
    """A table of texts in a manifest, such as `scripts`; empty where it is something else."""
    table = fields.get(key)
    if not isinstance(table, Mapping):
        return {}
    return {name: value for name, value in table.items() if isinstance(value, str)}


def _is_project(root: Path, place: PurePosixPath) -> bool:
    folder = root / place.parent
    fields = read_manifest(folder)
    if texts(fields, "scripts"):
        return True
    if "workspaces" in fields or (folder / "pnpm-workspace.yaml").is_file():
        return False
    return not fields.keys() <= {"type", "private", "sideEffects"} or place.parent == PurePosixPath(".")
