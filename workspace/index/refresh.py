"""Bring the index up to date with the files: what every query does first."""

import logging
import time
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from backend_developer.workspace.collector import without_collector
from backend_developer.workspace.index.background import GivenUp, Stopped
from backend_developer.workspace.index.languages import SUFFIXES
from backend_developer.workspace.index.sources import Source, digest, take_apart
from backend_developer.workspace.index.store import Store
from backend_developer.workspace.index.walk import UNSETTLED, Stamp, Tree, look

logger = logging.getLogger(__name__)

TOGETHER = 200
"""Files that are written in one go; bounds the memory of a first index."""
READ_BYTES = 8_000_000
"""Larger files are data; they are known by name only."""
FEW = 64
"""As many files are compared by their bytes before a transaction is opened."""


def refresh(store: Store, root: Path, known: Tree, stopped: Stopped) -> Tree:
    """Index what has changed since `known`, which must be the store's own tree. Returns the tree as it is now.

    A file has changed when its stamp has moved and the hash of its bytes is another.
    Raises `OSError` where the root cannot be read, `sqlite3.Error` where the store cannot be written, `GivenUp` soon
    after `stopped` says so.
    """
    seen = look(root, known, SUFFIXES, stopped)
    touched = [path for path, stamp in seen.files.items() if _moved(stamp, known.files.get(path))]
    gone = known.files.keys() - seen.files.keys()
    if not gone and len(touched) <= FEW and all(_same(store, root, path, seen.files[path]) for path in touched):
        return seen
    began = time.perf_counter()
    with store.writing(), without_collector():
        counts = _write(store, root, seen, touched, stopped)
    logger.info("%d files indexed, %d forgotten in %.2f s", *counts, time.perf_counter() - began)
    return seen


def _moved(stamp: Stamp, known: Stamp | None) -> bool:
    return stamp.changed == UNSETTLED or stamp != known


def _same(store: Store, root: Path, path: str, stamp: Stamp) -> bool:
    found = store.rows("SELECT digest FROM files WHERE path = ?", (path,))
    return bool(found) and found[0][0] == digest(_read(root, path, stamp))


def _write(store: Store, root: Path, seen: Tree, touched: list[str], stopped: Stopped) -> tuple[int, int]:
    """Write what differs, by the bytes: another process may have been quicker. Returns files indexed and forgotten."""
    digests = dict(store.rows("SELECT path, digest FROM files"))
    gone = digests.keys() - seen.files.keys()
    store.remove(gone)
    unchanged: list[str] = []
    changed = _changed(root, seen, _unless(stopped, touched), digests, unchanged)
    count = 0
    while sources := list(islice(changed, TOGETHER)):
        store.remove(source.path for source in sources if source.path in digests)
        store.add((source, seen.files[source.path]) for source in sources)
        count += len(sources)
    store.put_stamps(seen, unchanged)
    return count, len(gone)


def _unless(stopped: Stopped, paths: Iterable[str]) -> Iterator[str]:
    for path in paths:
        if stopped():
            raise GivenUp
        yield path


def _changed(
    root: Path, seen: Tree, touched: Iterable[str], digests: dict[str, bytes], unchanged: list[str]
) -> Iterator[Source]:
    """The touched files whose bytes differ, taken apart; the names of the others go to `unchanged`."""
    for path in touched:
        raw = _read(root, path, seen.files[path])
        if path in digests and digests[path] == digest(raw):
            unchanged.append(path)
        else:
            yield take_apart(path, raw)


def _read(root: Path, path: str, stamp: Stamp) -> bytes:
    """The bytes of a file; of one that is too large or cannot be read, a NUL and its size, as binary."""
    if stamp.size <= READ_BYTES:
        try:
            with open(f"{root}/{path}", "rb", buffering=0) as file:  # noqa: PTH123 - a `Path` each costs 2% of the time
                return file.read()
        except OSError as error:
            logger.debug("%s is passed over: %s", path, error)
    return b"\0%d" % stamp.size
