import os
import stat
from pathlib import Path

import pytest

from backend_developer.contract import CallFailed
from backend_developer.workspace.files import FILE, Version, digest_of, temporary_of
from backend_developer.workspace.journal import Adopted, Blobs, CallRecord, Journal, MemoryStore


async def test_writes_deletes_and_names_what_differs(journal: Journal, root: Path) -> None:
    await journal.write("app/main.py", b"x = 2\n", call_id="1")
    await journal.write("new/deep/a.py", b"", call_id="2")
    assert (root / "app/main.py").read_bytes() == b"x = 2\n"
    assert await journal.files_changed() == ["app/main.py", "new/deep/a.py"]
    assert await journal.before(["app/main.py"]) == [b"x = 1\n"]
    assert await journal.before(["new/deep/a.py"]) == [None]
    await journal.write("new/deep/a.py", None, call_id="3")
    await journal.write("app/main.py", b"x = 1\n", call_id="4")
    assert await journal.files_changed() == []
    assert await journal.touched() == ["app/main.py", "new/deep/a.py"]
    assert await journal.diff() == ""


async def test_before_of_an_untouched_file_is_what_is_there(journal: Journal) -> None:
    assert await journal.before(["app/main.py"]) == [b"x = 1\n"]
    assert await journal.before(["app/none.py"]) == [None]


async def test_keeps_the_mode(journal: Journal, root: Path) -> None:
    (root / "run.sh").write_text("#!/bin/sh\n")
    (root / "run.sh").chmod(0o750)
    await journal.write("run.sh", b"#!/bin/bash\n", call_id="1")
    assert stat.S_IMODE((root / "run.sh").stat().st_mode) == 0o750
    await journal.write("run.sh", None, call_id="2")
    await journal.undo()
    assert stat.S_IMODE((root / "run.sh").stat().st_mode) == 0o750
    assert (root / "run.sh").read_text() == "#!/bin/sh\n"


async def test_a_new_file_gets_the_usual_mode(journal: Journal, root: Path) -> None:
    await journal.write("new.py", b"", call_id="1")
    (root / "usual").touch()
    assert (root / "new.py").stat().st_mode == (root / "usual").stat().st_mode


async def test_undo_restores_exactly(journal: Journal, root: Path) -> None:
    await journal.write("app/main.py", b"x = 2\n", call_id="1")
    await journal.write("app/main.py", b"x = 3\n", call_id="2")
    await journal.write("new/deep/a.py", b"a", call_id="3")
    undone = await journal.undo()
    assert undone.restored == ["app/main.py", "new/deep/a.py"]
    assert undone.kept == []
    assert (root / "app/main.py").read_bytes() == b"x = 1\n"
    assert sorted(path.name for path in root.iterdir()) == ["app"]
    assert (await journal.undo()).restored == []


async def test_undo_keeps_and_names_what_a_person_edited(journal: Journal, root: Path) -> None:
    await journal.write("app/main.py", b"x = 2\n", call_id="1")
    await journal.write("app/b.py", b"b", call_id="2")
    (root / "app/main.py").write_bytes(b"mine\n")
    undone = await journal.undo()
    assert undone.restored == ["app/b.py"]
    assert undone.kept == [("app/main.py", "someone else changed it since")]
    assert (root / "app/main.py").read_bytes() == b"mine\n"


async def test_undo_keeps_what_a_person_edited_between_two_writes(journal: Journal, root: Path) -> None:
    await journal.write("app/main.py", b"x = 2\n", call_id="1")
    (root / "app/main.py").write_bytes(b"x = 2\nmine\n")
    await journal.write("app/main.py", b"x = 3\nmine\n", call_id="2")
    undone = await journal.undo()
    assert [path for path, _ in undone.kept] == ["app/main.py"]
    assert (root / "app/main.py").read_bytes() == b"x = 3\nmine\n"


async def test_undo_leaves_a_new_folder_that_someone_uses(journal: Journal, root: Path) -> None:
    await journal.write("new/a.py", b"a", call_id="1")
    (root / "new/theirs.txt").write_text("theirs")
    await journal.undo()
    assert [path.name for path in (root / "new").iterdir()] == ["theirs.txt"]


async def test_undo_follows_no_link_that_came_later(journal: Journal, root: Path, tmp_path: Path) -> None:
    await journal.write("app/main.py", b"x = 2\n", call_id="1")
    (tmp_path / "away").mkdir()
    (tmp_path / "away/main.py").write_bytes(b"x = 2\n")
    (root / "app").rename(root / "moved")
    (root / "app").symlink_to(tmp_path / "away")
    undone = await journal.undo()
    assert [path for path, _ in undone.kept] == ["app/main.py"]
    assert (tmp_path / "away/main.py").read_bytes() == b"x = 2\n"


async def test_files_without_utf8_names_and_with_nul(journal: Journal, root: Path) -> None:
    name = os.fsdecode(b"caf\xe9.bin")
    await journal.write(name, b"\0\1\0", call_id="nul \0 and \ud800")
    assert (root / name).read_bytes() == b"\0\1\0"
    assert await journal.files_changed() == ["caf\\xe9.bin"]
    (root / name).write_bytes(b"")
    assert await journal.before(["caf\\xe9.bin"]) == [None]
    assert "Binary" not in await journal.diff()


