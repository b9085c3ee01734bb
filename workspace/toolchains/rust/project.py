"""The facts about one Cargo package or workspace, and which folders of a workspace are such."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

from backend_developer.workspace.toolchains.base import Package
from backend_developer.workspace.toolchains.files import is_within, read_text, walk
from backend_developer.workspace.toolchains.python import manifests

logger = logging.getLogger(__name__)

NAME = "rust"

_ASIDE = frozenset({"example", "examples", "fixtures", "samples", "testdata", "tests", "fuzz", "vendor"})
"""Folders whose manifests are not projects of their own."""


def find_packages(root: Path) -> list[Package]:
    """The outermost folders with a Cargo.toml: what lies below a workspace is gated with it, once."""
    places = (PurePosixPath(path) for path in walk(root) if PurePosixPath(path).name == "Cargo.toml")
    folders = sorted(
        (str(place.parent) for place in places if not _ASIDE.intersection(place.parts[:-1])),
        key=lambda name: (name != ".", name),
    )
    spaces = [folder for folder in folders if "workspace" in manifests.read_toml(root / folder / "Cargo.toml")]
    kept = [folder for folder in folders if not any(folder != one and is_within(folder, one) for one in spaces)]
    logger.info("cargo projects in %s: %s", root, kept)
    return [Package(toolchain=NAME, root=folder) for folder in kept]


@dataclass(frozen=True)
class CargoProject:
    """One package, or one workspace with all its members; its files are read when they are first asked for."""

    root: Path
    """The workspace of the task."""
    package: Package

    @property
    def folder(self) -> Path:
        """The project's folder, in which its commands run."""
        return self.root / self.package.root

    @property
    def is_locked(self) -> bool:
        """Whether its dependencies are pinned."""
        return (self.folder / "Cargo.lock").is_file()

    @cached_property
    def files(self) -> tuple[str, ...]:
        """Its files, relative to its folder."""
        base = PurePosixPath(self.package.root)
        return tuple(str(PurePosixPath(path).relative_to(base)) for path in walk(self.root, self.package.root))

    @cached_property
    def crates(self) -> dict[str, manifests.Table]:
        """The manifests of its packages, by folder relative to its own."""
        places = [PurePosixPath(path) for path in self.files if PurePosixPath(path).name == "Cargo.toml"]
        read = {str(place.parent): manifests.read_toml(self.folder / place) for place in places}
        return {folder: fields for folder, fields in read.items() if "package" in fields}

    def sources(self, crate: str) -> list[str]:
        """The texts of a package's sources."""
        below = "src/" if crate == "." else f"{crate}/src/"
        return [read_text(self.folder / path) for path in self.files if path.startswith(below) and path.endswith(".rs")]

    def declared(self, crate: str) -> set[str]:
        """The names of what a package depends on, and of the features that it asks for."""
        table = manifests.table(self.crates[crate], "dependencies")
        return {*table, *(f"{name}/{feature}" for name, value in table.items() for feature in _features(value))}

    def programs(self, crate: str) -> list[str]:
        """The names of a package's programs, the one that it runs by default first."""
        fields = self.crates[crate]
        base = "" if crate == "." else f"{crate}/"
        package = manifests.table(fields, "package")
        named = [str(one["name"]) for one in fields.get("bin", ()) if isinstance(one, Mapping) and "name" in one]
        found = [str(package.get("default-run", "")), *named]
        if f"{base}src/main.rs" in self.files and not named:
            found.append(str(package.get("name", "")))
        for path in self.files:
            place = PurePosixPath(path)
            if str(place.parent) == f"{base}src/bin" and place.suffix == ".rs":
                found.append(place.stem)
        return [name for name in dict.fromkeys(found) if name]


def _features(value: Any) -> list[str]:
    features = value.get("features", ()) if isinstance(value, Mapping) else ()
    return [str(feature) for feature in features]
