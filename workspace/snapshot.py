"""What a command changed behind the guard's back: found by comparing the tree, taken over or taken back.

Before a command the tree's manifest is on disk. When the process is killed while the command runs, `put_back` has
what it takes for the command to be run again on the tree that it began with.
"""

import json
import logging
import os
import re
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from backend_developer.workspace.conventions import looks_like_secret
from backend_developer.workspace.files import Version
from backend_developer.workspace.guard import Guard, Refusal
from backend_developer.workspace.journal import Adopted, Blobs
from backend_developer.workspace.manifest import Change, Item, Keeper, Manifest
from backend_developer.workspace.text import printable
from backend_developer.workspace.tree import Tree

logger = logging.getLogger(__name__)

BEAT_S = 1.0
"""How often the process that watches a command says that it lives."""

_AFTERLIFE_NS = 5_000_000_000
"""How long after the last beat a change may still be the command's: the executor sweeps what outlived us."""

_HEADS = re.compile(r"\.git/(modules/.+/)?(HEAD|ORIG_HEAD|packed-refs|refs/stash|refs/heads/.+)")
"""What git moves when it commits, switches, resets or stashes."""

_WITH_GIT = Refusal(
    "git", "changed together with git's branch, HEAD or stash, which are the user's", "work on the files without those"
)
_COPIED = Refusal("secrets", "has the bytes of a file that may hold secrets", "name what is needed, and leave it there")
_LINK_OUT = Refusal("outside", "is a link that leads out of the workspace", "keep what you need inside it")


@dataclass(frozen=True, slots=True)
class Undone:
    """A change that was taken back, or that someone else made meanwhile."""

    path: str
    """As it can be shown."""
    refusal: Refusal | None = None
    """Why; None where an interrupted command was taken back as a whole."""
    kept: Path | None = None
    """Where the bytes that were replaced lie; None where there were none."""
    restored: bool = True
    """False where it stayed as it is."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a command's changes."""

    adopted: list[Adopted]
    """Taken over as the task's edits."""
    folders: list[str]
    """New folders among them."""
    undone: list[Undone]


