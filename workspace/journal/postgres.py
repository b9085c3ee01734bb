"""The journal's store in PostgreSQL."""

import logging
import os
from collections.abc import Mapping
from typing import Any, Self

from psycopg import AsyncConnection
from psycopg.rows import TupleRow, tuple_row
from psycopg_pool import AsyncConnectionPool

from backend_developer.workspace.files import Version
from backend_developer.workspace.journal import sql
from backend_developer.workspace.journal.records import Batch, CallRecord, FileRecord, Loaded

logger = logging.getLogger(__name__)

Pool = AsyncConnectionPool[Any]


class PostgresStore:
    """Implements `Store` in the schema `backend_developer`.

    Makes no assumption on the pool's row factory, nor on whether its connections commit by themselves.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    @classmethod
    async def open(cls, pool: Pool) -> Self:
        """The store, its tables made where they are missing; safe when several start at once."""
        async with pool.connection() as connection:
            rows = await _rows(connection, sql.TABLES_THERE)
            if not rows[0][0]:
                async with connection.transaction():
                    await connection.execute(sql.LOCK_TABLES)
                    # Several statements in one cannot be prepared, which the pool may be set to do at once.
                    await connection.execute(sql.CREATE_TABLES, prepare=False)
                logger.info("made the journal's tables")
        return cls(pool)

    async def load(self, run: str) -> Loaded:
        """See `Store`."""
        async with self._pool.connection() as connection:
            files = await _rows(connection, sql.LOAD_FILES, run=run)
            folders = await _rows(connection, sql.LOAD_FOLDERS, run=run)
            calls = await _rows(connection, sql.LOAD_CALLS, run=run)
        return Loaded(
            files=tuple(_file_record(row) for row in files),
            folders=tuple(os.fsdecode(path) for (path,) in folders),
            calls={_text(call_id): done for call_id, done in calls},
        )

    async def record(self, run: str, batch: Batch) -> None:
        """See `Store`."""
        async with self._pool.connection() as connection:
            await connection.execute(sql.RECORD, _parameters(run, batch))

    async def close(self, run: str, call_id: str) -> None:
        """See `Store`."""
        async with self._pool.connection() as connection:
            await connection.execute(sql.CLOSE_CALL, {"run": run, "call_id": _raw(call_id)})

    async def withdraw(self, run: str, call_id: str, path: str, previous: FileRecord | None) -> None:
        """See `Store`."""
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute(sql.FORGET_CALL, {"run": run, "call_id": _raw(call_id)})
            await connection.execute(sql.FORGET_FILE, {"run": run, "path": os.fsencode(path)})
            if previous is not None:
                await connection.execute(sql.RECORD, _parameters(run, Batch(files=(previous,))))

    async def answer(self, run: str, call_id: str) -> CallRecord | None:
        """See `Store`."""
        async with self._pool.connection() as connection:
            rows = await _rows(connection, sql.ANSWER, run=run, call_id=_raw(call_id))
        for answer, ok, done in rows:
            return CallRecord(call_id, _text(answer), ok, done)
        return None

    async def blob(self, run: str, digest: str) -> bytes | None:
        """See `Store`."""
        async with self._pool.connection() as connection:
            rows = await _rows(connection, sql.BLOB, run=run, digest=digest)
        return rows[0][0] if rows else None


async def _rows(connection: AsyncConnection[Any], statement: str, **values: Any) -> list[TupleRow]:
    async with connection.cursor(row_factory=tuple_row, binary=True) as cursor:
        await cursor.execute(statement.encode(), values)
        return await cursor.fetchall()


def _parameters(run: str, batch: Batch) -> Mapping[str, Any]:
    call, files = batch.call, batch.files
    return {
        "run": run,
        "digests": list(batch.blobs),
        "datas": list(batch.blobs.values()),
        "folders": [os.fsencode(folder) for folder in batch.folders],
        "call_id": _raw(call.call_id) if call else None,
        "answer": _raw(call.answer) if call else None,
        "ok": call.ok if call else None,
        "done": call.done if call else None,
        "paths": [os.fsencode(file.path) for file in files],
        "call_ids": [_raw(file.call_id) for file in files],
        "mixed": [file.mixed for file in files],
        **_versions("original", [file.original for file in files]),
        **_versions("base", [file.base for file in files]),
        **_versions("written", [file.written for file in files]),
    }


def _versions(name: str, versions: list[Version | None]) -> dict[str, list[Any]]:
    return {
        f"{name}s": [version.digest if version else None for version in versions],
        f"{name}_modes": [version.mode if version else None for version in versions],
    }


def _file_record(row: TupleRow) -> FileRecord:
    path, *versions, call_id, mixed = row
    original, base, written = (
        Version(digest, mode) if digest is not None else None
        for digest, mode in zip(versions[::2], versions[1::2], strict=True)
    )
    return FileRecord(os.fsdecode(path), original, base, written, _text(call_id), mixed)


def _raw(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogatepass")
