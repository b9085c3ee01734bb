"""The facts about one Python project, read once from its files."""

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

from backend_developer.workspace.toolchains.base import Package
from backend_developer.workspace.toolchains.files import read_text, walk
from backend_developer.workspace.toolchains.python import manifests
from backend_developer.workspace.toolchains.python.conventions import TestConvention
from backend_developer.workspace.toolchains.python.interpreter import Interpreter, find_interpreter

logger = logging.getLogger(__name__)

_PYTEST_SECTIONS = (
    ("pytest.ini", "pytest"),
    (".pytest.ini", "pytest"),
    ("tox.ini", "pytest"),
    ("setup.cfg", "tool:pytest"),
)
_PYTEST_CODE = re.compile(r"^(?:import pytest|from pytest\b|(?:async )?def test_)", re.MULTILINE)
_SETTINGS_MODULE = re.compile(r"""DJANGO_SETTINGS_MODULE["']\s*,\s*["']([\w.]+)["']""")


@dataclass(frozen=True)
class PythonProject:
    """One Python project of a workspace; its files are read when they are first asked for."""

    root: Path
    """The workspace."""
    package: Package
    python: str | None = None
    """The interpreter, where the project sets one."""

    @property
    def folder(self) -> Path:
        """The project's folder, in which its commands run."""
        return self.root / self.package.root

    @cached_property
    def pyproject(self) -> manifests.Table:
        """Its pyproject.toml."""
        return manifests.read_toml(self.folder / "pyproject.toml")

    def tool(self, *keys: str) -> manifests.Table:
        """A table below `[tool]`."""
        return manifests.table(self.pyproject, "tool", *keys)

    def has_tool(self, *keys: str) -> bool:
        """Whether there is such a table below `[tool]`, be it empty."""
        return keys[-1] in self.tool(*keys[:-1])

    @cached_property
    def _ini(self) -> Mapping[str, Mapping[str, Mapping[str, str]]]:
        names = ("setup.cfg", "tox.ini", "pytest.ini", ".pytest.ini", "mypy.ini", ".mypy.ini", ".flake8")
        return {name: manifests.read_ini(self.folder / name) for name in names if self.has(name)}

    def section(self, file: str, name: str) -> Mapping[str, str] | None:
        """A section of one of its INI files; None where there is none."""
        return self._ini.get(file, {}).get(name)

    def has(self, name: str) -> bool:
        """Whether its folder has such a file."""
        return (self.folder / name).is_file()

    @cached_property
    def declared(self) -> frozenset[str]:
        """The normalised names of the distributions it asks for."""
        return manifests.declared(self.folder, self.pyproject)

    @cached_property
    def hooks(self) -> frozenset[str]:
        """The ids of its pre-commit hooks."""
        return manifests.hooks(self.folder)

    @cached_property
    def interpreter(self) -> Interpreter:
        """What runs it."""
        needed = manifests.needed(self.folder, self.pyproject) | ({"pytest"} if self.uses_pytest else set())
        return find_interpreter(self.root, self.package.root, needed, self.python)

    @cached_property
    def files(self) -> tuple[str, ...]:
        """Its Python files, relative to its folder."""
        base = PurePosixPath(self.package.root)
        found = walk(self.root, self.package.root)
        return tuple(str(PurePosixPath(path).relative_to(base)) for path in found if path.endswith(".py"))

    @cached_property
    def convention(self) -> TestConvention:
        """Which of its files are tests."""
        testpaths, python_files = self.pytest_setting("testpaths"), self.pytest_setting("python_files")
        return TestConvention.of(testpaths, python_files, django=self.is_django)

    @cached_property
    def sources(self) -> tuple[str, ...]:
        """Its Python files that are no tests, relative to its folder."""
        return tuple(path for path in self.files if not self.convention.holds(path))

    @cached_property
    def test_files(self) -> tuple[str, ...]:
        """Its Python files that are tests, relative to its folder."""
        return tuple(path for path in self.files if self.convention.holds(path))

    def text(self, path: str) -> str:
        """The text of one of its files."""
        return read_text(self.folder / path)

    def pytest_setting(self, name: str) -> list[str]:
        """A setting of pytest that is a list of words; empty where it is not set."""
        sections = [found for place in _PYTEST_SECTIONS if (found := self.section(*place)) is not None]
        tables = [self.tool("pytest", "ini_options"), self.tool("pytest"), *sections]
        return next((manifests.words(found[name]) for found in tables if name in found), [])

    @cached_property
    def uses_pytest(self) -> bool:
        """Whether pytest is configured, declared or used; functions named test_* outside a class are pytest's too."""
        if any(self.section(file, name) is not None for file, name in _PYTEST_SECTIONS) or self.has_tool("pytest"):
            return True
        if "pytest" in self.declared or any(PurePosixPath(path).name == "conftest.py" for path in self.files):
            return True
        return any(_PYTEST_CODE.search(self.text(path)) for path in self.test_files)

    @property
    def is_django(self) -> bool:
        """Whether it has Django's manage.py."""
        return self.has("manage.py")

    @cached_property
    def django_settings(self) -> str | None:
        """The settings module that manage.py falls back to."""
        found = _SETTINGS_MODULE.search(self.text("manage.py"))
        return found[1] if found else None

    @property
    def source_root(self) -> str:
        """The folder from which its modules are imported, relative to its own: `src` or `.`."""
        return "src" if any(path.startswith("src/") for path in self.files) and not self.has("src/__init__.py") else "."

    @cached_property
    def top_level(self) -> list[str]:
        """The names of the packages and modules that it offers for import."""
        found: dict[str, None] = {}
        for path in self.sources:
            parts = PurePosixPath(path).parts
            if self.source_root != ".":
                if parts[0] != self.source_root:
                    continue
                parts = parts[1:]
            name = self._importable(parts)
            if name:
                found[name] = None
        return sorted(found)

    def _importable(self, parts: tuple[str, ...]) -> str | None:
        if len(parts) == 1:
            name = parts[0].removesuffix(".py")
            return None if name in {"setup", "manage", "noxfile", "__init__", "__main__"} else _identifier(name)
        has_init = (self.folder / self.source_root / parts[0] / "__init__.py").is_file()
        return _identifier(parts[0]) if has_init else None


def _identifier(name: str) -> str | None:
    return name if name.isidentifier() else None
