"""One project on disk, and all that may touch it: guard, journal, snapshot and commands tied together."""

import asyncio
import contextlib
import logging
import os
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from backend_developer.contract import ToolRefused, WorkspaceUnusable
from backend_developer.contract.ports import Commands, Outcome
from backend_developer.workspace.files import digest_of
from backend_developer.workspace.guard import Guard
from backend_developer.workspace.journal import Blobs, CallRecord, Journal, Store, UndoResult
from backend_developer.workspace.journal.records import Kept
from backend_developer.workspace.snapshot import BEAT_S, Settled, Snapshot, Undone
from backend_developer.workspace.tree import Tree

logger = logging.getLogger(__name__)

Tell = Callable[[Outcome, Settled], tuple[str, bool]]
"""How a command ended and what became of its changes, to the answer of its call and whether it went well."""

_NO_AUTO_GC = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "gc.auto", "GIT_CONFIG_VALUE_0": "0"}
"""Git tidies up after some commands by itself; what it throws away could not be put back."""

_NOTHING = frozenset({".git", ".DS_Store"})


@dataclass(frozen=True, slots=True)
class Recovery:
    """What was done about an earlier process that was killed; paths as they can be shown."""

    undone: list[Undone]
    """Changes of an interrupted command, which will run again."""
    redone: list[str]
    kept: list[Kept]


class Workspace:
    """The project under work, for one run."""

    def __init__(self, guard: Guard, journal: Journal, snapshot: Snapshot, tree: Tree, commands: Commands) -> None:
        self.root = guard.root
        self.guard = guard
        self.journal = journal
        self.snapshot = snapshot
        self.tree = tree
        self.commands = commands

    @staticmethod
    def check_usable(root: Path) -> Path:
        """The folder with its links resolved. Raises `WorkspaceUnusable`; blocks. No git is fine."""
        fault = _fault(root)
        if fault is not None:
            raise WorkspaceUnusable(f"The workspace {root} {fault[0]}.", fault[1], source="workspace")
        return Path(os.path.realpath(root))

    @classmethod
    async def open(
        cls,
        root: Path,
        *,
        store: Store,
        state_dir: Path,
        run: str,
        commands: Commands,
        is_test: Callable[[str], bool] | None = None,
        protected: Sequence[str] = (),
    ) -> Self:
        """The workspace of a run. `state_dir` gets the bytes that are kept; it must lie outside.

        Raises `WorkspaceUnusable`, and `InvalidSettings` for a glob of `protected` that is none.
        """
        root = await asyncio.to_thread(cls.check_usable, root)
        await asyncio.to_thread(_check_outside, state_dir, root)
        guard = Guard(root, is_test=is_test, protected=protected)
        tree = Tree(root, guarded=lambda path: guard.refusal(path) is not None, encloses=guard.encloses)
        folder = state_dir / "workspaces" / digest_of(os.fsencode(root))[:16]
        blobs = Blobs(folder / "blobs")
        journal = await Journal.open(store, blobs=blobs, root=root, run=run)
        return cls(guard, journal, Snapshot(guard, tree, blobs, folder), tree, commands)

    async def recover(self) -> Recovery:
        """Mend what an earlier process left when it was killed; harmless where none was."""
        undone = await self._take_back_interrupted()
        recovered = await self.journal.recover()
        return Recovery(undone, recovered.redone, recovered.kept)

    async def undo(self) -> UndoResult:
        """Put back what the task wrote, where nobody has changed it since."""
        await self._take_back_interrupted()
        return await self.journal.undo()

    async def warm(self) -> None:
        """Read the tree once, beside other work, so that the first command need not wait for it."""
        await asyncio.to_thread(self.snapshot.warm)

    async def command(self, command: str, *, call_id: str, timeout_s: float | None, tell: Tell) -> CallRecord:
        """Run a command of the model; its changes become the task's, but for those that the guard refuses.

        Raises `CallFailed` where it cannot be started.
        """
        before = await asyncio.to_thread(self.snapshot.begin, self.journal.run, call_id)
        try:
            async with self._beating():
                outcome = await self.commands.run(command, cwd=self.root, timeout_s=timeout_s, env=_NO_AUTO_GC)
        except ToolRefused:
            await asyncio.to_thread(self.snapshot.end)
            raise
        settled = await asyncio.to_thread(self.snapshot.settle, before)
        text, ok = tell(outcome, settled)
        call = CallRecord(call_id, text, ok, done=True)
        await self.journal.adopt(settled.adopted, folders=settled.folders, call=call)
        await asyncio.to_thread(self.snapshot.end)
        logger.info("exit=%s adopted=%d undone=%d", outcome.exit_code, len(settled.adopted), len(settled.undone))
        return call

    @contextlib.asynccontextmanager
    async def _beating(self) -> AsyncIterator[None]:
        async def beat() -> None:
            while True:
                await asyncio.sleep(BEAT_S)
                await asyncio.to_thread(self.snapshot.beat)

        task = asyncio.create_task(beat())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait([task])

    async def _take_back_interrupted(self) -> list[Undone]:
        interrupted = await asyncio.to_thread(self.snapshot.interrupted)
        if interrupted is None:
            return []
        if await self.journal.ended_in(*interrupted):
            await asyncio.to_thread(self.snapshot.end)
            return []
        logger.warning("a command of %s was interrupted; the tree is put back", interrupted[0])
        return await asyncio.to_thread(self.snapshot.put_back)


def _check_outside(state_dir: Path, root: Path) -> None:
    if Path(os.path.realpath(state_dir)).is_relative_to(root):
        raise WorkspaceUnusable(
            f"The state folder {state_dir} lies inside the workspace {root}.",
            "Set BACKEND_DEVELOPER_STATE_DIR to a folder outside of it.",
            source="workspace",
        )


def _fault(root: Path) -> tuple[str, str] | None:
    """What is wrong with a folder, and the way out."""
    try:
        if not root.is_dir():
            return _no_folder(root)
        names = {entry.name for entry in os.scandir(root)}
    except OSError as error:
        return f"cannot be read ({error.strerror})", "Give this user access to it, or name another folder."
    if os.path.realpath(root) == root.anchor:
        return "is the root of the file system", "Name the project's own folder."
    if names <= _NOTHING:
        return "is empty", "Put the project there, or name the folder that it is in."
    if not _is_writable(root):
        return "is read-only", "Give this user the right to write there, or work on a copy of the project."
    return None


def _no_folder(root: Path) -> tuple[str, str]:
    if root.exists():
        return "is not a folder", "Name the project's folder, not a file in it."
    return "does not exist", "Name an existing folder with --workspace, or create it and put the project there."


def _is_writable(root: Path) -> bool:
    effective = os.access in os.supports_effective_ids
    return os.access(root, os.W_OK | os.X_OK, effective_ids=effective)
