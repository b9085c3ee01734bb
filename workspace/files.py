"""Files as the journal knows them: read whole, and replaced in one step.

A file is replaced by renaming a finished one over it, so a reader, or a machine that loses power, sees the old bytes
or the new ones and nothing between.
"""

import contextlib
import hashlib
import logging
import os
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

from backend_developer.contract import CallFailed
from backend_developer.workspace.conventions import is_byproduct_file, is_byproduct_folder
from backend_developer.workspace.text import printable

logger = logging.getLogger(__name__)

FILE = stat.S_IFREG
LINK = stat.S_IFLNK


def digest_of(data: bytes) -> str:
    """The name of these bytes: SHA-256, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


@dataclass(frozen=True, slots=True)
class Version:
    """What a path held at some moment."""

    digest: str
    """Of the file's bytes, or of the link's target."""
    mode: int
    """As `st_mode`: the kind and the permissions."""

    def same_as(self, other: "Version | None") -> bool:
        """Whether both are of one kind with the same bytes; a change of permissions alone is no edit."""
        return other is not None and (self.digest, self.kind) == (other.digest, other.kind)

    @property
    def kind(self) -> int:
        """`FILE`, `LINK`, or what else the system knows."""
        return stat.S_IFMT(self.mode)


def same(one: Version | None, other: Version | None) -> bool:
    """Whether two versions are the same; None, no file, is the same as None."""
    return one.same_as(other) if one is not None else other is None


@dataclass(frozen=True, slots=True)
class Content:
    """A file's bytes, or a link's target, with its mode."""

    data: bytes
    mode: int

    @property
    def version(self) -> Version:
        """What it is known by."""
        return Version(digest_of(self.data), self.mode)


def read_content(path: Path) -> Content | None:
    """What is at the path, links not followed; None where there is nothing.

    A folder, a pipe and the like have no bytes, only their mode. Raises `OSError` where it cannot be read.
    """
    try:
        mode = path.lstat().st_mode
        if stat.S_ISLNK(mode):
            return Content(os.fsencode(path.readlink()), mode)
        return Content(path.read_bytes() if stat.S_ISREG(mode) else b"", mode)
    except (FileNotFoundError, NotADirectoryError):
        return None


def version_of(path: Path) -> Version | None:
    """The version that is at the path now."""
    content = read_content(path)
    return content.version if content else None


def put_content(path: Path, content: Content | None) -> None:
    """Make the path hold this, in one step; None removes it. Its folder must be there.

    Raises `OSError`; the path then holds what it held.
    """
    if content is None:
        path.unlink(missing_ok=True)
        return
    temporary = temporary_of(path)
    temporary.unlink(missing_ok=True)
    try:
        if stat.S_ISLNK(content.mode):
            temporary.symlink_to(os.fsdecode(content.data))
        else:
            _write(temporary, content, path)
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def temporary_of(path: Path) -> Path:
    """Where the new bytes of a path are written before they take its place.

    The same each time, so that what a killed process left is found.
    """
    return path.parent / f".{digest_of(os.fsencode(path.name))[:16]}.backend-developer.tmp"


def _write(temporary: Path, content: Content, path: Path) -> None:
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
    try:
        with os.fdopen(handle, "wb", closefd=False) as file:
            file.write(content.data)
        if stat.S_IMODE(content.mode):
            os.fchmod(handle, stat.S_IMODE(content.mode))
        _keep_owner(handle, path)
        os.fsync(handle)
    finally:
        os.close(handle)


def _keep_owner(handle: int, path: Path) -> None:
    """A file that root replaces stays its owner's; anyone else can only own it himself."""
    if os.geteuid() != 0:
        return
    with contextlib.suppress(OSError):
        old = path.lstat()
        os.fchown(handle, old.st_uid, old.st_gid)


def missing_folders(root: Path, path: str) -> list[str]:
    """The parent folders of a path that are not there yet, outermost first.

    Raises `CallFailed` where one of them is a file.
    """
    missing = []
    for parent in list(Path(path).parents)[:-1]:
        place = root / parent
        if place.is_dir():
            break
        if os.path.lexists(place):
            raise CallFailed(f"{printable(parent.as_posix())} is a file, so nothing can lie below it; use another path")
        missing.append(parent.as_posix())
    return missing[::-1]


def remove_empty_folders(root: Path, folders: list[str]) -> None:
    """Remove those of the folders that hold nothing, or nothing but by-products of tools; innermost first."""
    for folder in sorted(folders, key=len, reverse=True):
        with contextlib.suppress(OSError):
            _remove_byproducts(root / folder)
            (root / folder).rmdir()
            logger.debug("removed the empty folder %s", printable(folder))


def _remove_byproducts(folder: Path) -> None:
    entries = list(os.scandir(folder))
    if not all(is_byproduct_file(entry.name) or is_byproduct_folder(entry.name) for entry in entries):
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            shutil.rmtree(entry.path)
        else:
            Path(entry.path).unlink()
