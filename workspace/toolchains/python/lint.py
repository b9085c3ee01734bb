"""The linters that a Python project has configured, run as it has configured them.

A linter is configured by its own file or section or by a hook of pre-commit; in a project that configures none in this
way, by being declared as a dependency. One that is not configured is not forced on the project. Where there is none,
the syntax is checked.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from backend_developer.workspace.toolchains.base import Step, StepKind
from backend_developer.workspace.toolchains.python.manifests import read_toml, table
from backend_developer.workspace.toolchains.python.project import PythonProject
from backend_developer.workspace.toolchains.python.run import Runner

logger = logging.getLogger(__name__)

_FOREIGN = ".venv,venv,env,node_modules,build,dist"


@dataclass(frozen=True, slots=True)
class Linter:
    """How one linter is recognised and run."""

    tool: str
    program: str
    arguments: Callable[[Runner], tuple[str, ...]]
    files: tuple[str, ...] = ()
    tables: tuple[tuple[str, ...], ...] = ()
    """Below `[tool]` in pyproject.toml."""
    sections: tuple[tuple[str, str], ...] = ()
    hooks: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    inherits: bool = False
    """Whether it looks for its settings in the folders above as well."""

    def is_configured(self, project: PythonProject) -> bool:
        """Whether the project says how it is to be used."""
        return (
            any(project.has(name) for name in self.files)
            or any(project.has_tool(*keys) for keys in self.tables)
            or any(project.section(*place) is not None for place in self.sections)
            or not project.hooks.isdisjoint(self.hooks)
            or (self.inherits and self._is_configured_above(project))
        )

    def step(self, runner: Runner) -> Step:
        """Its command. Raises `NoToolchain` where it is not installed."""
        program = runner.project.interpreter.program(self.program)
        return runner.step("lint", self.tool, (str(program), *self.arguments(runner)))

    def _is_configured_above(self, project: PythonProject) -> bool:
        for folder in project.folder.parents:
            if not folder.is_relative_to(project.root):
                return False
            fields = read_toml(folder / "pyproject.toml")
            if any((folder / name).is_file() for name in self.files):
                return True
            if any(keys[-1] in table(fields, "tool", *keys[:-1]) for keys in self.tables):
                return True
        return False


def lint_steps(runner: Runner) -> list[Step]:
    """One step a linter.

    Raises `NoToolchain` where a linter is configured and not installed.
    """
    project = runner.project
    chosen = [linter for linter in LINTERS if linter.is_configured(project)]
    chosen = chosen or [linter for linter in LINTERS if not project.declared.isdisjoint(linter.packages)]
    steps = [linter.step(runner) for linter in chosen]
    logger.info("linters of %s: %s", project.folder, [step.tool for step in steps])
    return steps or [compile_step(runner, "lint")]


def compile_step(runner: Runner, kind: StepKind) -> Step:
    """A check that every file compiles, in memory, with the project's interpreter."""
    return runner.step(kind, "compile", runner.module("backend_developer_compile"))


def _flake8(_: Runner) -> tuple[str, ...]:
    return "--format", "%(path)s:%(row)d:%(col)d: %(code)s %(text)s", "--extend-exclude", _FOREIGN


def _mypy(runner: Runner) -> tuple[str, ...]:
    """Its own targets where it is configured with some, else all packages and modules that are not tests."""
    project = runner.project
    options = ["--no-pretty", "--no-color-output", "--no-error-summary", "--hide-error-context", "--show-error-codes"]
    options += ["--cache-dir", str(runner.folder / "mypy")]
    if project.interpreter.beside("mypy") is None:
        options += ["--python-executable", str(project.interpreter.python)]
    settings = {
        **(project.section("setup.cfg", "mypy") or {}),
        **project.tool("mypy"),
        **(project.section(".mypy.ini", "mypy") or {}),
        **(project.section("mypy.ini", "mypy") or {}),
    }
    if any(settings.get(key) for key in ("files", "packages", "modules")):
        return tuple(options)
    return *options, *(_mypy_targets(project) or ["."])


def _mypy_targets(project: PythonProject) -> list[str]:
    if project.source_root != ".":
        return [project.source_root]
    names = (name if (project.folder / name).is_dir() else f"{name}.py" for name in project.top_level)
    return list(names)


LINTERS: tuple[Linter, ...] = (
    Linter(
        tool="ruff",
        program="ruff",
        arguments=lambda _: ("check", "--output-format", "json-lines", "--no-fix", "."),
        files=("ruff.toml", ".ruff.toml"),
        tables=(("ruff",),),
        hooks=("ruff", "ruff-check"),
        packages=("ruff",),
        inherits=True,
    ),
    Linter(
        tool="ruff-format",
        program="ruff",
        arguments=lambda _: ("format", "--check", "."),
        tables=(("ruff", "format"),),
        hooks=("ruff-format",),
        inherits=True,
    ),
    Linter(
        tool="flake8",
        program="flake8",
        arguments=_flake8,
        files=(".flake8",),
        tables=(("flake8",),),
        sections=(("setup.cfg", "flake8"), ("tox.ini", "flake8")),
        hooks=("flake8",),
        packages=("flake8",),
    ),
    Linter(
        tool="black",
        program="black",
        arguments=lambda _: ("--check", "."),
        tables=(("black",),),
        hooks=("black", "black-pre-commit-mirror"),
        packages=("black",),
    ),
    Linter(
        tool="isort",
        program="isort",
        arguments=lambda _: ("--check-only", "--skip-gitignore", "."),
        files=(".isort.cfg",),
        tables=(("isort",),),
        sections=(("setup.cfg", "isort"), ("tox.ini", "isort")),
        hooks=("isort",),
        packages=("isort",),
    ),
    Linter(
        tool="mypy",
        program="mypy",
        arguments=_mypy,
        files=("mypy.ini", ".mypy.ini"),
        tables=(("mypy",),),
        sections=(("setup.cfg", "mypy"),),
        hooks=("mypy",),
        packages=("mypy",),
    ),
)
"""The linters that we know, in the order in which they are shown."""
