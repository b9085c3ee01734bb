"""What the manifests of a project ask for, in their own words."""

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from packaging.utils import canonicalize_name

from backend_developer.workspace.libraries.node import read_manifest
from backend_developer.workspace.toolchains.files import read_text, walk
from backend_developer.workspace.toolchains.python.manifests import read_toml, table, words

_NAME = re.compile(r"[A-Za-z0-9][\w.-]*")
_NODE_TABLES = ("dependencies", "devDependencies", "peerDependencies", "optionalDependencies")


def asked_for(root: Path) -> Iterator[tuple[str, str, str]]:
    """Name, wording and manifest of each library that a manifest of the workspace asks for."""
    for path in walk(root):
        name = PurePosixPath(path).name
        if name == "pyproject.toml":
            lines = _in_pyproject(root / path)
        elif name.endswith(".txt") and "requirements" in path:
            lines = [line.split(" #")[0].strip() for line in read_text(root / path).splitlines()]
        elif name == "package.json":
            yield from ((one, wording, path) for one, wording in _in_package(root / path))
            continue
        else:
            continue
        for line in lines:
            if found := _NAME.match(line):
                yield canonicalize_name(found[0]), line, path


def _in_pyproject(path: Path) -> list[str]:
    fields = read_toml(path)
    groups = (
        table(fields, "project").get("dependencies"),
        *table(fields, "project", "optional-dependencies").values(),
        *table(fields, "dependency-groups").values(),
    )
    lines = [line for group in groups if isinstance(group, list) for line in group if isinstance(line, str)]
    poetry = table(fields, "tool", "poetry", "dependencies")
    return lines + [f"{name} {' '.join(words(version))}".strip() for name, version in poetry.items()]


def _in_package(path: Path) -> Iterator[tuple[str, str]]:
    fields = read_manifest(path.parent)
    for name in _NODE_TABLES:
        for one, version in table(fields, name).items():
            yield one, f"{one}@{version}"
