"""The commands that a project names in backend-developer.toml; where a gate has some, they are all that it runs."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from backend_developer.contract.ports import Outcome
from backend_developer.workspace.toolchains import text
from backend_developer.workspace.toolchains.base import Package, Step, StepKind, TestRun
from backend_developer.workspace.toolchains.own_commands import OwnCommands

logger = logging.getLogger(__name__)

NAME = "custom"


def _inherited() -> None:
    """PATH as it is."""


class CommandTable(Protocol):
    """The project's own commands; each is a list of command lines, empty where the toolchains decide."""

    @property
    def lint(self) -> Sequence[str]:
        """Commands of the gate lint."""
        ...

    @property
    def build(self) -> Sequence[str]:
        """Commands of the gate build."""
        ...

    @property
    def tests(self) -> Sequence[str]:
        """Commands of the gate tests."""
        ...


@dataclass(frozen=True)
class CustomToolchain(OwnCommands):
    """Runs the project's own commands through the shell, in the workspace's root.

    Their output is read for places and for the names of failed tests, as the common tools print them (`text`). Where it
    has none, the whole command counts as one finding, or as one test.
    """

    commands: CommandTable
    path: Callable[[], str | None] = _inherited
    """PATH for the commands, with the programs of the project's virtualenv first; asked each time, for that may be
    made meanwhile. Raises `NoToolchain` where the interpreter that the project names is missing."""
    name: str = field(default=NAME, init=False)

    def packages(self, root: Path) -> list[Package]:
        """The workspace itself, where there is a command for anything."""
        table = self.commands
        return [Package(NAME, ".")] if table.lint or table.build or table.tests else []

    def steps(self, root: Path, package: Package, kind: StepKind) -> list[Step]:
        """The commands of a gate; empty where the project names none for it.

        Raises `NoToolchain` where the interpreter that the project names is missing.
        """
        commands = {"lint": self.commands.lint, "build": self.commands.build, "tests": self.commands.tests}[kind]
        path = self.path() if commands else None
        env = {"PYTHONDONTWRITEBYTECODE": "1"} | ({"PATH": path} if path else {})
        return [Step(kind=kind, tool=NAME, argv=command, package=package, env=env) for command in commands]

    def tests(self, step: Step, outcome: Outcome, root: Path) -> TestRun:
        """The tests that the output names as failed; else the command itself, as if it were one test."""
        return text.test_run(step, outcome, root, str(step.argv))

    def only(self, step: Step, ids: list[str]) -> Step:
        """The same step: how a command is told to run some tests alone is not known."""
        return step
