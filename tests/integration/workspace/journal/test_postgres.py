import asyncio
import os
import random
import shutil
from pathlib import Path
from typing import Any

import pytest
from psycopg.rows import dict_row, tuple_row
from psycopg_pool import AsyncConnectionPool

from backend_developer.workspace.files import FILE, Version
from backend_developer.workspace.journal import Blobs, CallRecord, Journal, MemoryStore, PostgresStore, Store
from backend_developer.workspace.journal.records import Batch, FileRecord
from backend_developer.workspace.postgres import Pool

ODD = os.fsdecode(b"caf\xe9 \xff.py")
WORDS = "NUL \0, half a pair \ud800, and да"


def file(path: str, *, written: str | None = "b", mixed: bool = False) -> FileRecord:
    version = Version(written, FILE | 0o644) if written else None
    return FileRecord(path, Version("a", FILE), None, version, WORDS, mixed)


async def stores(pool: Pool) -> list[Store]:
    return [MemoryStore(), await PostgresStore.open(pool)]


async def test_both_stores_keep_the_same(pool: Pool, run: str) -> None:
    told: list[list[Any]] = []
    for store in await stores(pool):
        answers: list[Any] = [await store.load(run)]
        blobs = {"b": b"\0\xff" * 9, "empty": b""}
        files = (file(ODD), file("gone", written=None, mixed=True))
        await store.record(run, Batch(CallRecord(WORDS, WORDS, ok=False), files, (ODD, "x"), blobs))
        answers.append(await store.load(run))
        await store.record(run, Batch(CallRecord("2", "again"), (file(ODD, written="c"),), ("x",), blobs))
        await store.close(run, "2")
        answers += [await store.answer(run, "2"), await store.answer(run, WORDS), await store.answer(run, "none")]
        await store.record(run, Batch(files=(file("more"),)))
        await store.withdraw(run, "2", ODD, file(ODD))
        await store.withdraw(run, WORDS, "more", None)
        answers += [await store.load(run), await store.blob(run, "b"), await store.blob(run, "empty")]
        answers += [await store.blob(run, "none"), await store.blob("other", "b"), await store.load("other")]
        told.append([_ordered(answer) for answer in answers])
    assert told[0] == told[1]


def _ordered(answer: Any) -> Any:
    if not hasattr(answer, "files"):
        return answer
    return sorted(answer.files, key=lambda record: record.path), sorted(answer.folders), dict(answer.calls)


async def test_makes_its_tables_when_several_start_at_once(dsn: str) -> None:
    # These connections do not commit by themselves.
    pools: list[AsyncConnectionPool[Any]] = [
        AsyncConnectionPool(dsn, min_size=1, open=False, kwargs={"row_factory": factory})
        for factory in (tuple_row, dict_row, tuple_row, dict_row)
    ]
    for pool in pools:
        await pool.open(wait=True)
    opened = await asyncio.gather(*(PostgresStore.open(pool) for pool in pools))
    await opened[0].record("r", Batch(CallRecord("1", "a")))
    assert (await opened[1].load("r")).calls == {"1": False}
    for pool in pools:
        await pool.close()


async def test_survives_a_connection_that_is_killed(pool: Pool, run: str, root: Path, tmp_path: Path) -> None:
    journal = await Journal.open(await PostgresStore.open(pool), blobs=Blobs(tmp_path / "b"), root=root, run=run)
    await journal.write("app/main.py", b"x = 2\n", call_id="1")
    async with pool.connection() as killer:
        await killer.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where pid <> pg_backend_pid() and application_name = 'backend-developer'"
        )
    for number in range(4):
        await journal.write("app/main.py", f"x = {number}\n".encode(), call_id=f"after {number}")
    assert await journal.files_changed() == ["app/main.py"]


async def test_another_machine_rebuilds_the_edits_from_the_database(
    pool: Pool, run: str, root: Path, tmp_path: Path
) -> None:
    fresh = tmp_path / "fresh"
    shutil.copytree(root, fresh)
    store = await PostgresStore.open(pool)
    here = await Journal.open(store, blobs=Blobs(tmp_path / "here"), root=root, run=run)
    await here.write("app/main.py", b"x = \xff\0\n", call_id="1", answer="did it")
    await here.write(f"new/{ODD}", b"", call_id="2")
    there = await Journal.open(store, blobs=Blobs(tmp_path / "there"), root=fresh, run=run)
    await there.recover()
    assert (fresh / "app/main.py").read_bytes() == b"x = \xff\0\n"
    assert (fresh / "new" / ODD).read_bytes() == b""
    known = await there.recall("1")
    assert known
    assert known.answer == "did it"
    await there.undo()
    assert (fresh / "app/main.py").read_bytes() == b"x = 1\n"
    assert not (fresh / "new").exists()


@pytest.mark.parametrize("size", [0, 100, 3_000_000])
async def test_keeps_bytes_of_any_size(pool: Pool, run: str, root: Path, tmp_path: Path, size: int) -> None:
    data = random.Random(size).randbytes(size)
    (root / "data.bin").write_bytes(data)
    store = await PostgresStore.open(pool)
    here = await Journal.open(store, blobs=Blobs(tmp_path / "here"), root=root, run=run)
    await here.write("data.bin", None, call_id="1")
    there = await Journal.open(store, blobs=Blobs(tmp_path / "there"), root=root, run=run)
    assert await there.before(["data.bin"]) == [data]
