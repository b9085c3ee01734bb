"""What all commands of a Python project have in common: the interpreter, its environment, the scratch folder."""

import os
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from backend_developer.workspace.toolchains.base import Step, StepKind
from backend_developer.workspace.toolchains.python import probes
from backend_developer.workspace.toolchains.python.project import PythonProject

PROBES = Path(next(iter(probes.__path__)))
REPORT = "BACKEND_DEVELOPER_REPORT"


@dataclass(frozen=True, slots=True)
class Runner:
    """Makes steps of a project; what they leave behind goes to `scratch`, outside of it."""

    project: PythonProject
    scratch: Path
    """A folder for this workspace; caches stay in it from one attempt to the next."""

    def step(self, kind: StepKind, tool: str, argv: tuple[str, ...], env: Mapping[str, str] | None = None) -> Step:
        """A step that runs in the project's folder."""
        return Step(
            kind=kind,
            tool=tool,
            argv=argv,
            package=self.project.package,
            env=self.environment() | dict(env or {}),
            writable=(self.folder,),
        )

    def module(self, name: str, *arguments: str) -> tuple[str, ...]:
        """The arguments that run a module."""
        return (str(self.project.interpreter.python), "-m", name, *arguments)

    @property
    def folder(self) -> Path:
        """The part of the scratch folder that is this project's."""
        name = self.project.package.root.replace("/", "-")
        return self.scratch / ("python" if name == "." else f"python-{name}")

    def environment(self) -> dict[str, str]:
        """The variables of every step: the virtualenv, where modules are found, and no by-products in the project."""
        return {
            **self.project.interpreter.environment,
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONPATH": self.python_path(self.project.source_root),
            "RUFF_CACHE_DIR": str(self.folder / "ruff"),
            "MYPY_CACHE_DIR": str(self.folder / "mypy"),
            "BLACK_CACHE_DIR": str(self.folder / "black"),
            "COVERAGE_FILE": str(self.folder / "coverage"),
            "HYPOTHESIS_STORAGE_DIRECTORY": str(self.folder / "hypothesis"),
        }

    def python_path(self, folder: str) -> str:
        """PYTHONPATH for modules in a folder of the project; its own is where `python -m` looks anyway."""
        return str(PROBES) if folder == "." else f"{PROBES}{os.pathsep}{self.project.folder / folder}"

    def report(self) -> dict[str, str]:
        """Where a test run writes its report: a name that no earlier run has used."""
        return {REPORT: str(self.folder / f"tests-{uuid.uuid4().hex}.jsonl")}

    def django(self) -> dict[str, str]:
        """Variables that keep the project's SQLite databases out of its folder."""
        settings = self.project.django_settings
        if settings is None:
            return {}
        return {
            "DJANGO_SETTINGS_MODULE": "backend_developer_django_settings",
            "BACKEND_DEVELOPER_SETTINGS": settings,
            "BACKEND_DEVELOPER_SQLITE": str(self.folder / "sqlite"),
        }
