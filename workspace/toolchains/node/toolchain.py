"""The Node toolchain: each question is answered by the module that knows."""

import logging
from dataclasses import dataclass, field
from pathlib import Path

from backend_developer.contract import Finding
from backend_developer.contract.ports import Outcome
from backend_developer.workspace.toolchains import output
from backend_developer.workspace.toolchains.base import Package, ServiceSpec, Step, StepKind, TestRun
from backend_developer.workspace.toolchains.node import lint, parse, services, testing
from backend_developer.workspace.toolchains.node.conventions import is_test
from backend_developer.workspace.toolchains.node.packages import NAME, find_packages
from backend_developer.workspace.toolchains.node.project import NodeProject
from backend_developer.workspace.toolchains.node.run import Runner

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class NodeToolchain:
    """Node and TypeScript projects of the workspace `root`; `scratch` is a folder outside of it for reports."""

    root: Path
    scratch: Path
    name: str = field(default=NAME, init=False)

    def packages(self, root: Path) -> list[Package]:
        """The Node projects in the workspace."""
        return find_packages(root)

    def steps(self, root: Path, package: Package, kind: StepKind) -> list[Step]:
        """The commands of a gate.

        Raises `NoToolchain` where a configured tool, or what the project depends on, is not installed.
        """
        steps_of = {"lint": lint.lint_steps, "build": lint.build_steps, "tests": testing.steps_of_tests}
        return steps_of[kind](self._runner(root, package))

    def findings(self, step: Step, outcome: Outcome, root: Path) -> list[Finding]:
        """What a lint or build step found; a failure that no line of the output explains is a finding as well."""
        return output.explained(parse.findings(step, outcome, root), step, outcome)

    def tests(self, step: Step, outcome: Outcome, root: Path) -> TestRun:
        """What a test step's report says."""
        return testing.read_run(step, outcome, root)

    def only(self, step: Step, ids: list[str]) -> Step:
        """The same test step for these tests alone."""
        return testing.only(step, ids, self._runner(self.root, step.package))

    def is_test(self, path: str) -> bool:
        """Whether a workspace-relative path is a test by the conventions of jest, vitest, mocha and Node."""
        return is_test(path)

    def services(self, root: Path, package: Package) -> list[ServiceSpec]:
        """The services of a project, the one to start first."""
        return services.service_specs(self._runner(root, package))

    def import_check(self, root: Path, package: Package) -> Step | None:
        """Import the main module of a library."""
        return services.import_step(self._runner(root, package))

    def _runner(self, root: Path, package: Package) -> Runner:
        return Runner(NodeProject(root, package), self.scratch)
