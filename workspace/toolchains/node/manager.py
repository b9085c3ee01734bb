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
    is_berry: bool = False
    """Whether it is Yarn 2 or later."""


def find_manager(root: Path, folder: Path) -> Manager:
    """By the nearest `packageManager` field or lock file, up to the workspace; npm where neither says anything."""
    for place in above(root, folder):
        lock = next((entry for entry in _LOCKS if (place / entry[0]).is_file()), None)
        named = str(read_manifest(place).get("packageManager", "")).partition("@")[0]
        if named in _INSTALL:
            frozen = lock[2] if lock and lock[1] == named else _INSTALL[named]
            return _manager(named, frozen, place)
        if lock:
            return _manager(lock[1], lock[2], place)
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


def _manager(name: str, command: str, place: Path) -> Manager:
    """Yarn 2 and later call a frozen lock file `--immutable`."""
    berry = name == "yarn" and _is_berry(place)
    return Manager(name, command.replace("--frozen-lockfile", "--immutable") if berry else command, place, berry)


def _is_berry(place: Path) -> bool:
    version = str(read_manifest(place).get("packageManager", ""))
    if (place / ".yarnrc.yml").is_file() or "\n__metadata:" in read_text(place / "yarn.lock"):
        return True
    return version.startswith("yarn@") and not version.startswith("yarn@1")
