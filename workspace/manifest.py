"""What a tree holds at one moment: enough to find every change, and to take it back.

Only files whose stat differs from the manifest before are read, so that a second one costs a walk. A command cannot
hide a change behind an old time: `st_ctime` is the kernel's.
"""

import contextlib
import json
import logging
import os
import shutil
import stat
import time
from pathlib import Path
from typing import NamedTuple, Self

from backend_developer.workspace.files import FILE, LINK, Content, digest_of, put_content, read_content
from backend_developer.workspace.journal.blobs import Blobs, Sink
from backend_developer.workspace.tree import Entry, Tree

logger = logging.getLogger(__name__)

MAX_KEPT_BYTES = 64 * 1024 * 1024
"""Longer files are watched, but cannot be put back."""

_RACY_NS = 20_000_000
"""A file changed this shortly before a manifest may change again within the same tick of the file system's clock."""


class Item(NamedTuple):
    """One file, link or folder."""

    mode: int
    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int
    digest: str = ""
    """Empty for folders and git's objects, which do not change once written."""

    @property
    def kind(self) -> int:
        """`FILE`, `LINK`, or that of a folder."""
        return stat.S_IFMT(self.mode)

    @property
    def is_link(self) -> bool:
        """Whether it is a symbolic link."""
        return stat.S_ISLNK(self.mode)

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder."""
        return stat.S_ISDIR(self.mode)

    def differs(self, other: "Item") -> bool:
        """Whether one was changed into the other."""
        if self.mode != other.mode or self.digest != other.digest:
            return True
        return self.kind == FILE and not self.digest and (self.size, self.mtime_ns) != (other.size, other.mtime_ns)


class Manifest(NamedTuple):
    """All items of a tree, by path."""

    taken_ns: int
    items: dict[str, Item]

    def dump(self) -> str:
        """As JSON."""
        return json.dumps(self)

    @classmethod
    def load(cls, raw: str) -> Self:
        """From JSON. Raises `ValueError`, `TypeError` where it is something else."""
        taken_ns, items = json.loads(raw)
        return cls(taken_ns, {path: Item(*item) for path, item in items.items()})


class Change(NamedTuple):
    """One item that differs; None stands for nothing there."""

    path: str
    before: Item | None
    after: Item | None


class Keeper:
    """Takes manifests of one tree, and keeps what is needed to put its items back. Everything here blocks."""

    def __init__(self, root: Path, tree: Tree, blobs: Blobs, objects: Path) -> None:
        self._root = root
        self._tree = tree
        self._blobs = blobs
        self._objects = objects

    def take(self, previous: Manifest | None = None, *, refresh: bool = True) -> Manifest:
        """The tree as it is now; what `previous` has seen already is not read again."""
        began = time.time_ns()
        if previous is None:
            with self._blobs.packing() as sink:
                items = self._take(Manifest(0, {}), sink, refresh=refresh)
        else:
            items = self._take(previous, self._blobs, refresh=refresh)
        logger.debug("%d items in %.1f ms", len(items), (time.time_ns() - began) / 1e6)
        return Manifest(began, items)

    def _take(self, old: Manifest, sink: Sink, *, refresh: bool) -> dict[str, Item]:
        items = {}
        for path, entry in self._tree.watched(refresh=refresh):
            item = self._of_entry(path, entry, old, sink)
            if item is not None:
                items[path] = item
        return items

    def changes(self, before: Manifest, after: Manifest) -> list[Change]:
        """What differs, in the order of the paths.

        A path that the second walk did not meet may only have been hidden: it is looked at by itself.
        """
        found = []
        for path in sorted(before.items.keys() | after.items.keys()):
            old, new = before.items.get(path), after.items.get(path)
            if old is not None and new is None:
                new = self._of_path(path, before)
            if old is None or new is None or old.differs(new):
                found.append(Change(path, old, new))
        return [change for change in found if change.before or change.after]

    def put_back(self, changes: list[Change]) -> list[Change]:
        """Undo these changes; returns those that could not be undone."""
        new_first = sorted(changes, key=lambda change: change.path, reverse=True)
        for change in new_first:
            if change.after and (change.before is None or change.before.kind != change.after.kind):
                self._remove(change.path, change.after)
        return [change for change in sorted(changes) if not self._restore(change)]

    def _of_entry(self, path: str, entry: Entry, old: Manifest, sink: Sink) -> Item | None:
        try:
            return self._item(path, entry.stat(follow_symlinks=False), old, sink)
        except OSError:
            # It went away meanwhile, or is closed to us.
            return None

    def _of_path(self, path: str, old: Manifest) -> Item | None:
        try:
            return self._item(path, (self._root / path).lstat(), old, self._blobs)
        except OSError:
            return None

    def _item(self, path: str, seen: os.stat_result, old: Manifest, sink: Sink) -> Item | None:
        item = Item(seen.st_mode, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns, seen.st_ino)
        if item.is_folder:
            return Item(item.mode, 0, 0, 0, 0)
        if item.kind not in (FILE, LINK):
            return None
        if is_git_object(path):
            self._keep_object(path, item)
            return item._replace(ctime_ns=0)
        known = old.items.get(path)
        if known and known[:5] == item[:5] and item.ctime_ns < old.taken_ns - _RACY_NS:
            return known
        return item._replace(digest=self._keep_bytes(path, item, sink))

    def _keep_bytes(self, path: str, item: Item, sink: Sink) -> str:
        place = self._root / path
        if item.kind == LINK:
            return sink.put(os.fsencode(place.readlink()))
        if item.size <= MAX_KEPT_BYTES:
            return sink.put(place.read_bytes())
        return digest_of(f"{item.size} {item.mtime_ns} {item.ctime_ns} {item.inode}".encode())

    def _keep_object(self, path: str, item: Item) -> None:
        """Git's objects are never changed in place, so a second name keeps one without copying it."""
        kept = self._object(path, item)
        if kept.exists():
            return
        kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            os.link(self._root / path, kept, follow_symlinks=False)
        except OSError:
            if item.size <= MAX_KEPT_BYTES:
                shutil.copy2(self._root / path, kept, follow_symlinks=False)

    def _object(self, path: str, item: Item) -> Path:
        name = digest_of(f"{path} {item.size} {item.mtime_ns}".encode("utf-8", "surrogateescape"))
        return self._objects / name[:2] / name[2:]

    def _remove(self, path: str, item: Item) -> None:
        with contextlib.suppress(OSError):
            (self._root / path).rmdir() if item.is_folder else (self._root / path).unlink()

    def _restore(self, change: Change) -> bool:
        place, item = self._root / change.path, change.before
        try:
            if item is None:
                return not os.path.lexists(place)
            if item.is_folder:
                place.mkdir(exist_ok=True)
                place.chmod(stat.S_IMODE(item.mode))
                return True
            content = self._content(change.path, item)
            if content is None:
                return False
            place.parent.mkdir(parents=True, exist_ok=True)
            put_content(place, content)
            os.utime(place, ns=(item.mtime_ns, item.mtime_ns), follow_symlinks=False)
        except OSError as error:
            logger.warning("%r could not be put back: %s", change.path, error)
            return False
        return True

    def _content(self, path: str, item: Item) -> Content | None:
        if not item.digest:
            kept = read_content(self._object(path, item))
            return kept and Content(kept.data, item.mode)
        data = self._blobs.get(item.digest)
        return None if data is None else Content(data, item.mode)


def is_git_object(path: str) -> bool:
    """Whether it is one of git's objects: named by its content, and never changed."""
    _, found, inside = f"/{path}".partition("/.git/")
    return bool(found) and "objects/" in inside and "objects/info/" not in inside