async def test_a_write_that_the_system_refuses_leaves_no_trace(journal: Journal, root: Path) -> None:
    await journal.write("app/main.py", b"x = 2\n", call_id="1")
    with pytest.raises(CallFailed, match="is a file"):
        await journal.write("app/main.py/x.py", b"", call_id="2")
    with pytest.raises(CallFailed, match="is a folder"):
        await journal.write("app", b"", call_id="3")
    assert not journal.ended("2")
    assert await journal.files_changed() == ["app/main.py"]


async def test_withdraws_the_intent_of_a_write_that_failed(journal: Journal, root: Path) -> None:
    await journal.write("app/main.py", b"x = 2\n", call_id="1")
    # A folder stands where the new bytes would be made ready.
    temporary_of(root / "app/main.py").mkdir()
    with pytest.raises(CallFailed, match="cannot be written"):
        await journal.write("app/main.py", b"x = 3\n", call_id="2")
    assert await journal.recall("2") is None
    temporary_of(root / "app/main.py").rmdir()
    assert (await journal.recover()).redone == []
    assert (await journal.undo()).restored == ["app/main.py"]


async def test_remembers_answers(journal: Journal) -> None:
    assert await journal.recall("1") is None
    await journal.write("app/main.py", b"", call_id="1", answer="wrote it")
    await journal.remember("2", "no good \0 \ud800", ok=False)
    first, second = await journal.recall("1"), await journal.recall("2")
    assert first
    assert (first.answer, first.ok) == ("wrote it", True)
    assert second
    assert (second.answer, second.ok) == ("no good \0 \ud800", False)
    assert await journal.ended_in("run", "2")
    assert not await journal.ended_in("other", "2")


async def test_takes_over_what_a_command_changed(store: MemoryStore, root: Path, tmp_path: Path) -> None:
    blobs = Blobs(tmp_path / "here")
    journal = await Journal.open(store, blobs=blobs, root=root, run="run")
    before = Version(blobs.put(b"x = 1\n"), FILE | 0o644)
    (root / "app/main.py").write_bytes(b"x = 5\n")
    (root / "made").mkdir()
    (root / "made/a").write_bytes(b"a")
    changes = [
        Adopted("app/main.py", before, Version(blobs.put(b"x = 5\n"), FILE | 0o644)),
        Adopted("made/a", None, Version(blobs.put(b"a"), FILE | 0o644)),
    ]
    await journal.adopt(changes, folders=["made"], call=CallRecord("1", "done"))
    assert await journal.files_changed() == ["app/main.py", "made/a"]
    assert journal.ended("1")
    assert (await journal.undo()).restored == ["app/main.py", "made/a"]
    assert not (root / "made").exists()


async def test_runs_do_not_see_each_other(journal: Journal, store: MemoryStore, root: Path, tmp_path: Path) -> None:
    await journal.write("app/main.py", b"x = 2\n", call_id="1")
    other = await Journal.open(store, blobs=Blobs(tmp_path / "here"), root=root, run="other")
    assert await other.touched() == []
    assert await other.recall("1") is None


def test_blobs_of_a_pack(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path / "blobs")
    (tmp_path / "blobs").mkdir()
    (tmp_path / "blobs/pack-killed").write_bytes(b"half")
    loose = blobs.put(b"loose")
    with blobs.packing() as pack:
        digests = [pack.put(data) for data in (b"one", b"", b"two" * 1000, b"one")]
    for store in (blobs, Blobs(tmp_path / "blobs")):
        assert [store.get(digest) for digest in digests] == [b"one", b"", b"two" * 1000, b"one"]
        assert store.get(loose) == b"loose"
        assert store.put(b"one") == digests[0]
    assert len([path for path in (tmp_path / "blobs").iterdir() if path.is_file()]) == 2


def test_a_pack_that_did_not_end_well_is_not_kept(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path / "blobs")
    digests = []

    def fails() -> None:
        with blobs.packing() as pack:
            digests.append(pack.put(b"one"))
            raise OSError("full")

    with pytest.raises(OSError, match="full"):
        fails()
    assert blobs.get(digests[0]) is None
    assert list((tmp_path / "blobs").iterdir()) == []


def test_a_damaged_pack_is_not_believed(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path / "blobs")
    with blobs.packing() as pack:
        digest = pack.put(b"one")
    for path in (tmp_path / "blobs").iterdir():
        path.write_bytes(b"")
        assert Blobs(tmp_path / "blobs").get(digest) is None


def test_blobs_drop_what_the_disk_damaged(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path / "blobs")
    digest = blobs.put(b"bytes")
    assert digest == digest_of(b"bytes")
    assert blobs.get(digest) == b"bytes"
    assert stat.S_IMODE(blobs.path(digest).stat().st_mode) == 0o600
    blobs.path(digest).write_bytes(b"")
    assert blobs.get(digest) is None
    assert blobs.put(b"bytes") == digest
    assert blobs.get(digest) == b"bytes"
