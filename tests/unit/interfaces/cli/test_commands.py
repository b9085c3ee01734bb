import json
from pathlib import Path
from typing import Any

import pytest

from backend_developer.contract import Task

COMMANDS = ["run", "demo", "resume", "undo", "show", "gates", "scan", "doctor", "mcp"]


@pytest.fixture
def known(session: Any, tmp_path: Path, call: Any) -> str:
    """A task that has run in `tmp_path`."""
    call("run", '{"task_id": "feat", "main_task": "Создать API"}', "-w", str(tmp_path))
    session.ran.clear()
    return str(tmp_path)


def test_help_names_every_command(call: Any) -> None:
    ended = call("--help")
    assert ended.code == 0
    assert all(f"\n  {command}" in ended.out for command in COMMANDS)
    assert "..." not in ended.out.partition("Commands:")[2], "no help line is cut off"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(call: Any, command: str) -> None:
    assert call(command, "-h").out.startswith(f"Usage: backend-developer {command}")


def test_version(call: Any) -> None:
    assert call("--version").out.startswith("backend-developer 0.")


def test_wrong_usage_is_2(call: Any) -> None:
    ended = call("run", "--no-such-option")
    assert (ended.code, ended.out) == (2, "")
    assert "--no-such-option" in ended.err


def test_resume_goes_on_with_the_known_task(call: Any, session: Any, known: str) -> None:
    ended = call("resume", "feat", "-w", known)
    assert (ended.code, ended.json["status"]) == (0, "success")
    ((task, resume),) = session.ran
    assert (task.main_task, resume) == ("Создать API", True)


@pytest.mark.parametrize("command", ["resume", "show"])
def test_an_unknown_task_is_bad_input(call: Any, session: Any, tmp_path: Path, command: str) -> None:
    ended = call(command, "nobody", "-w", str(tmp_path))
    assert ended.code == 2
    assert "there is no run 'nobody'" in ended.err


def test_show_in_words(call: Any, known: str) -> None:
    ended = call("show", "feat", "-w", known)
    assert ended.code == 0
    for words in (
        "Создать API",
        "user: the task",
        "✗ 1 finding",
        "app/users.py:3",
        "✓ GET /users/1",
        "+новая строка",
        "9 calls, 12,000 tokens in, 900 out, $0.2500",
        "next: @test-automator: go",
    ):
        assert words in ended.out


def test_show_an_unfinished_run(call: Any, session: Any, known: str) -> None:
    session.records["feat"].report = None
    assert "unfinished" in call("show", "feat", "-w", known).out


def test_show_as_json(call: Any, known: str) -> None:
    shown = call("show", "feat", "-w", known, "--json").json
    assert set(shown) == {"task", "report", "consulted", "gates", "usage", "diff", "messages"}
    assert Task.model_validate(shown["task"]).task_id == "feat"
    assert shown["gates"]["2/runtime"]["evidence"]["answers"][0]["status"] == 200
    assert shown["consulted"][0]["answered_by"] == "built in"


def test_show_tells_who_answered_what_was_consulted(call: Any, session: Any, known: str) -> None:
    shown = call("show", "feat", "-w", known).out
    assert '✓ context7 resolve_library_id({"libraryName": "fastapi"})  built in, 3 ms' in shown


def test_undo_names_what_it_did(call: Any, session: Any, known: str) -> None:
    session.undone.restored.append("app/users.py")
    ended = call("undo", "feat", "-w", known)
    assert (ended.code, ended.out) == (0, "restored app/users.py\n1 file restored, 0 kept\n")


def test_undo_that_kept_a_file_is_1(call: Any, session: Any, known: str) -> None:
    session.undone.kept.append(("app/[x].py", "changed since"))
    ended = call("undo", "feat", "-w", known)
    assert (ended.code, ended.out) == (1, "kept app/[x].py: changed since\n0 files restored, 1 kept\n")


def test_gates_alone(call: Any, session: Any, tmp_path: Path) -> None:
    ended = call("gates", "--workspace", str(tmp_path))
    assert (ended.code, ended.json["status"]) == (0, "success")
    assert f"note: {tmp_path}" in ended.err


def test_json_survives_a_name_that_is_not_utf8(call: Any, session: Any, known: str) -> None:
    session.updates[-1]["report"]["files_changed"] = ["caf\udce9.py"]
    assert json.loads(call("resume", "feat", "-w", known).out)["files_changed"] == ["caf\udce9.py"]
