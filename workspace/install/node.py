"""npm, pnpm and yarn: a frozen install where there is a lock file."""

import logging
import os
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

from backend_developer.contract import NoToolchain
from backend_developer.workspace.install.step import InstallStep, beside, contents, fingerprint, kept
from backend_developer.workspace.toolchains.node.manager import Manager, above
from backend_developer.workspace.toolchains.node.packages import MANIFEST, find_packages, read_manifest, texts
from backend_developer.workspace.toolchains.node.project import NodeProject

logger = logging.getLogger(__name__)

LOCKS = {
    "npm": ("package-lock.json", "npm-shrinkwrap.json"),
    "pnpm": ("pnpm-lock.yaml",),
    "yarn": ("yarn.lock",),
}
_SETTINGS = (".npmrc", "pnpm-workspace.yaml", ".pnpmfile.cjs", ".yarnrc", ".yarnrc.yml")
_REQUIRED = ("dependencies", "devDependencies")
_FIELDS = (
    *_REQUIRED,
    "optionalDependencies",
    "peerDependencies",
    "bundledDependencies",
    "bundleDependencies",
    "dependenciesMeta",
    "engines",
    "overrides",
    "packageManager",
    "pnpm",
    "resolutions",
    "workspaces",
)
_HOOKS = ("preinstall", "install", "postinstall", "prepare")
"""Scripts that the install itself runs."""
_UNLOCKED = {"npm": "--no-package-lock", "pnpm": "--no-lockfile", "yarn": "--no-lockfile"}
"""For a project without a lock file: none is left behind."""


def node_steps(root: Path, downloads: Path) -> list[InstallStep]:
    """One step for each folder that its manager installs in; projects that share one are installed together.

    Raises `NoToolchain` where the manager is not installed.
    """
    groups: dict[Path, list[NodeProject]] = {}
    for package in find_packages(root):
        project = NodeProject(root, package)
        groups.setdefault(project.manager.folder, []).append(project)
    return [_step(root, downloads, projects) for projects in groups.values() if any(map(_required, projects))]


def _required(project: NodeProject) -> set[str]:
    fields = [project.manifest, read_manifest(project.manager.folder)]
    return {name for one in fields for table in _REQUIRED for name in texts(one, table)}


def _step(root: Path, downloads: Path, projects: list[NodeProject]) -> InstallStep:
    manager = projects[0].manager
    folder = manager.folder.relative_to(root).as_posix()
    own = beside(folder, (MANIFEST, *LOCKS[manager.name], *_SETTINGS))
    members = [beside(project.package.root, (MANIFEST,))[0] for project in projects]
    manifests = [name for name in dict.fromkeys([own[0], *members]) if (root / name).is_file()]
    argv = _arguments(manager)
    return InstallStep(
        manager=manager.name,
        folder=folder,
        commands=((_program(projects[0]), *argv),),
        inputs=tuple(dict.fromkeys([*own, *members])),
        fingerprint=fingerprint([argv, *_declared(root, manifests), *contents(root, own[1:])]),
        outputs=(manager.folder / "node_modules", manager.folder / ".pnp.cjs"),
        folders=tuple(place / "node_modules" for place in (manager.folder, *(one.folder for one in projects))),
        missing=any(_lacks(project) for project in projects),
        env=_environment(manager, downloads),
        writable=_lock_folders(manager),
        locks=LOCKS[manager.name],
    )


def _arguments(manager: Manager) -> tuple[str, ...]:
    """Those of the frozen install; without a lock file there is nothing to freeze, and CI would forbid to go on."""
    words = tuple(manager.install.split()[1:])
    if words[-1] in ("--frozen-lockfile", "--immutable", "ci"):
        return words
    return *words, "--no-immutable" if manager.is_berry else _UNLOCKED[manager.name]


def _environment(manager: Manager, downloads: Path) -> dict[str, str]:
    """pnpm keeps its store and its notes below these; its own settings differ from version to version."""
    if manager.name != "pnpm":
        return {}
    return {"XDG_DATA_HOME": str(downloads / "share"), "XDG_STATE_HOME": str(downloads / "state")}


def _lock_folders(manager: Manager) -> tuple[Path, ...]:
    """pnpm 12 keeps one lock for all stores below /tmp, wherever TMPDIR leads."""
    if manager.name != "pnpm" or sys.platform != "linux":
        return ()
    return (Path(f"/tmp/pnpm-store-operation-locks-{os.getuid()}"),)  # noqa: S108 - pnpm's own choice


def _declared(root: Path, manifests: Iterable[str]) -> list[object]:
    found: list[object] = []
    for name in manifests:
        fields = read_manifest((root / name).parent)
        found += [name, kept(fields, _FIELDS), kept(texts(fields, "scripts"), _HOOKS)]
    return found


def _lacks(project: NodeProject) -> bool:
    """Whether a package that it needs lies nowhere; Plug'n'Play keeps none in folders."""
    places = list(above(project.root, project.folder))
    if any((place / ".pnp.cjs").is_file() for place in places):
        return False
    return not all(any((place / "node_modules" / name).exists() for place in places) for name in _required(project))


def _program(project: NodeProject) -> str:
    name = project.manager.name
    found = shutil.which(name, path=project.path)
    if found is None:
        raise NoToolchain(
            f"The dependencies of {project.package.root}/{MANIFEST} are to be installed with {name}, which is not on "
            "PATH.",
            f"Install it: `corepack enable {name}`, or with Node.js itself.",
            source="toolchain/node",
        )
    return found
