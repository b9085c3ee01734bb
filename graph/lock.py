"""One run a workspace at a time: across the processes of a machine, and across machines on one database.

Two locks, both given back by their keepers when the holder dies, `kill -9` included: `flock` on a file below the
state folder, which holds between runs on different databases too, and an advisory lock on a PostgreSQL connection of
its own. Workspaces are told apart by their resolved path, on all machines alike: that is what lets a run be resumed
elsewhere.
"""

import asyncio
import hashlib
import json
import logging
import os
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from psycopg import AsyncConnection, Error, sql
from psycopg.rows import DictRow

from backend_developer.contract import Blocked, NoDatabase, WorkspaceBusy, WorkspaceUnusable
from backend_developer.workspace.filelock import FileLock
from backend_developer.workspace.postgres.connect import connect, no_database

logger = logging.getLogger(__name__)

_APPLICATION = "backend-developer lock"
_RETRIES = 40
_RETRY_S = 0.5
_HOLDER = """
SELECT activity.query FROM pg_locks AS locks JOIN pg_stat_activity AS activity USING (pid)
WHERE locks.locktype = 'advisory' AND locks.granted AND locks.objsubid = 1
  AND locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND locks.classid = %s::bigint::oid AND locks.objid = %s::bigint::oid
"""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a workspace."""

    task_id: str
    pid: int
    host: str
    since: str

    @classmethod
    def parse(cls, text: str) -> "Holder | None":
        """Find one in a text that `dump` wrote; None where there is none."""
        found = re.search(r"\{.*\}", text)
        if found is None:
            return None
        try:
            return cls(**json.loads(found[0]))
        except (TypeError, ValueError):
            return None

    def dump(self) -> str:
        """One line of ASCII."""
        return json.dumps(asdict(self))


class Hold:
    """A workspace that is held, by the word of its keeper."""

    def __init__(self, keeper: asyncio.Task[None]) -> None:
        self._keeper = keeper

    def check(self) -> None:
        """To be called before the project is touched. Raises what ended the hold: `WorkspaceBusy`, `NoDatabase`."""
        if self._keeper.done() and not self._keeper.cancelled():
            self._keeper.result()


@asynccontextmanager
async def workspace_lock(dsn: str, workspace: Path, task_id: str, lock_dir: Path) -> AsyncIterator[Hold]:
    """Hold the workspace while the body runs; it may end in another task than it began in.

    When the database lets go of the lock (a killed connection, a restarted server) it is taken again. Where another
    run was faster, or the database stays away, `check` of what is given raises.

    Raises `WorkspaceBusy` naming the holder, `WorkspaceUnusable` where `lock_dir` cannot be written, `NoDatabase`.
    """
    path = await asyncio.to_thread(workspace.resolve)
    holder = Holder(task_id, os.getpid(), socket.gethostname(), datetime.now(UTC).isoformat(timespec="seconds"))
    file = await _lock_file(path, holder, lock_dir)
    try:
        lock = DatabaseLock(dsn, path, holder)
        await lock.take()
        logger.info("workspace locked workspace=%s task_id=%s", path, task_id)
        keeper = asyncio.create_task(lock.keep())
        try:
            yield Hold(keeper)
        finally:
            keeper.cancel()
            await asyncio.wait({keeper})
            await lock.close()
    finally:
        file.release()


class DatabaseLock:
    """An advisory lock on a connection of its own.

    The statement that takes it carries the holder as a literal, so `pg_stat_activity` shows who it is for as long as,
    and no longer than, the lock is held; an `application_name` is cut at 63 bytes.
    """

    def __init__(self, dsn: str, workspace: Path, holder: Holder) -> None:
        self._dsn = dsn
        self._workspace = workspace
        self._holder = holder
        self._key = int.from_bytes(_digest(workspace)[:8], signed=True)
        self._connection: AsyncConnection[DictRow] | None = None

    async def take(self) -> None:
        """Take it. Raises `WorkspaceBusy`, `NoDatabase`."""
        connection = await connect(self._dsn, name=_APPLICATION)
        try:
            if not await self._try(connection):
                raise busy(self._workspace, await self._other(connection))
        except Error as error:
            await connection.close()
            raise no_database(self._dsn, error) from error
        except WorkspaceBusy:
            await connection.close()
            raise
        self._connection = connection

    async def keep(self) -> None:
        """Take it again whenever it is lost; ends only by an error: `WorkspaceBusy`, `NoDatabase`."""
        while True:
            await self._until_lost()
            logger.warning("the lock's connection was lost workspace=%s", self._workspace)
            try:
                await self._retake()
            except Blocked:
                logger.exception("the lock is lost for good workspace=%s", self._workspace)
                raise

    async def close(self) -> None:
        """Give it back."""
        if self._connection is not None:
            await self._connection.close()

    async def _until_lost(self) -> None:
        if self._connection is not None:
            with suppress(Error):
                # Nobody notifies us: this waits until the connection breaks.
                async for _ in self._connection.notifies():
                    pass
            await self._connection.close()

    async def _retake(self) -> None:
        for _ in range(_RETRIES):
            try:
                return await self.take()
            except NoDatabase:
                await asyncio.sleep(_RETRY_S)
        return await self.take()

    async def _try(self, connection: AsyncConnection[DictRow]) -> bool:
        statement = sql.SQL("SELECT pg_try_advisory_lock({}) AS taken, {} AS holder")
        query = statement.format(sql.Literal(self._key), sql.Literal(self._holder.dump()))
        row = await (await connection.execute(query)).fetchone()
        return bool(row and row["taken"])

    async def _other(self, connection: AsyncConnection[DictRow]) -> Holder | None:
        high, low = self._key >> 32 & 0xFFFFFFFF, self._key & 0xFFFFFFFF
        row = await (await connection.execute(_HOLDER, (high, low))).fetchone()
        return Holder.parse(row["query"] or "") if row else None


def busy(workspace: Path, holder: Holder | None) -> WorkspaceBusy:
    """The error that names who is there."""
    who, end = "another run", "Wait for it to end"
    if holder is not None:
        who = f"task `{holder.task_id}` (process {holder.pid} on {holder.host}, since {holder.since})"
        end = f"Wait for it to end, or stop process {holder.pid} on {holder.host}"
    return WorkspaceBusy(f"{workspace} is being worked on by {who}.", f"{end}, then send the task again.")


async def _lock_file(workspace: Path, holder: Holder, lock_dir: Path) -> FileLock:
    file = FileLock(lock_dir / f"{_digest(workspace).hex()[:24]}.lock")
    try:
        await asyncio.to_thread(lock_dir.mkdir, parents=True, exist_ok=True)
        taken = await asyncio.to_thread(file.try_acquire)
    except OSError as error:
        raise WorkspaceUnusable(
            f"The lock of the workspace cannot be made in {lock_dir}: {error.strerror}.",
            "Set BACKEND_DEVELOPER_STATE_DIR to a folder that you can write.",
        ) from error
    if not taken:
        raise busy(workspace, Holder.parse(await asyncio.to_thread(file.path.read_text)))
    await asyncio.to_thread(file.write, holder.dump())
    return file


def _digest(workspace: Path) -> bytes:
    return hashlib.sha256(b"backend-developer workspace " + os.fsencode(workspace)).digest()
