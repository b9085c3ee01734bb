"""Which installs a workspace needs, by its present files."""

import logging
from pathlib import Path

from backend_developer.workspace.install.compiled import dotnet_steps, go_steps, rust_steps
from backend_developer.workspace.install.node import node_steps
from backend_developer.workspace.install.python import python_steps
from backend_developer.workspace.install.stamps import Stamps, lacking
from backend_developer.workspace.install.step import InstallStep

logger = logging.getLogger(__name__)


def install_steps(root: Path, downloads: Path, python: str | None = None) -> list[InstallStep]:
    """Every install that the projects in the workspace know, needed or not; reads the disk.

    Raises `NoToolchain` where the manager of one is not installed.
    """
    kinds = (node_steps, go_steps, rust_steps, dotnet_steps)
    steps = [*python_steps(root, downloads, python), *(step for kind in kinds for step in kind(root, downloads))]
    logger.info("installs of %s: %s", root, [step.key for step in steps])
    return steps


def is_due(step: InstallStep, stamps: Stamps) -> bool:
    """Whether it has to be run: something is missing, or its manifests have changed since.

    What the user has installed is believed as it is, and noted, so that a later change of the manifests is seen. What
    its own install has not brought is not tried for again while anything is there.
    """
    known = stamps.read(step.key)
    if known == step.fingerprint:
        return step.missing
    if known == lacking(step.fingerprint):
        return step.missing and not step.present
    if known is None and not step.missing:
        stamps.write(step.key, step.fingerprint)
        return False
    return True
