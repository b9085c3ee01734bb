"""What the journal remembers, and the store that keeps it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from backend_developer.workspace.files import Version


@dataclass(frozen=True, slots=True)
class FileRecord:
    """One file that the task wrote; None stands for no file."""

    path: str
    original: Version | None
    """Before the task."""
    base: Version | None
    """Before the last write."""
    written: Version | None
    """By the last write, or about to be."""
    call_id: str
    """The call of the last write."""
    mixed: bool = False
    """Whether someone else changed it between the task's writes: taking it back would lose that."""


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One call that changes the project, and its answer."""

    call_id: str
    answer: str
    ok: bool = True
    done: bool = False
    """Whether all that it wrote is in place."""


class Adopted(NamedTuple):
    """A path that a command changed; None stands for no file."""

    path: str
    before: Version | None
    after: Version | None


@dataclass(frozen=True, slots=True)
class Batch:
    """What is stored together, in one transaction."""

    call: CallRecord | None = None
    files: tuple[FileRecord, ...] = ()
    folders: tuple[str, ...] = ()
    """Folders that the task makes."""
    blobs: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Loaded:
    """All of a run, without the bytes and the answers."""

    files: tuple[FileRecord, ...] = ()
    folders: tuple[str, ...] = ()
    calls: Mapping[str, bool] = field(default_factory=dict)
    """Call id to whether it is done."""


class Kept(NamedTuple):
    """A path that was left as it is, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class UndoResult:
    """What an undo did; paths as they can be shown."""

    restored: list[str]
    kept: list[Kept]


@dataclass(frozen=True, slots=True)
class Recovered:
    """What a recovery did; paths as they can be shown."""

    redone: list[str]
    """Written again: a killed process had not got to it, or the tree is another one."""
    kept: list[Kept]
    """Neither as before nor as written: someone else's."""


class Store(Protocol):
    """Where a run's journal is kept. Each method is one transaction."""

    async def load(self, run: str) -> Loaded:
        """All of the run; empty where it is new."""
        ...

    async def record(self, run: str, batch: Batch) -> None:
        """Keep a batch; a file or a call that is known is replaced."""
        ...

    async def close(self, run: str, call_id: str) -> None:
        """The call is done."""
        ...

    async def withdraw(self, run: str, call_id: str, path: str, previous: FileRecord | None) -> None:
        """The call is forgotten, and its file as it was known before."""
        ...

    async def answer(self, run: str, call_id: str) -> CallRecord | None:
        """What the call answered."""
        ...

    async def blob(self, run: str, digest: str) -> bytes | None:
        """Bytes that the run stored."""
        ...
