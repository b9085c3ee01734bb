"""Which commands a gate runs. Project commands win: backend-developer.toml over scripts of package.json, those over
Makefile targets, those over what the toolchains find by themselves.

Commands in backend-developer.toml are all that a gate runs. Scripts are the Node toolchain's own matter. What a target
of a Makefile does in the place of a toolchain's step, and what beside it, is written down in `make.toolchain`. A
Makefile in the workspace's root, where no package is, counts only where no package has a command for the gate.
"""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from backend_developer.contract import NoToolchain
from backend_developer.workspace.toolchains.base import Step, StepKind, Toolchain
from backend_developer.workspace.toolchains.custom import NAME as CUSTOM
from backend_developer.workspace.toolchains.make.toolchain import NOTHING, Made, MakeToolchain

logger = logging.getLogger(__name__)

_ROOT = "."


class Planned(NamedTuple):
    """A step, and the toolchain that reads its output."""

    toolchain: Toolchain
    step: Step


def plan_steps(toolchains: Sequence[Toolchain], root: Path, kind: StepKind) -> list[Planned]:
    """The commands of a gate, by the project's present files.

    Raises `NoToolchain` where a tool that the project is configured for is not installed.
    """
    own: dict[str, list[Planned]] = {}
    missing: dict[str, NoToolchain] = {}
    for toolchain in toolchains:
        if not isinstance(toolchain, MakeToolchain):
            _collect(toolchain, root, kind, own, missing)
        if toolchain.name == CUSTOM and any(own.values()):
            return own[_ROOT]
    make = next((one for one in toolchains if isinstance(one, MakeToolchain)), None)
    made = _of_makefiles(make, root, kind, own, missing) if make else {}
    for folder, error in missing.items():
        if not made.get(folder, NOTHING).stands_alone:
            raise error
    planned = [
        one for folder, steps in own.items() for one in steps if one.step.tool not in made.get(folder, NOTHING).replaces
    ]
    return [*planned, *(Planned(make, step) for one in made.values() for step in one.steps if make)]


def _collect(
    toolchain: Toolchain,
    root: Path,
    kind: StepKind,
    own: dict[str, list[Planned]],
    missing: dict[str, NoToolchain],
) -> None:
    """What it runs in each of its packages; the first error of a folder is kept until its Makefile has been read."""
    for package in toolchain.packages(root):
        steps = own.setdefault(package.root, [])
        try:
            steps += [Planned(toolchain, step) for step in toolchain.steps(root, package, kind)]
        except NoToolchain as error:
            logger.info("%s in %s: %s", kind, package.root, error.message)
            missing.setdefault(package.root, error)


def _of_makefiles(
    make: MakeToolchain, root: Path, kind: StepKind, own: dict[str, list[Planned]], missing: dict[str, NoToolchain]
) -> dict[str, Made]:
    made = {
        folder: make.made(root, folder, kind, None if folder in missing else [one.step for one in planned])
        for folder, planned in own.items()
    }
    if _ROOT not in own and not any(own.values()) and not missing:
        made[_ROOT] = make.made(root, _ROOT, kind, [])
    return made
