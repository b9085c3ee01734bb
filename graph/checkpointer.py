"""The saver: langgraph's own for PostgreSQL, with smaller rows and a way to wait for what is not stored yet."""

import asyncio
import logging
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any, LiteralString

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    WRITES_IDX_MAP,
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
    get_serializable_checkpoint_metadata,
)
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.checkpoint.serde.types import ERROR
from langgraph.graph import START
from langgraph.runtime import get_runtime
from psycopg import AsyncConnection
from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from backend_developer.contract import NoDatabase, load_settings
from backend_developer.graph.runs import CREATE_TABLES
from backend_developer.graph.serializer import Serializer
from backend_developer.graph.store import MIGRATIONS as STORE_MIGRATIONS
from backend_developer.graph.store import open_store
from backend_developer.workspace.postgres.pool import SCHEMA, Pool, Result, again_if_cut, open_pool
from backend_developer.workspace.postgres.server import ensure_server

logger = logging.getLogger(__name__)

_EDGE = "branch:to:"
"""How langgraph names the channels along its edges; under another name they would be stored at their full size."""
_DIGITS = "0123456789abcdefghijklmnopqrstuv"
_COUNTER, _MARK = 4, 4
# One statement each, for what nearly every step stores: langgraph's own send each row by itself, through a pipeline.
_PUT: LiteralString = """
INSERT INTO checkpoints (thread_id, checkpoint_ns, checkpoint_id, parent_checkpoint_id, checkpoint, metadata)
VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (thread_id, checkpoint_ns, checkpoint_id)
DO UPDATE SET checkpoint = excluded.checkpoint, metadata = excluded.metadata
"""
_PUT_WRITES: LiteralString = """
INSERT INTO checkpoint_writes
    (thread_id, checkpoint_ns, checkpoint_id, task_id, task_path, idx, channel, type, blob)
SELECT %s, %s, %s, %s, %s, part.* FROM unnest(%s::int[], %s::text[], %s::text[], %s::bytea[]) AS part
ON CONFLICT (thread_id, checkpoint_ns, checkpoint_id, task_id, idx) DO NOTHING
"""
_SETUP_S = 60.0
_POLL_S = 0.05
_STORE_S = 90.0


class Ledger:
    """Which checkpoints are stored, and what went wrong."""

    def __init__(self) -> None:
        self._stored: set[str] = set()
        self._error: Exception | None = None
        self._changed = asyncio.Condition()

    async def add(self, checkpoint_id: str) -> None:
        """This checkpoint is in the database, and with it all writes that led to it."""
        async with self._changed:
            self._stored.add(checkpoint_id)
            self._changed.notify_all()

    async def fail(self, error: Exception) -> None:
        """A part was not stored, so nothing that builds on it will be."""
        logger.error("state not stored error=%s", type(error).__name__)
        async with self._changed:
            self._error = error
            self._changed.notify_all()

    async def wait_for(self, checkpoint_id: str) -> None:
        """Return when it is stored. Raises `NoDatabase` when it will not be."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_STORE_S), self._changed:
                await self._changed.wait_for(lambda: self._error is not None or checkpoint_id in self._stored)
        if checkpoint_id not in self._stored:
            reason = self._error or f"not done within {_STORE_S:.0f} s"
            raise NoDatabase(
                f"The state of the run could not be stored: {reason}.",
                "Mend the database, then resume the task.",
                source="postgres",
            ) from self._error


class Saver(AsyncPostgresSaver):
    """One for each run, over a pool that all runs share: a saver does one thing at a time.

    Its rows are smaller: version strings of 8 characters instead of about 50, and none for edges that were walked
    long ago (measured on langgraph 1.2.22 with 400 tool calls: 0.6 MB of checkpoint rows instead of 1.8).
    """

    def __init__(self, pool: Pool) -> None:
        super().__init__(pool, serde=Serializer())
        self._ledger = Ledger()

    async def settled(self) -> None:
        """Inside a node: wait until the checkpoint that it starts from is stored, with all that led to it.

        langgraph starts the nodes of a step while that checkpoint is still on its way (its durability `async`); a
        node that changes the project waits here first. Raises `NoDatabase` when storing has failed.
        """
        info = get_runtime().execution_info
        if info is not None:
            await self._ledger.wait_for(info.checkpoint_id)

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """Store a checkpoint."""
        lean = without_spent_edges(checkpoint)
        if any(_needs_blob(value) for value in lean["channel_values"].values()):
            write = partial(super().aput, config, lean, metadata, new_versions)
        else:
            write = partial(self._put, config, lean, metadata)
        stored = await self._store(write)
        await self._ledger.add(checkpoint["id"])
        return stored

    async def aput_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        """Store what a task wrote; of one that was cancelled nothing, so that it is done again.

        langgraph 1.2.22 stores what such a task wrote so far and takes that for all of it when the run goes on: cut off
        between a node and the edge behind it, the run would end there without a report.
        """
        if any(channel == ERROR and isinstance(value, asyncio.CancelledError) for channel, value in writes):
            return
        if any(channel in WRITES_IDX_MAP for channel, _ in writes):
            await self._store(partial(super().aput_writes, config, writes, task_id, task_path))
        else:
            await self._store(partial(self._put_writes, config, writes, task_id, task_path))

    async def _put(
        self, config: RunnableConfig, checkpoint: Checkpoint, metadata: CheckpointMetadata
    ) -> RunnableConfig:
        """A checkpoint whose values all stand in its own row."""
        place = config["configurable"]
        key = (place["thread_id"], place["checkpoint_ns"], checkpoint["id"])
        told = Jsonb(get_serializable_checkpoint_metadata(config, metadata))
        async with self._cursor() as cursor:
            await cursor.execute(_PUT, (*key, place.get("checkpoint_id"), Jsonb(checkpoint), told))
        return {"configurable": dict(zip(("thread_id", "checkpoint_ns", "checkpoint_id"), key, strict=True))}

    async def _put_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str
    ) -> None:
        if not writes:
            return
        place = config["configurable"]
        key = (place["thread_id"], place["checkpoint_ns"], place["checkpoint_id"], task_id, task_path)
        kinds, blobs = zip(*(self.serde.dumps_typed(value) for _, value in writes), strict=True)
        parts = [list(range(len(writes))), [channel for channel, _ in writes], list(kinds), list(blobs)]
        async with self._cursor() as cursor:
            await cursor.execute(_PUT_WRITES, (*key, *parts))

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """Load a checkpoint, as a resumed run does; what can be loaded is stored."""
        found = await again_if_cut(partial(super().aget_tuple, config))
        if found is not None:
            await self._ledger.add(found.checkpoint["id"])
        return found

    async def _store(self, write: Callable[[], Awaitable[Result]]) -> Result:
        try:
            return await again_if_cut(write)
        except Exception as error:
            await self._ledger.fail(error)
            raise

    def get_next_version(self, current: str | None, channel: None) -> str:
        """A greater one: a counter, and a mark that tells two forks of a thread apart, which count alike."""
        counter = int(current[:_COUNTER], 32) + 1 if current else 1
        if counter >= 32**_COUNTER:
            raise OverflowError(f"a thread has at most {32**_COUNTER - 1} steps")
        return _base32(counter, _COUNTER) + _base32(random.getrandbits(5 * _MARK), _MARK)


async def open_saver(pool: Pool) -> Saver:
    """A saver for one run; makes the tables that are missing. Raises `NoDatabase`."""
    saver = Saver(pool)
    await _prepare(saver, pool)
    return saver


@asynccontextmanager
async def generate_checkpointer() -> AsyncIterator[Saver]:
    """The saver of the Agent Server, as `langgraph.json` names it."""
    pool = await open_pool(await ensure_server(load_settings()))
    try:
        yield await open_saver(pool)
    finally:
        await pool.close()


def _needs_blob(value: Any) -> bool:
    """Whether langgraph keeps a channel's value in a row of its own."""
    return not (value is None or isinstance(value, (str, int, float, bool)))


