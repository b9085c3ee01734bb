import os
import stat
from pathlib import Path

import pytest

from backend_developer.contract import CallFailed
from backend_developer.workspace.files import (
    FILE,
    LINK,
    Content,
    Version,
    missing_folders,
    put_content,
    read_content,
    remove_empty_folders,
    same,
    temporary_of,
    version_of,
)


def test_puts_and_reads_a_file(tmp_path: Path) -> None:
    path = tmp_path / "a"
    put_content(path, Content(b"\0x", FILE | 0o640))
    assert read_content(path) == Content(b"\0x", FILE | 0o640)
    put_content(path, None)
    assert read_content(path) is None
    put_content(path, None)


def test_puts_and_reads_a_link_without_following_it(tmp_path: Path) -> None:
    put_content(tmp_path / "link", Content(b"/nowhere/at/all", LINK | 0o777))
    content = read_content(tmp_path / "link")
    assert content
    assert content.data == b"/nowhere/at/all"
    assert stat.S_ISLNK(content.mode)


def test_a_reader_keeps_the_old_bytes_while_the_file_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")
    with path.open("rb") as reader:
        put_content(path, Content(b"new", FILE))
        assert reader.read() == b"old"
    assert path.read_bytes() == b"new"


def test_a_file_with_a_second_name_outside_stays_as_it_is_there(tmp_path: Path) -> None:
    (tmp_path / "outside").write_bytes(b"theirs")
    os.link(tmp_path / "outside", tmp_path / "inside")
    put_content(tmp_path / "inside", Content(b"ours", FILE))
    assert (tmp_path / "outside").read_bytes() == b"theirs"


def test_what_a_killed_process_left_does_not_hinder(tmp_path: Path) -> None:
    temporary_of(tmp_path / "a").write_bytes(b"half")
    put_content(tmp_path / "a", Content(b"whole", FILE))
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_name_of_the_greatest_length(tmp_path: Path) -> None:
    put_content(tmp_path / ("x" * 255), Content(b"", FILE))
    assert (tmp_path / ("x" * 255)).exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_root_leaves_a_file_to_its_owner(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"old")
    os.chown(tmp_path / "a", 1234, 2345)
    put_content(tmp_path / "a", Content(b"new", FILE | 0o644))
    seen = (tmp_path / "a").stat()
    assert (seen.st_uid, seen.st_gid) == (1234, 2345)


def test_a_change_of_permissions_is_no_edit() -> None:
    assert same(Version("d", FILE | 0o644), Version("d", FILE | 0o755))
    assert not same(Version("d", FILE), Version("d", LINK))
    assert not same(Version("d", FILE), None)
    assert same(None, None)


def test_a_folder_is_no_file_of_no_bytes(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    assert not same(version_of(tmp_path / "file"), version_of(tmp_path / "folder"))


def test_knows_the_folders_that_are_missing(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/file").touch()
    assert missing_folders(tmp_path, "a/b/c/x.py") == ["a/b", "a/b/c"]
    assert missing_folders(tmp_path, "x.py") == []
    with pytest.raises(CallFailed, match="a/file is a file"):
        missing_folders(tmp_path, "a/file/x.py")


def test_removes_only_folders_that_are_empty(tmp_path: Path) -> None:
    (tmp_path / "a/b").mkdir(parents=True)
    (tmp_path / "c").mkdir()
    (tmp_path / "c/file").touch()
    (tmp_path / "a/b/__pycache__").mkdir()
    (tmp_path / "a/b/__pycache__/x.pyc").touch()
    (tmp_path / "c/__pycache__").mkdir()
    remove_empty_folders(tmp_path, ["a", "a/b", "c", "none"])
    assert [path.name for path in tmp_path.iterdir()] == ["c"]
    assert (tmp_path / "c/__pycache__").exists()
