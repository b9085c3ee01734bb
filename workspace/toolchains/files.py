"""Which files a project of some kind is recognised by."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import islice
from pathlib import Path

from backend_developer.workspace.tree import Tree

logger = logging.getLogger(__name__)

MAX_FILES = 50_000
"""How many files are looked at; a project larger than that is recognised by its first ones."""


_Seen = dict[tuple[Path, str], list[str]]

_seen: ContextVar[_Seen | None] = ContextVar("seen", default=None)


@contextmanager
def one_look() -> Iterator[None]:
    """Each walk of the body is made once: every toolchain asks for the same files, and nobody writes meanwhile."""
    token = _seen.set({})
    try:
        yield
    finally:
        _seen.reset(token)


def walk(root: Path, below: str = ".") -> Iterator[str]:
    """The project's files in sorted order, relative to `root` with forward slashes.

    Without what git ignores, virtualenvs and what tools have made.
    """
    seen = _seen.get()
    if seen is None:
        return _walk(root, below)
    if (root, below) not in seen:
        seen[root, below] = list(_walk(root, below))
    return iter(seen[root, below])


def _walk(root: Path, below: str) -> Iterator[str]:
    tree = Tree(root, guarded=lambda _: False, encloses=lambda _: False)
    return islice(tree.files(below), MAX_FILES)


def is_within(path: str, folder: str) -> bool:
    """Whether a relative path lies in a relative folder; `.` holds everything."""
    return folder in (".", path) or path.startswith(f"{folder}/")


def read_text(path: Path) -> str:
    """The file's text, undecodable bytes replaced; empty where it cannot be read."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        logger.debug("%s cannot be read: %s", path, error)
        return ""