def without_spent_edges(checkpoint: Checkpoint) -> Checkpoint:
    """A copy without the versions of edges that hold nothing.

    They only say that a step ran once: an edge wakes its node when it holds something, and then its version is new.
    The newest stay, because langgraph counts on from the greatest, and takes the node that saw the newest as the one
    that ran last.
    """
    versions = checkpoint["channel_versions"]
    edges = {name for name in versions if name.startswith(_EDGE) or name == START}
    spent = edges - checkpoint["channel_values"].keys()
    # The others with two underscores are no nodes: langgraph keeps marks of its own under them.
    seen = {node: last for node, last in checkpoint["versions_seen"].items() if node == START or node[:2] != "__"}
    newest = {_greatest([versions]), _greatest(seen.values())}
    kept = {node: _without(last, spent, newest) for node, last in seen.items()}
    copy = checkpoint.copy()
    copy["channel_versions"] = _without(versions, spent, newest)
    copy["versions_seen"] = {
        node: kept.get(node, last)
        for node, last in checkpoint["versions_seen"].items()
        if node not in kept or kept[node]
    }
    return copy


async def _prepare(saver: Saver, pool: Pool) -> None:
    """Make the tables that are missing, one process at a time."""
    async with pool.connection() as connection:
        if await _is_current(connection):
            return
        # Asked for again and again rather than waited for: langgraph builds its indexes concurrently, which waits for
        # every statement under way, and so would wait for those that wait for this lock.
        end = time.monotonic() + _SETUP_S
        while not await _value(connection, "SELECT pg_try_advisory_lock(hashtext('backend_developer setup'))"):
            if time.monotonic() > end:
                raise NoDatabase(
                    f"Another process has been preparing the database for {_SETUP_S:.0f} s.",
                    "End it, then try again.",
                    source="postgres",
                )
            await asyncio.sleep(_POLL_S)
        try:
            for statement in CREATE_TABLES:
                await connection.execute(statement)
            await saver.setup()
            async with open_store(pool) as store:
                await store.setup()
        finally:
            await connection.execute("SELECT pg_advisory_unlock(hashtext('backend_developer setup'))")
    logger.info("tables are ready schema=%s", SCHEMA)


async def _is_current(connection: AsyncConnection[DictRow]) -> bool:
    # Both names are looked up in our schema, the only one on the search path.
    tables = (
        "SELECT bool_and(to_regclass(name) IS NOT NULL)"
        " FROM unnest(ARRAY['runs', 'checkpoint_migrations', 'store_migrations']) AS name"
    )
    if not await _value(connection, tables):
        return False
    newest = "SELECT ARRAY[(SELECT max(v) FROM checkpoint_migrations), (SELECT max(v) FROM store_migrations)] AS newest"
    return bool(await _value(connection, newest) == [len(Saver.MIGRATIONS) - 1, STORE_MIGRATIONS - 1])


async def _value(connection: AsyncConnection[DictRow], query: LiteralString) -> Any:
    row = await (await connection.execute(query)).fetchone()
    return next(iter(row.values())) if row else None


def _without(versions: ChannelVersions, spent: set[str], newest: set[str | None]) -> ChannelVersions:
    return {name: version for name, version in versions.items() if name not in spent or version in newest}


def _greatest(groups: Iterable[ChannelVersions]) -> str | None:
    return max((str(version) for group in groups for version in group.values()), default=None)


def _base32(number: int, width: int) -> str:
    return "".join(_DIGITS[number >> 5 * place & 31] for place in reversed(range(width)))
