from collections.abc import Iterator
from pathlib import Path

import pytest

from backend_developer.workspace.toolchains import files
from backend_developer.workspace.toolchains.files import one_look, walk


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "app").mkdir()
    for name in ("app/main.py", "app/users.py", "setup.py"):
        (tmp_path / name).write_text("")
    return tmp_path


def test_one_look_sees_what_a_walk_sees(root: Path) -> None:
    plain = [list(walk(root)), list(walk(root, "app"))]
    with one_look():
        assert [list(walk(root)), list(walk(root, "app"))] == plain
        assert [list(walk(root)), list(walk(root, "app"))] == plain, "a second time, from what was seen"


def test_within_one_look_the_disk_is_walked_once_for_each_folder(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    walked: list[tuple[Path, str]] = []
    really = files._walk

    def counted(root: Path, below: str) -> Iterator[str]:
        walked.append((root, below))
        return really(root, below)

    monkeypatch.setattr(files, "_walk", counted)
    with one_look():
        for _ in range(3):
            assert next(walk(root)) == "app/main.py"
            assert list(walk(root, "app")) == ["app/main.py", "app/users.py"]
    assert walked == [(root, "."), (root, "app")]


def test_the_next_look_sees_what_has_changed(root: Path) -> None:
    with one_look():
        assert "new.py" not in list(walk(root))
    (root / "new.py").write_text("")
    assert "new.py" in list(walk(root))
    with one_look():
        assert "new.py" in list(walk(root))


def test_a_look_within_another_is_one_of_its_own(root: Path) -> None:
    with one_look():
        list(walk(root))
        (root / "new.py").write_text("")
        with one_look():
            assert "new.py" in list(walk(root))
        assert "new.py" not in list(walk(root))
