"""Which crates a Cargo project has locked, and in which CARGO_HOME they lie."""

import logging
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backend_developer.workspace.toolchains.python import manifests
from backend_developer.workspace.toolchains.rust.project import CargoProject

logger = logging.getLogger(__name__)

_REVISION = re.compile(r"#([0-9a-f]{7})[0-9a-f]*$")
_TABLES = ("dependencies", "dev-dependencies", "build-dependencies")


@dataclass(frozen=True, slots=True)
class Crate:
    """One package of a Cargo.lock that comes from elsewhere."""

    name: str
    version: str
    source: str

    def is_in(self, home: Path) -> bool:
        """Whether it has been downloaded to this CARGO_HOME; a registry's folder is named after its address."""
        if revision := _REVISION.search(self.source):
            return any(home.glob(f"git/checkouts/*/{revision[1]}"))
        return any(home.glob(f"registry/cache/*/{self.name}-{self.version}.crate"))


def locked_crates(project: CargoProject) -> list[Crate]:
    """What its Cargo.lock takes from registries and git."""
    packages = manifests.read_toml(project.folder / "Cargo.lock").get("package", ())
    return [
        Crate(str(one.get("name")), str(one.get("version")), one["source"])
        for one in packages
        if isinstance(one, Mapping) and isinstance(one.get("source"), str)
    ]


def wants_crates(project: CargoProject) -> bool:
    """Whether it depends on anything that is not in its own folders."""
    if project.is_locked:
        return bool(locked_crates(project))
    return any("path" not in one for one in _dependencies(project))


def fetched_home(project: CargoProject, downloads: Path | None) -> Path | None:
    """The CARGO_HOME of the install step in `downloads`; None where the user's own has all that is locked."""
    if downloads is None or is_complete(project, user_home()):
        return None
    return home_in(downloads)


def is_complete(project: CargoProject, home: Path) -> bool:
    """Whether this CARGO_HOME has all that the project wants; without a lock file that cannot be told."""
    if not project.is_locked:
        return not wants_crates(project)
    return all(crate.is_in(home) for crate in locked_crates(project))


def home_in(downloads: Path) -> Path:
    """CARGO_HOME of the install step."""
    return downloads / "cargo"


def user_home() -> Path:
    """The user's CARGO_HOME."""
    named = os.environ.get("CARGO_HOME")
    return Path(named).absolute() if named else Path.home() / ".cargo"


def _dependencies(project: CargoProject) -> Iterator[Mapping[str, Any]]:
    for fields in [*project.crates.values(), manifests.table(manifests.read_toml(project.folder / "Cargo.toml"))]:
        for key in _TABLES:
            for value in manifests.table(fields, key).values():
                yield value if isinstance(value, Mapping) else {"version": value}
