"""What pip installs for a Python project: requirements files, the project itself, and lists of pyproject.toml."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from backend_developer.workspace.toolchains.python import manifests
from backend_developer.workspace.toolchains.python.project import PythonProject

logger = logging.getLogger(__name__)

_RUNTIME_FILES = (
    "requirements.txt",
    "requirements/base.txt",
    "requirements/common.txt",
    "requirements/requirements.txt",
)
_DEVELOPMENT = ("dev", "develop", "development", "test", "tests", "testing", "lint", "typing", "ci")
"""What extras, groups and requirements files are called that tests and linters need."""


@dataclass(frozen=True, slots=True)
class Requirements:
    """The arguments of one `pip install`, and what they stand for."""

    files: tuple[str, ...]
    """Requirements files, relative to the project's folder; `runtime` and `development` name what is in them."""
    editable: str | None
    """`.` or `.[dev]` where the project can be built."""
    lines: tuple[str, ...]
    """Requirements on the command line: lists that pip itself cannot read, or not in every version."""
    runtime: frozenset[str]
    """Normalised names of the distributions that it needs to run."""
    development: frozenset[str]
    """Those of what else is installed: for tests and linters."""

    @property
    def arguments(self) -> tuple[str, ...]:
        """For `pip install`; empty where nothing is declared."""
        files = (word for name in self.files for word in ("-r", name))
        return (*files, *(("-e", self.editable) if self.editable else ()), *self.lines)


def requirements_of(project: PythonProject) -> Requirements:
    """Read the project's manifests.

    One without a build backend is no package: what it lists is installed, as uv does it, and not the project.
    """
    runtime_files = next(((name,) for name in _RUNTIME_FILES if project.has(name)), ())
    development_files = tuple(_development_files(project.folder))
    groups = [line for name in _DEVELOPMENT for line in _group(project, name)]
    listed = manifests.words(manifests.table(project.pyproject, "project").get("dependencies"))
    optional = development_extras(project)
    extras = [line for name in optional for line in manifests.words(_extras(project)[name])]
    editable = _editable(project, optional)
    lines = groups if editable else [*listed, *extras, *groups]
    return Requirements(
        files=(*runtime_files, *development_files),
        editable=editable,
        lines=tuple(dict.fromkeys(lines)),
        runtime=manifests.needed(project.folder, project.pyproject) | _names(project.folder, runtime_files),
        development=_names(project.folder, development_files) | manifests.names([*extras, *groups]),
    )


def development_extras(project: PythonProject) -> list[str]:
    """The optional dependencies that tests and linters need, by what they are called."""
    return [name for name in _extras(project) if name in _DEVELOPMENT]


def _editable(project: PythonProject, extras: Iterable[str]) -> str | None:
    if "build-system" not in project.pyproject and not project.has("setup.py"):
        return None
    names = ",".join(extras)
    return f".[{names}]" if names else "."


def _extras(project: PythonProject) -> manifests.Table:
    return manifests.table(project.pyproject, "project", "optional-dependencies")


def _group(project: PythonProject, name: str, seen: frozenset[str] = frozenset()) -> Iterator[str]:
    """A dependency group with those that it includes (PEP 735)."""
    entries = manifests.table(project.pyproject, "dependency-groups").get(name)
    for entry in entries if isinstance(entries, list) and name not in seen else ():
        if isinstance(entry, str):
            yield entry
        elif isinstance(entry, Mapping) and isinstance(entry.get("include-group"), str):
            yield from _group(project, entry["include-group"], seen | {name})


def _development_files(folder: Path) -> Iterator[str]:
    for word in _DEVELOPMENT:
        for name in (
            f"requirements-{word}.txt",
            f"requirements_{word}.txt",
            f"{word}-requirements.txt",
            f"{word}_requirements.txt",
            f"requirements/{word}.txt",
        ):
            if (folder / name).is_file():
                yield name


def _names(folder: Path, files: Iterable[str]) -> frozenset[str]:
    return manifests.names(manifests.requirement_lines([folder / name for name in files]))
