"""The Rust toolchain: each question is answered by the module that knows."""

from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from backend_developer.contract import Finding
from backend_developer.contract.ports import Outcome
from backend_developer.workspace.toolchains import output
from backend_developer.workspace.toolchains.base import Package, ServiceSpec, Step, StepKind, TestRun
from backend_developer.workspace.toolchains.rust import parse
from backend_developer.workspace.toolchains.rust.project import NAME, CargoProject, find_packages
from backend_developer.workspace.toolchains.rust.steps import Runner, only


@dataclass(frozen=True)
class RustToolchain:
    """Cargo's packages and workspaces.

    `scratch` is a folder outside the task's workspace for what is built, `downloads` that of the install step.
    """

    scratch: Path
    downloads: Path | None = None
    name: str = field(default=NAME, init=False)

    def packages(self, root: Path) -> list[Package]:
        """The Cargo projects in the workspace."""
        return find_packages(root)

    def steps(self, root: Path, package: Package, kind: StepKind) -> list[Step]:
        """The commands of a gate. Raises `NoToolchain` where Cargo is not installed."""
        runner = self._runner(root, package)
        return {"lint": runner.lint, "build": runner.build, "tests": runner.tests}[kind]()

    def findings(self, step: Step, outcome: Outcome, root: Path) -> list[Finding]:
        """What a lint or build step found; a failure that no line of the output explains is a finding as well."""
        return output.explained(parse.findings(step, outcome, root), step, outcome)

    def tests(self, step: Step, outcome: Outcome, root: Path) -> TestRun:
        """What libtest printed."""
        return parse.read_run(step, outcome, root)

    def only(self, step: Step, ids: list[str]) -> Step:
        """The same test step for these tests alone."""
        return only(step, ids)

    def is_test(self, path: str) -> bool:
        """Cargo's `tests` folders, and modules of tests that have a file of their own."""
        place = PurePosixPath(path)
        return "tests" in place.parts[:-1] or place.name == "tests.rs" or place.name.endswith("_test.rs")

    def services(self, root: Path, package: Package) -> list[ServiceSpec]:
        """The programs that listen, the one to start first."""
        return self._runner(root, package).services()

    def import_check(self, root: Path, package: Package) -> Step | None:
        """All packages compile: nothing of a Rust library runs when it is used by another."""
        return self._runner(root, package).build()[0]

    def _runner(self, root: Path, package: Package) -> Runner:
        return Runner(CargoProject(root, package), self.scratch, self.downloads)
