"""What a project of any kind declares that it depends on, by the names of its registry in lower case."""

import json
import logging
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path, PurePosixPath

from backend_developer.workspace.toolchains.files import read_text
from backend_developer.workspace.toolchains.python import manifests

logger = logging.getLogger(__name__)

_GO_REQUIRE = re.compile(r"^\s*(?:require\s+)?([\w.-]+\.[\w.-]+/[\w./-]+)\s+v\d", re.MULTILINE)
_GO_MAJOR = re.compile(r"/v\d+$")
_DOTNET = re.compile(r"<(?:PackageReference|FrameworkReference)[^>]*\bInclude=\"([^\"]+)\"|<Project\s+Sdk=\"([^\"]+)\"")


def dependencies(root: Path, files: Iterable[str]) -> set[str]:
    """What all manifests among the files name; a broken manifest names nothing."""
    found: set[str] = set()
    python = set()
    for path in files:
        place = PurePosixPath(path)
        if read := _READERS.get(place.name) or _READERS.get(place.suffix):
            found |= {name.lower() for name in read(read_text(root / path))}
        elif _is_python(place):
            python.add(str(place.parent.parent if place.parent.name == "requirements" else place.parent))
    for folder in python:
        found |= manifests.declared(root / folder, manifests.read_toml(root / folder / "pyproject.toml"))
    logger.info("%d dependencies in %s", len(found), root)
    return found


def _is_python(place: PurePosixPath) -> bool:
    if place.name in {"pyproject.toml", "setup.cfg", "setup.py", "Pipfile"}:
        return True
    return place.suffix == ".txt" and ("requirements" in place.name or place.parent.name == "requirements")


def _package_json(text: str) -> list[str]:
    try:
        fields = json.loads(text)
    except json.JSONDecodeError as error:
        logger.warning("a package.json is not valid JSON: %s", error)
        return []
    tables = (fields.get(key) for key in ("dependencies", "devDependencies", "peerDependencies"))
    return [name for table in tables if isinstance(table, Mapping) for name in table]


def _go_mod(text: str) -> list[str]:
    return [_GO_MAJOR.sub("", name) for name in _GO_REQUIRE.findall(text)]


def _cargo_toml(text: str) -> list[str]:
    fields = manifests.parse_toml(text)
    workspace = manifests.table(fields, "workspace")
    tables = (
        manifests.table(place, key) for place in (fields, workspace) for key in ("dependencies", "dev-dependencies")
    )
    return [name for table in tables for name in table]


def _project_file(text: str) -> list[str]:
    return [name or sdk for name, sdk in _DOTNET.findall(text)]


_READERS: dict[str, Callable[[str], list[str]]] = {
    "package.json": _package_json,
    "go.mod": _go_mod,
    "Cargo.toml": _cargo_toml,
    ".csproj": _project_file,
    ".fsproj": _project_file,
}
