"""The Python toolchain: each question is answered by the module that knows."""

import logging
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from backend_developer.contract import Finding
from backend_developer.contract.ports import Outcome
from backend_developer.workspace.toolchains import output
from backend_developer.workspace.toolchains.base import Package, ServiceSpec, Step, StepKind, TestRun
from backend_developer.workspace.toolchains.files import is_within
from backend_developer.workspace.toolchains.python import build, lint, parse, services, testing
from backend_developer.workspace.toolchains.python.conventions import TestConvention
from backend_developer.workspace.toolchains.python.packages import NAME, find_packages
from backend_developer.workspace.toolchains.python.project import PythonProject
from backend_developer.workspace.toolchains.python.run import Runner

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class PythonToolchain:
    """Python projects of the workspace `root`.

    `scratch` is a folder outside the workspace for caches and reports; `python` the interpreter, where the project
    sets one. Which files are tests is read once, from the project as it is now.
    """

    root: Path
    scratch: Path
    python: str | None = None
    name: str = field(default=NAME, init=False)
    conventions: tuple[tuple[str, TestConvention], ...] = field(init=False)

    def __post_init__(self) -> None:
        projects = (self._project(package) for package in find_packages(self.root))
        conventions = tuple((project.package.root, project.convention) for project in projects)
        object.__setattr__(self, "conventions", conventions)

    def packages(self, root: Path) -> list[Package]:
        """The Python projects in the workspace."""
        return find_packages(root)

    def steps(self, root: Path, package: Package, kind: StepKind) -> list[Step]:
        """The commands of a gate.

        Raises `NoToolchain` where a configured tool is not installed.
        """
        runner = self.runner(root, package)
        steps_of = {"lint": lint.lint_steps, "build": build.build_steps, "tests": testing.steps_of_tests}
        return steps_of[kind](runner)

    def findings(self, step: Step, outcome: Outcome, root: Path) -> list[Finding]:
        """What a lint or build step found; a failure that no line of the output explains is a finding as well."""
        return output.explained(parse.findings(step, outcome, root), step, outcome)

    def tests(self, step: Step, outcome: Outcome, root: Path) -> TestRun:
        """What a test step's report says."""
        return testing.read_run(step, outcome, root)

    def only(self, step: Step, ids: list[str]) -> Step:
        """The same test step for these tests alone."""
        return testing.only(step, ids, self.runner(self.root, step.package))

    def is_test(self, path: str) -> bool:
        """Whether a workspace-relative path is a test by convention or by pytest's settings."""
        if TestConvention().holds(path):
            return True
        return any(
            convention.holds(str(PurePosixPath(path).relative_to(folder)))
            for folder, convention in self.conventions
            if is_within(path, folder)
        )

    def services(self, root: Path, package: Package) -> list[ServiceSpec]:
        """The services of a project, the one to start first."""
        return services.service_specs(self.runner(root, package))

    def import_check(self, root: Path, package: Package) -> Step | None:
        """Import what the project offers for import."""
        return build.import_step(self.runner(root, package))

    def runner(self, root: Path, package: Package) -> Runner:
        """What makes the commands of one project."""
        return Runner(PythonProject(root, package, self.python), self.scratch)

    def _project(self, package: Package) -> PythonProject:
        return PythonProject(self.root, package, self.python)
