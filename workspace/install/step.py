"""One install: what it runs, where, and what it depends on."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class InstallStep:
    """What installs the dependencies of one folder."""

    manager: str
    """`npm`, `uv`, `go` and so on."""
    folder: str
    """Relative to the workspace, `.` for the workspace itself; its commands run there."""
    commands: tuple[tuple[str, ...], ...]
    """One after the other, until one fails."""
    inputs: tuple[str, ...]
    """Manifests and lock files that say what is installed, relative to the workspace; they need not exist."""
    fingerprint: str
    """Changes with anything in the inputs that matters to the install."""
    outputs: tuple[Path, ...]
    """What it makes; without any of them nothing is installed."""
    missing: bool
    """Whether something that is declared is certainly not there."""
    folders: tuple[Path, ...] = ()
    """Folders of the workspace that hold nothing but what it installs."""
    builds_in: tuple[Path, ...] = ()
    """Folders of the workspace in which it may leave an `.egg-info`: building a package for use in place does."""
    env: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[Path, Path] = field(default_factory=dict)
    """Links that must stand before it runs, to where they lead: a configuration of the user's."""
    writable: tuple[Path, ...] = ()
    """Folders beside the workspace and the downloads that the manager insists on; they are made for it."""
    locks: tuple[str, ...] = ()
    """Lock files that the manager may write though the project has none, relative to `folder`."""

    @property
    def key(self) -> str:
        """What it is called from one run to the next."""
        return f"{self.manager}:{self.folder}"

    @property
    def present(self) -> bool:
        """Whether something is installed at all."""
        return any(path.exists() for path in self.outputs)

    def by_products(self) -> set[Path]:
        """What such installs have left by now. Reads the disk."""
        return {path for folder in self.builds_in for path in folder.glob("*.egg-info")}


def fingerprint(parts: Iterable[object]) -> str:
    """A digest of plain values, in their order; bytes stand for themselves."""
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        raw = part if isinstance(part, bytes) else json.dumps(part, sort_keys=True, default=str).encode()
        digest.update(len(raw).to_bytes(8, "big") + raw)
    return digest.hexdigest()


def contents(root: Path, names: Iterable[str]) -> list[object]:
    """The names and bytes of those of the files that exist."""
    found: list[object] = []
    for name in names:
        path = root / name
        if path.is_file():
            found += [name, path.read_bytes()]
    return found


def kept(fields: Mapping[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    """The tables of a manifest that matter to an install: a new script or description reinstalls nothing."""
    return {key: fields[key] for key in keys if key in fields}


def beside(folder: str, names: Iterable[str]) -> tuple[str, ...]:
    """Files of a folder, relative to the workspace."""
    return tuple(name if folder == "." else f"{folder}/{name}" for name in names)