class Snapshot:
    """Watches one workspace. Everything here blocks: call it from a thread, one command at a time.

    `warm` may run beside all else.
    """

    def __init__(self, guard: Guard, tree: Tree, blobs: Blobs, folder: Path) -> None:
        self._root = guard.root
        self._guard = guard
        self._blobs = blobs
        self._keeper = Keeper(guard.root, tree, blobs, folder / "objects")
        self._saved = folder / "manifest.json"
        self._running = folder / "running.json"
        self._turn = threading.Lock()
        self._last: Manifest | None = None
        self._on_disk: Manifest | None = None

    def warm(self) -> None:
        """Read the tree once, so that the first command need not."""
        with self._turn:
            self._last = self._keeper.take(self._previous())

    def begin(self, run: str, call_id: str) -> Manifest:
        """Take the manifest that the command of this call is judged by, and put it on disk."""
        with self._turn:
            self._last = manifest = self._keeper.take(self._previous())
        if self._on_disk is None or self._on_disk.items != manifest.items:
            _write(self._saved, manifest.dump())
            self._on_disk = manifest
        _write(self._running, json.dumps({"run": run, "call_id": call_id, "tree": self._identity()}))
        return manifest

    def beat(self) -> None:
        """Say that the command still runs, so that what changes after us is known for someone else's."""
        os.utime(self._running)

    def settle(self, before: Manifest) -> Settled:
        """Compare, take back what the guard refuses, and name the rest for the journal.

        Where a command moved git's HEAD, a branch or the stash, all of its changes go back: files of another branch,
        or without what is in a stash that is gone, would be neither the user's nor the task's.
        """
        after = self._keeper.take(before, refresh=False)
        self._last = after
        changes = self._keeper.changes(before, after)
        rest = _WITH_GIT if any(_HEADS.fullmatch(change.path) for change in changes) else None
        secrets = self._secrets(before)
        refused = [(change, refusal) for change in changes if (refusal := self._refusal(change, secrets) or rest)]
        stuck = set(self._keeper.put_back([change for change, _ in refused]))
        told = [pair for pair in refused if not _is_folder(pair[0])] or refused
        undone = [self._undone(change, refusal, change not in stuck) for change, refusal in told]
        forbidden = {change.path for change, _ in refused}
        allowed = [change for change in changes if change.path not in forbidden]
        logger.info("changes=%d undone=%d", len(allowed), len(undone))
        return Settled(
            adopted=[
                Adopted(path, _version(old), _version(new))
                for path, old, new in allowed
                if _version(old) != _version(new)
            ],
            folders=[path for path, old, new in allowed if new and new.is_folder and not old],
            undone=undone,
        )

    def end(self) -> None:
        """The command is over and its changes are in the journal."""
        self._running.unlink(missing_ok=True)

    def interrupted(self) -> tuple[str, str] | None:
        """The run and the call whose command was running when its process was killed; None where there is none.

        None also where the workspace is another folder than the one that the command ran in.
        """
        running = _read(self._running)
        if running is None or running.get("tree") != self._identity():
            return None
        return str(running["run"]), str(running["call_id"])

    def put_back(self) -> list[Undone]:
        """Make the tree what it was before the interrupted command.

        What changed after the process had died is someone else's: it stays, and is named.
        """
        before = _load(self._saved)
        if before is None:
            logger.warning("there is no manifest to put the tree back to")
            self.end()
            return []
        last_ns = self._running.stat().st_mtime_ns + _AFTERLIFE_NS
        changes = self._keeper.changes(before, self._keeper.take(before))
        later = [change for change in changes if change.after and change.after.ctime_ns > last_ns]
        ours = [change for change in changes if change not in later]
        stuck = set(self._keeper.put_back(ours)) | set(later)
        self.end()
        self._last = None
        logger.info("changes=%d kept=%d", len(changes), len(stuck))
        return [self._undone(change, None, change not in stuck) for change in changes if not _is_folder(change)]

    def _previous(self) -> Manifest | None:
        if self._last is None:
            self._last = self._on_disk = _load(self._saved)
        return self._last

    def _secrets(self, before: Manifest) -> set[str]:
        """Digests of the files that may hold secrets: a copy of one would be stored, and shown in the diff."""
        return {
            item.digest
            for path, item in before.items.items()
            if item.digest and item.size and looks_like_secret(path) and not item.is_folder
        }

    def _refusal(self, change: Change, secrets: set[str]) -> Refusal | None:
        # A folder is judged by what could lie in it: `tests` alone would be the name of some file.
        judged = f"{change.path}/any" if _is_folder(change) else change.path
        refusal = self._guard.refusal(judged)
        if refusal is None and change.after and change.after.is_link and self._guard.leads_out(change.path):
            return _LINK_OUT
        if refusal is None and change.after and change.after.digest in secrets:
            return _COPIED
        return refusal

    def _undone(self, change: Change, refusal: Refusal | None, restored: bool) -> Undone:
        lost = change.after if change.after and change.after.digest else None
        kept = self._blobs.path(lost.digest) if lost else None
        return Undone(printable(change.path), refusal, kept if kept and kept.exists() else None, restored)

    def _identity(self) -> list[int]:
        stat = self._root.stat()
        return [stat.st_dev, stat.st_ino]


def _version(item: Item | None) -> Version | None:
    return Version(item.digest, item.mode) if item and not item.is_folder else None


def _is_folder(change: Change) -> bool:
    return all(item is None or item.is_folder for item in (change.before, change.after))


def _load(path: Path) -> Manifest | None:
    try:
        return Manifest.load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, TypeError):
        return None


def _read(path: Path) -> dict[str, object] | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = path.with_suffix(f".{os.getpid()}.{time.monotonic_ns()}")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)
