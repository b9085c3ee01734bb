"""The index of one project, for nodes and tools: always up to date, never on the event loop."""

import asyncio
import logging
import sqlite3
import threading
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import TypeVar

from backend_developer.contract import WorkspaceUnusable
from backend_developer.workspace.index import mounts, neighbours, project, search
from backend_developer.workspace.index.background import Background, GivenUp, Stopped
from backend_developer.workspace.index.records import Conventions, Hit, LongFile, Model, Pair, Route, Wanted
from backend_developer.workspace.index.refresh import refresh
from backend_developer.workspace.index.store import WAIT_S, Store, store_path
from backend_developer.workspace.index.walk import Tree

logger = logging.getLogger(__name__)

T = TypeVar("T")

_UNUSABLE = ("unable to open", "readonly", "read-only", "locked", "disk", "permission")
"""Messages of SQLite about the surroundings, which a new file would not mend."""


REST_S = 0.06
"""A file that was written less than 50 ms ago is read again at the next look, since its stamp cannot be relied on."""


class CodeIndex:
    """What a project already has.

    Every question looks at the files first, so an answer is never stale. `store` is a folder; the index is a file in
    it, made anew where it is damaged, and kept in memory where the folder cannot be used. Several processes may share
    it.
    """

    def __init__(self, root: Path, store: Path) -> None:
        self.root = root.absolute()
        self._folder = store
        self._store: Store | None = None
        self._tree = Tree()
        self._generation = -1
        self._one_at_a_time = threading.Lock()
        self._background = Background(self._ahead, rest_s=REST_S, name="index")

    async def similar(
        self, text: str, *, kinds: Collection[str] | None = None, language: str | None = None, limit: int = 10
    ) -> list[Hit]:
        """Definitions that serve a need, told in words or as code; none where the project has no counterpart."""
        wanted = Wanted(text)
        return await self.ask(
            lambda store: mounts.addressed(store, search.similar(store, wanted, kinds, language, limit))
        )

    async def similar_to_each(
        self, wanted: Sequence[Wanted], *, limit: int = 10, least: float = search.LEAST
    ) -> list[list[Hit]]:
        """The same for several needs at once, with one look at the files.

        With a lower `least` for somebody who chooses among them.
        """
        return await self.ask(
            lambda store: [
                mounts.addressed(store, search.similar(store, one, limit=limit, least=least)) for one in wanted
            ]
        )

    async def duplicates(self, paths: set[str] | None = None) -> list[Pair]:
        """Near-copies in the project, or between the given files and the whole; `first` is in the given files."""
        return await self.ask(lambda store: neighbours.duplicates(store, paths))

    async def routes(self) -> list[Route]:
        """All addresses that the project serves."""
        return await self.ask(project.routes)

    async def models(self) -> list[Model]:
        """All tables and messages that the project describes."""
        return await self.ask(project.models)

    async def long_files(self, limit_lines: int = 300) -> list[LongFile]:
        """Product code over the limit, the longest first."""
        return await self.ask(lambda store: project.long_files(store, limit_lines))

    async def conventions(self) -> Conventions:
        """Where logging, errors, settings and database sessions live."""
        return await self.ask(project.conventions)

    async def ask(self, question: Callable[[Store], T]) -> T:
        """Run a question in a worker thread, on an index that is up to date.

        One that is cancelled gives way at once; the reading begins again in the background, so that who asks with a
        limit finds even the largest project read in the end.
        Raises `WorkspaceUnusable` where the project cannot be read.
        """
        cancelled = threading.Event()
        try:
            return await asyncio.to_thread(self._answer, question, cancelled.is_set)
        except asyncio.CancelledError:
            cancelled.set()
            self.freshen()
            raise

    def freshen(self) -> None:
        """Read in the background what has changed, for the next question to find it done; returns at once.

        A question that comes meanwhile waits for the rest. What goes wrong is logged, and left to the next question.
        """
        self._background.want()

    def close(self) -> None:
        """Give up the file, and what is being read in the background. The next question opens it again.

        Blocks until the file that is being read is done.
        """
        self._background.stop()
        with self._one_at_a_time:
            self._close()

    def _ahead(self, stopped: Stopped) -> None:
        try:
            with self._one_at_a_time:
                # Another process that writes is reading the same changes: its work is not waited for.
                self._fresh(self._path(), stopped, wait_s=0)
        except GivenUp:
            logger.info("reading the changes in %s is given up", self.root)
        except Exception:
            logger.warning("the changes in %s are left to the next question", self.root, exc_info=True)

    def _answer(self, question: Callable[[Store], T], stopped: Stopped) -> T:
        with self._one_at_a_time:
            try:
                return question(self._fresh(self._path(), stopped))
            except sqlite3.Error as error:
                self._close()
                path = self._after(error)
            try:
                return question(self._fresh(path, stopped))
            except sqlite3.Error:
                logger.exception("the index of %s cannot be kept on disk, it is made in memory", self.root)
                self._close()
            return question(self._fresh(None, stopped))

    def _after(self, error: sqlite3.Error) -> Path | None:
        """Where to go on after a failure: the same place without the damaged file, or memory."""
        if any(word in str(error).casefold() for word in _UNUSABLE):
            logger.warning("the index of %s is made in memory: %s", self.root, error)
            return None
        path = store_path(self._folder, self.root)
        logger.warning("the index of %s is made anew: %s", self.root, error)
        for file in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
            file.unlink(missing_ok=True)
        return path

    def _path(self) -> Path | None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            logger.warning("the index of %s is made in memory: %s", self.root, error)
            return None
        return store_path(self._folder, self.root)

    def _fresh(self, path: Path | None, stopped: Stopped, wait_s: float = WAIT_S) -> Store:
        if stopped():
            raise GivenUp
        store = self._store = self._store or Store(path, wait_s)
        store.wait(wait_s)
        if store.generation() != self._generation:
            self._tree = store.tree()
        try:
            self._tree = refresh(store, self.root, self._tree, stopped)
        except OSError as error:
            raise WorkspaceUnusable(
                f"the project in {self.root} cannot be read: {error.strerror or error}.",
                "Name a folder that exists and that this user may read.",
                source="scan",
            ) from error
        self._generation = store.generation()
        return store

    def _close(self) -> None:
        if self._store:
            self._store.close()
        self._store, self._tree, self._generation = None, Tree(), -1
