from pathlib import Path
from typing import Any

import pytest

from backend_developer.contract import Blocked, WorkspaceUnusable
from backend_developer.interfaces.cli import demo
from backend_developer.interfaces.cli.common import Look
from backend_developer.interfaces.demo import EXAMPLES, TASK_FILE


@pytest.fixture
def examples(tmp_path: Path) -> Path:
    """The samples, as the repository holds them, with a cassette."""
    folder = tmp_path / "examples"
    (folder / "users_service" / "app" / "__pycache__").mkdir(parents=True)
    (folder / "users_service" / "app" / "main.py").write_text("app = 1\n", encoding="utf-8")
    (folder / "users_service" / "app" / "__pycache__" / "main.pyc").write_bytes(b"x")
    (folder / "demo").mkdir()
    (folder / "demo" / "cassette.jsonl").write_text("{}\n", encoding="utf-8")
    text = (EXAMPLES / TASK_FILE).read_text(encoding="utf-8")
    (folder / "users_service.task.json").write_text(text, encoding="utf-8")
    return folder


def test_the_demo_works_on_a_copy(
    session: Any, examples: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    into = tmp_path / "copy"
    assert demo.run_demo(into, Look(), examples) == 0
    streams = capsys.readouterr()
    ((task, _),) = session.ran
    assert (task.task_id, task.workspace) == ("feat-user-api", into)
    assert session.settings.replay == examples / "demo" / "cassette.jsonl"
    assert (into / "app" / "main.py").is_file()
    assert not (into / "app" / "__pycache__").exists()
    assert streams.out.startswith('{\n  "status": "success"')
    for words in (
        "Создать API",
        "answers are recorded",
        "+новая строка",
        f"backend-developer undo feat-user-api --workspace {into}",
    ):
        assert words in streams.err


def test_a_scratch_copy_is_made_where_no_folder_is_named(
    session: Any, examples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    demo.run_demo(None, Look(quiet=True), examples)
    ((task, _),) = session.ran
    assert task.workspace.parent.parent == tmp_path
    assert task.workspace.name == "users_service"


def test_a_taken_folder_is_refused(session: Any, examples: Path, tmp_path: Path) -> None:
    with pytest.raises(WorkspaceUnusable, match="--into"):
        demo.run_demo(tmp_path, Look(), examples)
    assert session.ran == []


def test_without_the_samples_there_is_a_way_out(session: Any, tmp_path: Path) -> None:
    with pytest.raises(Blocked, match="clone"):
        demo.run_demo(None, Look(), tmp_path)
