"""One index, several processes, and what is left of it after damage."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from backend_developer.workspace.index import CodeIndex
from backend_developer.workspace.index.store import store_path
from tests.integration.workspace.index.conftest import MODULES

ASK = """
import asyncio, sys
from pathlib import Path
from backend_developer.workspace.index import CodeIndex

async def main(root, state):
    index = CodeIndex(Path(root), Path(state))
    for _ in range(5):
        print(*sorted(hit.name for hit in await index.similar("zebra", limit=500)))
        await asyncio.sleep(0.02)
    print([(pair.first.path, pair.second.path) for pair in await index.duplicates()])
    index.close()

asyncio.run(main(*sys.argv[1:]))
"""
COPIES = """
def {name}(session, today):
    found = []
    for {thing} in session.query(All).filter(All.paid == False):
        if {thing}.due < today and {thing}.total > 0:
            found.append(({thing}.number, {thing}.total * 1.05))
    return sorted(found, key=lambda pair: pair[1], reverse=True)
"""


async def ask(root: Path, state: Path, seed: int) -> list[str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", ASK, str(root), str(state),
        stdout=asyncio.subprocess.PIPE, env={**os.environ, "PYTHONHASHSEED": str(seed)},
    )  # fmt: skip
    out, _ = await process.communicate()
    assert process.returncode == 0
    return out.decode().splitlines()


async def test_processes_that_start_at_once_all_see_everything(root: Path, tmp_path: Path) -> None:
    answers = await asyncio.gather(*(ask(root, tmp_path / "state", seed) for seed in range(3)))
    expected = " ".join(sorted(f"zebra_{number}" for number in range(MODULES)))
    for lines in answers:
        assert lines[:5] == [expected] * 5


async def test_a_change_indexed_by_one_process_is_seen_by_another(root: Path, tmp_path: Path) -> None:
    index = CodeIndex(root, tmp_path / "state")
    assert len(await index.similar("zebra", limit=500)) == MODULES
    (root / "m0.py").write_text("def zebra_first(): ...\n")
    (root / "m1.py").unlink()
    assert "zebra_first" in (await ask(root, tmp_path / "state", 1))[0]
    names = {hit.name for hit in await index.similar("zebra", limit=500)}
    assert "zebra_first" in names
    assert not {"zebra_0", "zebra_1"} & names
    index.close()


async def test_fingerprints_are_the_same_in_every_process(root: Path, tmp_path: Path) -> None:
    (root / "one.py").write_text(COPIES.format(name="overdue", thing="invoice"))
    await ask(root, tmp_path / "state", 1)
    (root / "two.py").write_text(COPIES.format(name="late", thing="loan"))
    assert (await ask(root, tmp_path / "state", 2))[-1] == "[('one.py', 'two.py')]"


@pytest.mark.parametrize("damage", [b"no database at all", b"SQLite format 3\0" + b"\xff" * 4_000, b""])
async def test_a_damaged_file_is_made_anew(root: Path, tmp_path: Path, damage: bytes) -> None:
    index = CodeIndex(root, tmp_path / "state")
    await index.similar("zebra")
    index.close()
    path = store_path(tmp_path / "state", root)
    path.write_bytes(damage)
    assert len(await index.similar("zebra", limit=500)) == MODULES
    index.close()
    assert path.stat().st_size > 10_000


async def test_damage_in_the_middle_is_noticed(root: Path, tmp_path: Path) -> None:
    index = CodeIndex(root, tmp_path / "state")
    await index.similar("zebra")
    index.close()
    path = store_path(tmp_path / "state", root)
    raw = bytearray(path.read_bytes())
    raw[4_096:-4_096] = b"\x7f" * (len(raw) - 8_192)
    path.write_bytes(raw)
    assert len(await index.similar("zebra", limit=500)) == MODULES
    index.close()
