"""The facts about one Node project, read once from its files."""

import logging
import os
import shutil
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

from backend_developer.contract import NoToolchain
from backend_developer.workspace.commands.environment import command_path
from backend_developer.workspace.conventions import looks_like_test
from backend_developer.workspace.toolchains.base import Package
from backend_developer.workspace.toolchains.files import read_text, walk
from backend_developer.workspace.toolchains.installed import INSTALL_HINT
from backend_developer.workspace.toolchains.node.manager import Manager, above, find_manager
from backend_developer.workspace.toolchains.node.packages import MANIFEST, read_manifest, texts

logger = logging.getLogger(__name__)

JAVASCRIPT = (".js", ".mjs", ".cjs")
TYPESCRIPT = (".ts", ".mts", ".cts", ".tsx")
_TABLES = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies")
_INSTALLED = ("node_modules", ".pnp.cjs")
_PACKAGES = {"tsc": "typescript", "tsgo": "@typescript/native-preview", "biome": "@biomejs/biome"}
"""Program to the package that brings it, where that is called otherwise."""


@dataclass(frozen=True)
class NodeProject:
    """One Node project of a workspace; its files are read when they are first asked for."""

    root: Path
    """The workspace."""
    package: Package

    @property
    def folder(self) -> Path:
        """The project's folder, in which its commands run."""
        return self.root / self.package.root

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """Its package.json."""
        return read_manifest(self.folder)

    @cached_property
    def scripts(self) -> dict[str, str]:
        """Its scripts by name."""
        return texts(self.manifest, "scripts")

    @cached_property
    def declared(self) -> frozenset[str]:
        """The packages that it asks for, and those that the manifests above it ask for on its behalf."""
        manifests = [read_manifest(place) for place in above(self.root, self.folder)]
        return frozenset(name for fields in manifests for table in _TABLES for name in texts(fields, table))

    @cached_property
    def own(self) -> frozenset[str]:
        """The packages that it asks for itself."""
        return frozenset(name for table in _TABLES for name in texts(self.manifest, table))

    @cached_property
    def manager(self) -> Manager:
        """What installs its dependencies."""
        return find_manager(self.root, self.folder)

    @cached_property
    def files(self) -> tuple[str, ...]:
        """Its JavaScript and TypeScript files, relative to its folder, without those of projects below it."""
        base = PurePosixPath(self.package.root)
        places = [PurePosixPath(path).relative_to(base) for path in walk(self.root, self.package.root)]
        others = {place.parent for place in places if place.name == MANIFEST} - {PurePosixPath(".")}
        known = (place for place in places if place.suffix in (*JAVASCRIPT, *TYPESCRIPT))
        return tuple(str(place) for place in known if others.isdisjoint(place.parents))

    @cached_property
    def sources(self) -> tuple[str, ...]:
        """Its files that are no tests."""
        return tuple(path for path in self.files if not looks_like_test(path))

    @cached_property
    def test_files(self) -> tuple[str, ...]:
        """Its files that are tests or their material."""
        return tuple(path for path in self.files if looks_like_test(path))

    def has(self, *names: str) -> bool:
        """Whether its folder has one of these files."""
        return any((self.folder / name).is_file() for name in names)

    def text(self, path: str) -> str:
        """The text of one of its files."""
        return read_text(self.folder / path)

    @property
    def path(self) -> str:
        """PATH with the programs of its dependencies first, as npm sets it for a script."""
        known = command_path(os.environ.get("PATH", os.defpath), self.root)
        folders = [str(place / "node_modules" / ".bin") for place in above(self.root, self.folder)]
        return os.pathsep.join([*folders, known])

    def program(self, name: str) -> tuple[str, ...]:
        """What runs a program of its dependencies. Raises `NoToolchain` where it is not installed."""
        found = self._installed(name)
        if found is not None:
            return (str(found),)
        if self.pnp is None or not self.offers(name):
            raise self.missing(name)
        return *self._manager_command(), "run", "--binaries-only", name

    def offers(self, name: str) -> bool:
        """Whether a program of its dependencies is installed; with Plug'n'Play, whether it is declared."""
        known = _PACKAGES.get(name, name)
        return self._installed(name) is not None or (self.pnp is not None and known in self.declared)

    @cached_property
    def pnp(self) -> Path | None:
        """Where Yarn keeps what it has installed without node_modules (Plug'n'Play); None for all other projects."""
        return next((path for place in above(self.root, self.folder) if (path := place / ".pnp.cjs").is_file()), None)

    @property
    def node_options(self) -> tuple[str, ...]:
        """The options with which Node finds such dependencies."""
        if self.pnp is None:
            return ()
        loader = self.pnp.with_name(".pnp.loader.mjs")
        modules = (f"--experimental-loader={loader.as_uri()}",) if loader.is_file() else ()
        return f"--require={self.pnp}", *modules

    @cached_property
    def node(self) -> str:
        """The interpreter. Raises `NoToolchain` where the machine has none."""
        found = shutil.which("node", path=self.path)
        if found is None:
            raise NoToolchain(
                "The project needs Node.js, which is not on PATH.",
                "Install Node.js 20 or later, from nodejs.org or with the system's package manager.",
                source="toolchain/node",
            )
        return found

    def script_command(self, name: str) -> tuple[str, ...]:
        """What runs a script: the project's package manager, or npm, which runs them alike, where that is missing.

        Raises `NoToolchain` where neither is there, or the dependencies are not installed.
        """
        self.require_installed()
        return *self._manager_command(), "run", name

    def require_installed(self) -> None:
        """Raise `NoToolchain` where dependencies are declared and none of them is installed."""
        folders = above(self.root, self.folder)
        if self.own and not any((place / name).exists() for place in folders for name in _INSTALLED):
            raise NoToolchain(
                f"The dependencies of {self.package.root}/{MANIFEST} are not installed: there is no node_modules.",
                f"Install them: `{self._install}`. {INSTALL_HINT}",
                source="toolchain/node",
            )

    def missing(self, name: str) -> NoToolchain:
        """The error for a tool that the project is configured for and that is not installed."""
        self.require_installed()
        return NoToolchain(
            f"The project is configured for {name}, which is not in its node_modules.",
            f"Install what it declares: `{self._install}`; where {name} is not among that, "
            f"`{self.manager.name} {'install' if self.manager.name == 'npm' else 'add'} --save-dev {name}`.",
            source="toolchain/node",
        )

    def _manager_command(self) -> tuple[str, ...]:
        """The manager on PATH, or the Yarn that the project brings along; npm where it can stand in."""
        wanted = self.manager.name
        if found := shutil.which(wanted, path=self.path):
            return (found,)
        if wanted == "yarn" and (release := next(self.manager.folder.glob(".yarn/releases/yarn-*.cjs"), None)):
            return self.node, str(release)
        found = None if self.pnp else shutil.which("npm", path=self.path)
        if found is None:
            raise NoToolchain(
                f"The project is run with {wanted}, which is not on PATH.",
                f"Install it: `corepack enable {wanted}`, or with Node.js itself.",
                source="toolchain/node",
            )
        return (found,)

    @property
    def _install(self) -> str:
        place = self.manager.folder
        inside = "" if place == self.root else f"cd {place.relative_to(self.root).as_posix()} && "
        return f"{inside}{self.manager.install}"

    def _installed(self, name: str) -> Path | None:
        places = (place / "node_modules" / ".bin" / name for place in above(self.root, self.folder))
        return next((path for path in places if path.exists()), None)
