"""Which source files there are, and which of them may have changed since the last look.

A look costs one `stat` a folder and a file: a folder is listed again only where its own stamp moved, since adding,
removing and renaming all move it. On Django 5.2 (2,818 Python files in 3,000 folders) that is a third of a whole walk.
"""

import errno
import logging
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from stat import S_ISDIR
from typing import NamedTuple

from backend_developer.workspace.index.background import GivenUp, Stopped
from backend_developer.workspace.index.ignore import Ignore

logger = logging.getLogger(__name__)

UNSETTLED = -1
"""Stamp of what changed so lately that a further change might not move it; it always counts as changed."""

_FINE_NS = 50_000_000
_COARSE_NS = 2_000_000_000
_SECOND_NS = 1_000_000_000


class Stamp(NamedTuple):
    """What moves when a file's bytes are changed."""

    changed: int
    """Sum of the times of modification and of status change, in ns: an edit that restores the first moves the other."""
    size: int


@dataclass(slots=True)
class Folder:
    """One folder as it was last listed."""

    changed: int
    folders: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    """Names of source files and `.gitignore`."""


@dataclass(slots=True)
class Tree:
    """All folders and source files by their path relative to the root, `""` being the root itself."""

    folders: dict[str, Folder] = field(default_factory=dict)
    files: dict[str, Stamp] = field(default_factory=dict)


def look(root: Path, known: Tree, suffixes: frozenset[str], stopped: Stopped) -> Tree:
    """The tree as it is now. `known` saves listing what has not moved; an empty one lists all.

    Raises `FileNotFoundError` or another `OSError` where the root cannot be read, `GivenUp` soon after `stopped` says
    so.
    """
    if not S_ISDIR(root.stat().st_mode):
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(root))
    if known.folders and _unmoved(root, known):
        return known
    seen = _Look(root, known, suffixes, stopped).tree
    if known.folders and _rules(seen) != _rules(known):
        logger.info("ignore rules have changed, listing all of %s", root)
        return _Look(root, Tree(), suffixes, stopped).tree
    return seen


def _unmoved(root: Path, known: Tree) -> bool:
    """Whether no stamp has moved: the usual case, and the time of most queries, so without a call of our own inside.

    Paths are looked up from the open root: on Django 5.2 that saves a sixth of the time.
    """
    stat, top = os.stat, os.open(root, os.O_RDONLY)
    try:
        for path, folder in known.folders.items():
            status = stat(path or ".", dir_fd=top)
            if status.st_ctime_ns + status.st_mtime_ns != folder.changed:
                return False
        for path, stamp in known.files.items():
            status = stat(path, dir_fd=top, follow_symlinks=False)
            if status.st_ctime_ns + status.st_mtime_ns != stamp.changed or status.st_size != stamp.size:
                return False
    except OSError:
        return False
    finally:
        os.close(top)
    return True


class _Look:
    def __init__(self, root: Path, known: Tree, suffixes: frozenset[str], stopped: Stopped) -> None:
        self._root = f"{root}{os.sep}"
        self._known = known
        self._suffixes = suffixes
        self._ignore = Ignore(root)
        self._now = time.time_ns()
        self.tree = Tree()
        waiting = [""]
        while waiting:
            if stopped():
                raise GivenUp
            path = waiting.pop()
            if folder := self._folder(path):
                self.tree.folders[path] = folder
                below = f"{path}/" if path else ""
                waiting += [below + name for name in folder.folders]
                self._stamp(below, folder.files)

    def _folder(self, path: str) -> Folder | None:
        try:
            status = os.stat(self._root + path)  # noqa: PTH116 - a `Path` for each folder is a tenth of a look
            known = self._known.folders.get(path)
            if known and known.changed == status.st_ctime_ns + status.st_mtime_ns:
                return known
            return self._list(path, self._changed(status))
        except OSError as error:
            logger.debug("folder %s is passed over: %s", path, error)
            return None

    def _stamp(self, below: str, names: list[str]) -> None:
        known, files, stat = self._known.files, self.tree.files, os.lstat
        for name in names:
            path = below + name
            try:
                status = stat(self._root + path)
            except OSError:
                continue  # removed since it was listed
            stamp = known.get(path)
            if stamp and stamp.changed == status.st_ctime_ns + status.st_mtime_ns and stamp.size == status.st_size:
                files[path] = stamp
            else:
                files[path] = Stamp(self._changed(status), status.st_size)

    def _list(self, path: str, changed: int) -> Folder:
        folder = Folder(changed)
        with os.scandir(self._root + path) as listed:
            entries = sorted(listed, key=lambda entry: entry.name)
        if not any(entry.name == "pyvenv.cfg" for entry in entries):
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    if self._ignore.keeps_folder(path, entry.name):
                        folder.folders.append(entry.name)
                elif self._wanted(entry) and self._ignore.keeps_file(path, entry.name):
                    folder.files.append(entry.name)
        return folder

    def _wanted(self, entry: os.DirEntry[str]) -> bool:
        named = entry.name == ".gitignore" or f".{entry.name.rpartition('.')[2]}" in self._suffixes
        return named and entry.is_file(follow_symlinks=False)

    def _changed(self, status: os.stat_result) -> int:
        window = _FINE_NS if status.st_ctime_ns % _SECOND_NS else _COARSE_NS
        if status.st_ctime_ns > self._now - window:
            return UNSETTLED
        return status.st_ctime_ns + status.st_mtime_ns


def _rules(tree: Tree) -> dict[str, Stamp]:
    return dict(_ignore_files(tree))


def _ignore_files(tree: Tree) -> Iterator[tuple[str, Stamp]]:
    for path, folder in tree.folders.items():
        if ".gitignore" in folder.files:
            file = f"{path}/.gitignore" if path else ".gitignore"
            yield file, tree.files.get(file, Stamp(UNSETTLED, 0))
