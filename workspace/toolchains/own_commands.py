"""What the toolchains share that run commands which the project has written itself."""

from pathlib import Path

from backend_developer.contract import Finding
from backend_developer.contract.ports import Outcome
from backend_developer.workspace.toolchains import text
from backend_developer.workspace.toolchains.base import Package, ServiceSpec, Step


class OwnCommands:
    """Commands that may run anything: their output is read as free text, and beside it they say nothing."""

    def findings(self, step: Step, outcome: Outcome, root: Path) -> list[Finding]:
        """What a command that failed printed; one that ended well has found nothing, whatever it printed."""
        return text.findings(step, outcome, root)

    def is_test(self, path: str) -> bool:
        """A command says nothing about files."""
        return False

    def services(self, root: Path, package: Package) -> list[ServiceSpec]:
        """None: how the project starts is part of its `[runtime]` settings, and a target that serves is no gate's."""
        return []

    def import_check(self, root: Path, package: Package) -> Step | None:
        """None: a command is no library."""
        return None
