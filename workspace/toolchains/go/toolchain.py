"""The Go toolchain: each question is answered by the module that knows."""

from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from backend_developer.contract import Finding
from backend_developer.contract.ports import Outcome
from backend_developer.workspace.toolchains import output
from backend_developer.workspace.toolchains.base import Package, ServiceSpec, Step, StepKind, TestRun
from backend_developer.workspace.toolchains.go import lint, parse, services, testing
from backend_developer.workspace.toolchains.go.project import NAME, GoModule, find_packages
from backend_developer.workspace.toolchains.go.run import Runner


@dataclass(frozen=True)
class GoToolchain:
    """Go modules of a workspace.

    `scratch` is a folder outside of it for by-products, `cache` Go's build cache, `downloads` that of the install step.
    """

    scratch: Path
    cache: Path
    downloads: Path | None = None
    name: str = field(default=NAME, init=False)

    def packages(self, root: Path) -> list[Package]:
        """The Go modules in the workspace."""
        return find_packages(root)

    def steps(self, root: Path, package: Package, kind: StepKind) -> list[Step]:
        """The commands of a gate.

        Raises `NoToolchain` where Go or a configured linter is not installed.
        """
        steps_of = {"lint": lint.lint_steps, "build": lint.build_steps, "tests": testing.steps_of_tests}
        return steps_of[kind](self._runner(root, package))

    def findings(self, step: Step, outcome: Outcome, root: Path) -> list[Finding]:
        """What a lint or build step found; a failure that no line of the output explains is a finding as well."""
        return output.explained(parse.findings(step, outcome, root), step, outcome)

    def tests(self, step: Step, outcome: Outcome, root: Path) -> TestRun:
        """What the events of a test step say."""
        return testing.read_run(step, outcome, root)

    def only(self, step: Step, ids: list[str]) -> Step:
        """The same test step for these tests alone."""
        return testing.only(step, ids)

    def is_test(self, path: str) -> bool:
        """Go's own convention: `_test.go`, and what lies in a `testdata` folder."""
        place = PurePosixPath(path)
        return place.name.endswith("_test.go") or "testdata" in place.parts[:-1]

    def services(self, root: Path, package: Package) -> list[ServiceSpec]:
        """The services of a module, the one to start first."""
        return services.service_specs(self._runner(root, package))

    def import_check(self, root: Path, package: Package) -> Step | None:
        """All packages compile: nothing of a Go library runs when it is imported but its own `init`."""
        return lint.build_steps(self._runner(root, package))[0]

    def _runner(self, root: Path, package: Package) -> Runner:
        return Runner(GoModule(root, package), self.scratch, self.cache, self.downloads)
