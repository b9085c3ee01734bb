"""Which package manager a project uses, how it installs and how it runs a script."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from backend_developer.workspace.toolchains.files import read_text
from backend_developer.workspace.toolchains.node.packages import read_manifest

_LOCKS = (
    ("pnpm-lock.yaml", "pnpm", "pnpm install --frozen-lockfile"),
    ("yarn.lock", "yarn", "yarn install --frozen-lockfile"),
    ("package-lock.json", "npm", "npm ci"),
    ("npm-shrinkwrap.json", "npm", "npm ci"),
)
_INSTALL = {"npm": "npm install", "pnpm": "pnpm install", "yarn": "yarn install"}


@dataclass(frozen=True, slots=True)
class Manager:
    """A package manager, and the folder in which it installs: the one of the lock file."""

    name: str
    install: str
    folder: Path


def find_manager(root: Path, folder: Path) -> Manager:
    """By the nearest `packageManager` field or lock file, up to the workspace; npm where neither says anything."""
    for place in above(root, folder):
        lock = next((entry for entry in _LOCKS if (place / entry[0]).is_file()), None)
        named = str(read_manifest(place).get("packageManager", "")).partition("@")[0]
        if named in _INSTALL:
            frozen = lock[2] if lock and lock[1] == named else _INSTALL[named]
            return Manager(named, _for_berry(place, frozen), place)
        if lock:
            return Manager(lock[1], _for_berry(place, lock[2]), place)
    return Manager("npm", _INSTALL["npm"], _outermost(root, folder))


def above(root: Path, folder: Path) -> Iterator[Path]:
    """The folder and those above it, up to the workspace."""
    for place in (folder, *folder.parents):
        if not place.is_relative_to(root):
            return
        yield place


def _outermost(root: Path, folder: Path) -> Path:
    """The manifest that counts the folder among its workspaces, else the folder itself."""
    holders = (place for place in above(root, folder) if "workspaces" in read_manifest(place))
    return next(holders, folder)


def _for_berry(place: Path, command: str) -> str:
    """Yarn 2 and later call it `--immutable`."""
    version = str(read_manifest(place).get("packageManager", ""))
    berry = (place / ".yarnrc.yml").is_file() or (version.startswith("yarn@") and not version.startswith("yarn@1"))
    berry = berry or "\n__metadata:" in read_text(place / "yarn.lock")
    return command.replace("--frozen-lockfile", "--immutable") if command.startswith("yarn") and berry else command
