import json
from pathlib import Path
from typing import Any

import pytest

from backend_developer.contract import InvalidTask, Task, parse_task

THE_USERS: dict[str, Any] = {
    "task_id": "feat-user-api",
    "main_task": "Создать API для пользователей",
    "extras": ["Разбить auth.js на модули"],
    "files_involved": ["src/api/users/", "src/models/"],
    "requirements": ["Использовать pg-aiguide MCP", "Сканировать проект на дублирование"],
}


def test_the_users_own_task_is_one_as_a_mapping_and_as_json() -> None:
    task = parse_task(THE_USERS)
    assert task.dump() == {**THE_USERS, "workspace": str(Path.cwd())}
    assert parse_task(json.dumps(THE_USERS)) == parse_task(json.dumps(THE_USERS).encode()) == task
    assert parse_task(task.dump()) == parse_task(task) == task


def test_the_workspace_is_the_tasks_else_the_callers(tmp_path: Path) -> None:
    own = {**THE_USERS, "workspace": str(tmp_path / "own")}
    assert parse_task(own, workspace=tmp_path).workspace == tmp_path / "own"
    assert parse_task(THE_USERS, workspace=tmp_path).workspace == tmp_path
    assert parse_task({**THE_USERS, "workspace": "~/shop"}).workspace == Path.home() / "shop"
    assert parse_task({**THE_USERS, "workspace": "shop"}).workspace == Path.cwd() / "shop"


def faults(raw: Any) -> list[str]:
    with pytest.raises(InvalidTask) as caught:
        parse_task(raw)
    return caught.value.faults


def test_every_fault_is_named_at_once() -> None:
    named = faults({"task_id": "../x", "main_task": " ", "extras": [""], "files_involved": ["/etc"], "priority": 1})
    assert [fault.split(":")[0] for fault in named] == [
        "task_id", "main_task", "extras.0", "files_involved.0", "priority"
    ]  # fmt: skip
    assert "task_id, main_task, extras" in named[-1]


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        ("{", "not valid JSON"),
        (b"\xff", "not UTF-8"),
        ("[1]", "must be a JSON object, not list"),
        ({"main_task": "x"}, "task_id: missing"),
        ({"task_id": "x"}, "main_task: missing"),
    ],
)
def test_what_is_no_task_says_why(raw: Any, fault: str) -> None:
    assert fault in faults(raw)[0]


@pytest.mark.parametrize("name", ["a", "A.b_c-9", "x" * 64])
def test_names_that_are_taken(name: str) -> None:
    assert parse_task({**THE_USERS, "task_id": name}).task_id == name


@pytest.mark.parametrize("name", ["", "x" * 65, "a b", "a/b", "..", ".", "задача", "a\n", 7, None])
def test_names_that_are_refused(name: Any) -> None:
    assert faults({**THE_USERS, "task_id": name})[0].startswith("task_id: ")


@pytest.mark.parametrize("path", ["/etc/passwd", "../other", "src/../../x", "C:\\x", "..\\x", " "])
def test_paths_that_lead_out_are_refused(path: str) -> None:
    assert faults({**THE_USERS, "files_involved": [path]})[0].startswith("files_involved.0: ")


@pytest.mark.parametrize("text", ["a\x00b", "half \ud800 pair"])
def test_text_that_postgresql_cannot_store_is_refused(text: str) -> None:
    assert faults({**THE_USERS, "main_task": text})[0].startswith("main_task: ")


def test_the_schema_has_a_title_and_a_description_for_every_field() -> None:
    schema = Task.model_json_schema()
    assert schema["title"] == "Task"
    assert set(schema["properties"]) == {*THE_USERS, "workspace"}
    assert all(field["description"] for field in schema["properties"].values())
    assert schema["required"] == ["task_id", "main_task"]
