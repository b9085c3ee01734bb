import asyncio
import sqlite3
import time
from functools import partial
from pathlib import Path

import pytest

from backend_developer.contract import WorkspaceUnusable
from backend_developer.workspace.index import CodeIndex
from backend_developer.workspace.index.store import TOGETHER, Store, store_path
from tests.unit.workspace.index.conftest import Write

OVERDUE = """
import os
from fastapi import FastAPI
from shop.m{0} import router

app = FastAPI()
app.include_router(router, prefix="/m{0}")


def overdue_{0}(session, today):
    found = []
    for invoice in session.query(All).filter(All.paid == False):
        if invoice.due < today and invoice.total > int(os.getenv("LEAST_{0}")):
            found.append((invoice.number, invoice.total * 1.05))
    return sorted(found, key=lambda pair: pair[1], reverse=True)
"""


async def names(index: CodeIndex, need: str) -> list[str]:
    return [f"{hit.path}:{hit.name}" for hit in await index.similar(need)]


async def test_a_new_edited_renamed_and_removed_file_shows_at_once(index: CodeIndex, write: Write, root: Path) -> None:
    assert await names(index, "zebra") == []
    write({"a.py": "def zebra(): ...\n"})
    assert await names(index, "zebra") == ["a.py:zebra"]
    write({"a.py": "def horse(): ...\n"})
    assert await names(index, "zebra") == []
    assert await names(index, "horse") == ["a.py:horse"]
    (root / "a.py").rename(root / "b.py")
    assert await names(index, "horse") == ["b.py:horse"]
    (root / "b.py").unlink()
    assert await names(index, "horse") == []


async def test_what_is_removed_leaves_nothing_in_any_table(index: CodeIndex, write: Write, root: Path) -> None:
    write({"a.py": "import os\n" + "def area(box):\n    return (box.a - box.b) * (box.c - box.d) + os.getenv('x')\n"})
    await index.similar("area")
    (root / "a.py").unlink()
    tables = ("files", "definitions", "words", "sketches", "bands", "facts")
    counts = await index.ask(lambda store: [store.rows(f"SELECT COUNT(*) FROM {table}")[0][0] for table in tables])
    assert counts == [0] * len(tables)


async def test_many_files_are_forgotten_and_the_others_keep_their_rows(
    index: CodeIndex, write: Write, root: Path
) -> None:
    write({f"m{number}.py": OVERDUE.format(number) for number in range(TOGETHER + 20)})
    await index.long_files()
    tables = ("files", "definitions", "words", "sketches", "bands", "facts", "links")

    async def rows() -> dict[str, list[tuple[object, ...]]]:
        return {
            table: await index.ask(partial(Store.rows, sql=f"SELECT * FROM {table} ORDER BY 1")) for table in tables
        }

    before = await rows()
    assert all(len(before[table]) >= TOGETHER + 20 for table in tables)
    for number in range(TOGETHER + 10):
        (root / f"m{number}.py").unlink()
    after = await rows()
    assert [row[1] for row in after["files"]] == [f"m{number}.py" for number in range(TOGETHER + 10, TOGETHER + 20)]
    for table in tables:
        assert set(after[table]) <= set(before[table])
        assert len(after[table]) * (TOGETHER + 20) == len(before[table]) * 10


async def test_an_index_outlives_its_process(root: Path, tmp_path: Path, write: Write) -> None:
    write({"a.py": "def zebra(): ...\n"})
    one, two = CodeIndex(root, tmp_path / "state"), CodeIndex(root, tmp_path / "state")
    await one.similar("zebra")
    before = await one.ask(Store.generation)
    one.close()
    assert await names(two, "zebra") == ["a.py:zebra"]
    assert await two.ask(Store.generation) == before
    two.close()


async def test_an_index_of_another_version_is_made_anew(root: Path, tmp_path: Path, write: Write) -> None:
    write({"a.py": "def zebra(): ...\n"})
    path = store_path(tmp_path / "state", root)
    path.parent.mkdir()
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE meta (key TEXT, value)")
    connection.execute("INSERT INTO meta VALUES ('format', 'an older one'), ('generation', 7)")
    connection.commit()
    connection.close()
    index = CodeIndex(root, tmp_path / "state")
    assert await names(index, "zebra") == ["a.py:zebra"]
    index.close()


async def test_where_the_store_cannot_be_used_it_is_kept_in_memory(root: Path, tmp_path: Path, write: Write) -> None:
    write({"a.py": "def zebra(): ...\n"})
    (tmp_path / "file").touch()
    index = CodeIndex(root, tmp_path / "file" / "state")
    assert await names(index, "zebra") == ["a.py:zebra"]
    write({"a.py": "def horse(): ...\n"})
    assert await names(index, "horse") == ["a.py:horse"]
    index.close()


async def test_a_missing_project_is_blocked_with_the_way_out(tmp_path: Path) -> None:
    index = CodeIndex(tmp_path / "none", tmp_path / "state")
    with pytest.raises(WorkspaceUnusable, match="cannot be read"):
        await index.similar("anything")
    index.close()


async def test_the_event_loop_goes_on_while_the_index_works(index: CodeIndex) -> None:
    ticks = 0
    question = asyncio.create_task(index.ask(lambda _: time.sleep(0.3)))
    while not question.done():
        await asyncio.sleep(0.01)
        ticks += 1
    assert ticks > 10


async def test_questions_at_the_same_time_are_all_answered(index: CodeIndex, write: Write) -> None:
    write({f"m{number}.py": f"def zebra_{number}(): ...\n" for number in range(5)})
    answers = await asyncio.gather(*(index.similar("zebra", limit=20) for _ in range(8)))
    assert {len(answer) for answer in answers} == {5}
