"""The runs that the database knows: what `show`, `resume` and `undo` need to find one by its task's name."""

import asyncio
import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Literal, LiteralString

from psycopg import Error
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from backend_developer.contract import InvalidTask, NoDatabase, Report, Status, Task
from backend_developer.workspace.postgres.pool import Pool, again_if_cut

logger = logging.getLogger(__name__)

RunStatus = Literal["running", "undone"] | Status

CREATE_TABLES: tuple[LiteralString, ...] = (
    "CREATE SCHEMA IF NOT EXISTS backend_developer",
    """
    CREATE TABLE IF NOT EXISTS runs (
        thread_id text PRIMARY KEY,
        task_id text NOT NULL,
        workspace text NOT NULL,
        task jsonb NOT NULL,
        status text NOT NULL DEFAULT 'running',
        report jsonb,
        started_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now()
    )
    """,
    "CREATE INDEX IF NOT EXISTS runs_task_id_idx ON runs (task_id)",
    "CREATE INDEX IF NOT EXISTS runs_updated_at_idx ON runs (updated_at)",
)
"""Our schema is the only one on the search path of the pool's connections."""

# A conflicting row must be written to come back, so it is written as it is.
_BEGIN: LiteralString = """
INSERT INTO runs (thread_id, task_id, workspace, task) VALUES (%s, %s, %s, %s)
ON CONFLICT (thread_id) DO UPDATE SET thread_id = excluded.thread_id RETURNING *
"""
_SAVE: LiteralString = "UPDATE runs SET status = %s, report = %s, updated_at = now() WHERE thread_id = %s"
_UNDONE: LiteralString = "UPDATE runs SET status = 'undone', updated_at = now() WHERE thread_id = %s"
_NAMED: LiteralString = "SELECT * FROM runs WHERE task_id = %s ORDER BY updated_at DESC"
_THREAD: LiteralString = "SELECT * FROM runs WHERE thread_id = %s"
_LATEST: LiteralString = "SELECT * FROM runs ORDER BY updated_at DESC LIMIT %s"


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a task, as a row."""

    thread_id: str
    task_id: str
    workspace: str
    task: dict[str, Any]
    status: RunStatus
    report: dict[str, Any] | None
    started_at: datetime
    updated_at: datetime

    def check_standing(self) -> None:
        """Raises `InvalidTask` where the run was undone: its report would tell of a change that is gone."""
        if self.status == "undone":
            raise InvalidTask(
                [f"task_id: `{self.task_id}` was undone in {self.workspace}; to do it again, give it another task_id"]
            )


class Runs:
    """The runs in the database of this pool; `open_saver` has made the table. All methods raise `NoDatabase`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def begin(self, task: Task) -> Run:
        """The run of this task, begun now or earlier.

        Raises `InvalidTask` where another task of the same name was begun in this workspace.
        """
        workspace = await asyncio.to_thread(task.workspace.resolve)
        thread = await asyncio.to_thread(thread_id, workspace, task.task_id)
        words = task.model_copy(update={"workspace": workspace}).dump()
        (run,) = await self._query(_BEGIN, (thread, task.task_id, str(workspace), Jsonb(words)))
        logger.info("run thread_id=%s status=%s", thread, run.status)
        run.check_standing()
        if run.task != words:
            differing = ", ".join(name for name in words if words[name] != run.task.get(name))
            raise InvalidTask(
                [
                    f"task_id: `{task.task_id}` names another task in this workspace, begun {_when(run.started_at)}, "
                    f"with another {differing}; give this one a name of its own"
                ]
            )
        return run

    async def save(self, thread: str, status: RunStatus, report: Report | None = None) -> None:
        """Write down how the run stands."""
        dump = Jsonb(storable(report.dump())) if report else None
        await self._query(_SAVE, (status, dump, thread))
        logger.info("run saved thread_id=%s status=%s", thread, status)

    async def mark_undone(self, thread: str) -> None:
        """Write down that what the run did was taken back; its report stays for `show`."""
        await self._query(_UNDONE, (thread,))
        logger.info("run undone thread_id=%s", thread)

    async def find(self, task_id: str, workspace: Path | None = None) -> Run | None:
        """The run of the task with this name, None if there is none.

        Raises `InvalidTask` where several workspaces have one and none was named.
        """
        if workspace is not None:
            thread = await asyncio.to_thread(thread_id, workspace, task_id)
            found = await self._query(_THREAD, (thread,))
        else:
            found = await self._query(_NAMED, (task_id,))
        if len(found) > 1:
            places = ", ".join(run.workspace for run in found)
            raise InvalidTask([f"task_id: `{task_id}` was run in several workspaces, name one of them: {places}"])
        return found[0] if found else None

    async def latest(self, limit: int = 20) -> list[Run]:
        """The runs that changed last, newest first."""
        return await self._query(_LATEST, (limit,))

    async def _query(self, query: LiteralString, values: tuple[Any, ...]) -> list[Run]:
        try:
            return await again_if_cut(partial(self._query_once, query, values))
        except Error as error:
            raise NoDatabase(
                f"The list of runs cannot be used: {error}.", "Mend the database, then try again.", source="postgres"
            ) from error

    async def _query_once(self, query: LiteralString, values: tuple[Any, ...]) -> list[Run]:
        async with self._pool.connection() as connection, connection.cursor(row_factory=class_row(Run)) as cursor:
            await cursor.execute(query, values)
            return await cursor.fetchall() if cursor.description else []


def thread_id(workspace: Path, task_id: str) -> str:
    """Name of the run in the database: the same for the same folder and task, on any machine."""
    place = hashlib.sha256(str(workspace.resolve()).encode("utf-8", "surrogateescape")).hexdigest()[:12]
    return f"{task_id}@{place}"


def storable(value: Any) -> Any:
    """A copy that PostgreSQL's jsonb takes: NUL and halves of surrogate pairs become U+FFFD."""
    if isinstance(value, str):
        return value.replace("\0", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, Mapping):
        return {storable(key): storable(part) for key, part in value.items()}
    if isinstance(value, list):
        return [storable(part) for part in value]
    return value


def _when(moment: datetime) -> str:
    return moment.astimezone().strftime("%Y-%m-%d %H:%M")
