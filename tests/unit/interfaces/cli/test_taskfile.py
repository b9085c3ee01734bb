import io
import json
import re
import sys
from pathlib import Path

import pytest

from backend_developer.contract import InvalidTask
from backend_developer.contract.task import TASK_ID_PATTERN
from backend_developer.interfaces.cli.taskfile import id_of, read_task

TASK = {"task_id": "feat", "main_task": "Создать API"}


def feed(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))


@pytest.mark.parametrize("name", ["task.json", "task-without-suffix"])
def test_a_file(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(json.dumps(TASK, ensure_ascii=False), encoding="utf-8")
    assert read_task(str(path)).main_task == "Создать API"


@pytest.mark.parametrize("given", ["-", None])
def test_standard_input(monkeypatch: pytest.MonkeyPatch, given: str | None) -> None:
    feed(monkeypatch, json.dumps(TASK).encode())
    assert read_task(given).task_id == "feat"


def test_json_as_an_argument() -> None:
    assert read_task(json.dumps(TASK)).task_id == "feat"


def test_words_become_a_task(tmp_path: Path) -> None:
    task = read_task("Add GET /health", workspace=tmp_path)
    assert task.main_task == "Add GET /health"
    assert task.task_id.startswith("add-get-health-")
    assert task.workspace == tmp_path


def test_options_win_over_the_task(tmp_path: Path) -> None:
    given = json.dumps({**TASK, "workspace": "/elsewhere"})
    task = read_task(given, workspace=tmp_path, task_id="other")
    assert (task.workspace, task.task_id) == (tmp_path, "other")


def test_the_task_id_can_come_from_the_option_alone() -> None:
    assert read_task('{"main_task": "x"}', task_id="given").task_id == "given"


@pytest.mark.parametrize("words", ["Создать API для пользователей", "Déjà vu!", "x" * 500, "???", "名前を変える"])
def test_ids_fit_and_are_stable(words: str) -> None:
    assert re.fullmatch(TASK_ID_PATTERN, id_of(words))
    assert id_of(words) == id_of(words)
    assert id_of(words) != id_of(words + " ")


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b'{"task_id": "a"', "not valid JSON"),
        (b'{"main_task": "caf\xe9"}', "not UTF-8"),
        (b"[1]", "must be a JSON object, not list"),
        (b"", "not valid JSON"),
        (b'{"task_id": "a b", "main_task": " ", "x": 1}', "task_id"),
    ],
)
def test_bad_input_is_named(monkeypatch: pytest.MonkeyPatch, data: bytes, fault: str) -> None:
    feed(monkeypatch, data)
    with pytest.raises(InvalidTask, match=fault):
        read_task("-")


def test_all_faults_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    feed(monkeypatch, b'{"task_id": "a b", "main_task": " ", "x": 1}')
    with pytest.raises(InvalidTask) as caught:
        read_task("-")
    assert len(caught.value.faults) == 3


def test_a_missing_file_is_not_taken_for_words(tmp_path: Path) -> None:
    with pytest.raises(InvalidTask, match=r"cannot read .*nothing\.json: No such file"):
        read_task(str(tmp_path / "nothing.json"))


def test_blank_words_are_refused() -> None:
    with pytest.raises(InvalidTask, match="is blank"):
        read_task("  ")


def test_no_task_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    with pytest.raises(InvalidTask, match="there is no task"):
        read_task(None)
