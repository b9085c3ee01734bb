"""What all commands of a Node project have in common: its programs, their environment, the scratch folder."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from backend_developer.workspace.toolchains.base import Step, StepKind
from backend_developer.workspace.toolchains.node import probes
from backend_developer.workspace.toolchains.node.project import NodeProject

PROBES = Path(next(iter(probes.__path__)))
REPORT = "BACKEND_DEVELOPER_REPORT"

_NO_INSTALL = {f"{prefix}_config_verify_deps_before_run": "false" for prefix in ("pnpm", "npm")}
"""From its version 11 on pnpm would install before it runs a script; version 10 reads the second name."""


@dataclass(frozen=True, slots=True)
class Runner:
    """Makes steps of a project; what they leave behind goes to `scratch`, outside of it."""

    project: NodeProject
    scratch: Path
    """A folder for this workspace; caches stay in it from one attempt to the next."""

    def step(
        self, kind: StepKind, tool: str, argv: tuple[str, ...] | str, env: Mapping[str, str] | None = None
    ) -> Step:
        """A step that runs in the project's folder."""
        return Step(
            kind=kind,
            tool=tool,
            argv=argv,
            package=self.project.package,
            env={"PATH": self.project.path} | dict(env or {}),
            writable=(self.folder,),
        )

    def script(self, kind: StepKind, name: str, env: Mapping[str, str] | None = None) -> Step:
        """A script of package.json as it stands. Raises `NoToolchain` where it cannot be run."""
        env = {**_NO_INSTALL, **(env or {})} if self.project.manager.name == "pnpm" else env
        return self.step(kind, f"script-{name}", self.project.script_command(name), env)

    def probe(self, name: str, *options: str) -> tuple[str, ...]:
        """The arguments that run one of our own files in the project's Node."""
        return (self.project.node, *options, str(PROBES / name))

    @property
    def folder(self) -> Path:
        """The part of the scratch folder that is this project's."""
        name = self.project.package.root.replace("/", "-")
        return self.scratch / ("node" if name == "." else f"node-{name}")

    def report(self) -> dict[str, str]:
        """Where a test run writes its report: a name that no earlier run has used."""
        return {REPORT: str(self.folder / f"tests-{uuid.uuid4().hex}.json")}
