"""What the house rules judge: a file before and after the task."""

import asyncio
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

logger = logging.getLogger(__name__)


class Journal(Protocol):
    """What the rules ask of the journal."""

    async def files_changed(self) -> list[str]:
        """Paths whose bytes differ from before the task."""
        ...

    async def before(self, paths: Sequence[str]) -> list[bytes | None]:
        """The bytes of each file before the task; None where there was none."""
        ...


@dataclass(frozen=True, slots=True)
class Change:
    """One file that the task changed; None stands for no file."""

    path: str
    before: bytes | None
    after: bytes | None


async def collect_changes(journal: Journal, root: Path) -> list[Change]:
    """All files whose bytes differ from before the task, in the order of their paths."""
    paths = await journal.files_changed()
    before = await journal.before(paths)
    after = await asyncio.to_thread(_read_all, root, paths)
    logger.info("files=%d", len(paths))
    return [Change(*parts) for parts in zip(paths, before, after, strict=True)]


def _read_all(root: Path, paths: Iterable[str]) -> list[bytes | None]:
    return [read_bytes(root / path) for path in paths]


def read_bytes(path: Path) -> bytes | None:
    """The bytes of a file; None where there is none to read."""
    try:
        return path.read_bytes()
    except OSError:
        return None
