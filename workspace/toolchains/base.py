"""What a toolchain is: how a project of one kind is recognised, linted, built, tested and started."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from backend_developer.contract import Finding
from backend_developer.contract.ports import Outcome

StepKind = Literal["lint", "build", "tests"]


@dataclass(frozen=True, slots=True)
class Package:
    """One unit that is gated by itself: the folder of a manifest."""

    toolchain: str
    root: str
    """Folder relative to the workspace, `.` for the workspace itself."""


@dataclass(frozen=True, slots=True)
class Step:
    """One command of a gate."""

    kind: StepKind
    tool: str
    """The tool whose output it prints: `ruff`, `mypy`, `pytest`; `custom` for a command of the user's own."""
    argv: tuple[str, ...] | str
    """A string goes through the shell."""
    package: Package
    env: Mapping[str, str] = field(default_factory=dict)
    """Values may hold the placeholders of `workspace.toolchains.placeholders`."""
    writable: tuple[Path, ...] = ()
    """Folders outside the workspace that the command writes to: caches and reports."""


@dataclass(frozen=True, slots=True)
class TestRun:
    """What a test command said."""

    __test__ = False

    passed: frozenset[str]
    failed: Mapping[str, Finding]
    """Test id to what went wrong, with file and line."""
    skipped: frozenset[str] = frozenset()
    broken: tuple[Finding, ...] = ()
    """What kept tests from being collected."""
    complete: bool = True
    """Whether it names the tests that passed, too; else a test that is not named may have passed."""

    @property
    def collected(self) -> int:
        """How many tests there were."""
        return len(self.passed) + len(self.failed) + len(self.skipped)


@dataclass(frozen=True, slots=True)
class ServiceSpec:
    """How a service of the project is started."""

    argv: tuple[str, ...] | str
    """`{port}` stands for the port that it is given."""
    package: Package
    framework: str
    env: Mapping[str, str] = field(default_factory=dict)
    """Values may hold the placeholders of `workspace.toolchains.placeholders`, as may `argv` and `prepare`."""
    wants_database: bool = False
    """Whether the project reads a PostgreSQL address from its environment."""
    prepare: tuple[tuple[str, ...], ...] = ()
    """Commands to run before it, such as migrations, with the same `env`."""
    migrates: bool = False
    """Whether `prepare` brings a fresh database up to date."""
    writable: tuple[Path, ...] = ()
    """Folders outside the workspace that it and its preparation write to."""


class Toolchain(Protocol):
    """One kind of project. Everything it says is read from the project's files; it starts nothing itself."""

    @property
    def name(self) -> str:
        """What its packages name as their toolchain."""
        ...

    def packages(self, root: Path) -> list[Package]:
        """The units of this kind in the workspace; empty where it is another kind of project."""
        ...

    def steps(self, root: Path, package: Package, kind: StepKind) -> list[Step]:
        """The commands of a gate, as the project has configured them.

        Raises `NoToolchain` where a configured tool is not installed.
        """
        ...

    def findings(self, step: Step, outcome: Outcome, root: Path) -> list[Finding]:
        """The output of a lint or build step, parsed to file and line."""
        ...

    def tests(self, step: Step, outcome: Outcome, root: Path) -> TestRun:
        """The output of a test step, parsed."""
        ...

    def only(self, step: Step, ids: list[str]) -> Step:
        """The same test step for these tests alone."""
        ...

    def is_test(self, path: str) -> bool:
        """Whether a workspace-relative path is a test by this ecosystem's convention."""
        ...

    def services(self, root: Path, package: Package) -> list[ServiceSpec]:
        """The services that the project can start; the first is the one that the runtime gate starts."""
        ...

    def import_check(self, root: Path, package: Package) -> Step | None:
        """For a library: a command that fails where it cannot be imported."""
        ...
