import json
import logging
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from backend_developer.contract import NoModel, Task
from backend_developer.contract.errors import CallFailed
from backend_developer.interfaces import logs
from backend_developer.interfaces.session import Update

TASK = json.dumps({"task_id": "feat", "main_task": "Создать API"})
REPORT: dict[str, Any] = {"status": "success", "files_changed": ["приложение.py"], "errors": [], "next_action": "Go."}


def ending(status: str) -> Update:
    return {"event": "report", "report": {**REPORT, "status": status}}


@pytest.mark.parametrize(("status", "code"), [("success", 0), ("failed", 1), ("blocked", 2)])
def test_the_report_alone_is_on_stdout(call: Any, session: Any, tmp_path: Path, status: str, code: int) -> None:
    session.updates = [{"event": "attempt", "attempt": 1, "of": 3}, ending(status)]
    ended = call("run", TASK, "--workspace", str(tmp_path))
    assert ended.code == code
    assert ended.json == {**REPORT, "status": status}
    assert ended.out.startswith('{\n  "status"')
    assert "приложение.py" in ended.out
    assert ended.err.splitlines() == ["attempt 1 of 3", f"report: {status}"]
    assert session.closed


def test_what_the_session_is_given(call: Any, session: Any, tmp_path: Path) -> None:
    options = ["--model", "openai:m", "--base-url", "http://localhost:1/v1", "--replay", "c.jsonl", "--task-id", "id"]
    call("run", TASK, "-w", str(tmp_path), *options)
    ((task, resume),) = session.ran
    assert (task.task_id, task.workspace, resume) == ("id", tmp_path, False)
    assert (session.settings.model, session.settings.base_url) == ("openai:m", "http://localhost:1/v1")
    assert session.settings.replay == Path("c.jsonl")


def test_quiet(call: Any, session: Any) -> None:
    assert call("run", TASK, "--quiet").err == ""


def test_verbose_writes_the_log_to_stderr(call: Any, session: Any) -> None:
    assert "INFO [screens:follow]" in call("run", TASK, "-v").err


def test_a_bad_task_is_a_blocked_report_with_every_fault(call: Any, session: Any) -> None:
    ended = call("run", '{"task_id": "a b", "main_task": ""}')
    assert ended.code == 2
    assert ended.json["status"] == "blocked"
    assert [error["code"] for error in ended.json["errors"]] == ["invalid-task"] * 2
    assert ended.err.startswith("invalid task:\n  - task_id")
    assert session.ran == []


def test_bad_settings_are_a_blocked_report(call: Any, session: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BACKEND_DEVELOPER_ATTEMPTS", "7")
    ended = call("run", TASK)
    assert (ended.code, ended.json["errors"][0]["code"]) == (2, "invalid-settings")
    assert "BACKEND_DEVELOPER_ATTEMPTS" in ended.err


def test_what_blocks_the_start_is_told_and_reported(call: Any, session: Any) -> None:
    session.updates, session.error = [], NoModel("There is no model.", "Set OPENAI_API_KEY.")
    ended = call("run", TASK)
    assert ended.code == 2
    assert ended.json == {
        "status": "blocked",
        "files_changed": [],
        "errors": [{"source": "run", "code": "no-model", "message": "There is no model."}],
        "next_action": "Set OPENAI_API_KEY.",
    }
    assert ended.err == "blocked: There is no model.\n  Set OPENAI_API_KEY.\n"


def test_another_error_of_ours_is_a_message(call: Any, session: Any) -> None:
    session.updates, session.error = [], CallFailed("it went wrong")
    ended = call("run", TASK)
    assert (ended.code, ended.err) == (1, "it went wrong\n")


def test_a_bug_is_one_line_and_the_log_has_the_rest(call: Any, session: Any, bare_machine: Path) -> None:
    session.updates, session.error = [], ZeroDivisionError("by zero")
    ended = call("run", TASK)
    log = bare_machine / "logs" / logs.FILE_NAME
    assert ended.code == 70
    assert ended.err == f"this is a bug: ZeroDivisionError: by zero; the log has the details: {log}\n"
    assert "Traceback" in log.read_text(encoding="utf-8")
    assert ended.json["errors"][0]["code"] == "internal-error"


def test_a_bug_without_a_log_shows_its_traceback(
    call: Any, session: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    blocker = tmp_path / "file"
    blocker.write_text("", encoding="utf-8")
    monkeypatch.setenv("BACKEND_DEVELOPER_STATE_DIR", str(blocker))
    session.updates, session.error = [], ZeroDivisionError("by zero")
    assert "Traceback" in call("run", TASK).err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_says_how_to_go_on(
    call: Any, session: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, number: signal.Signals
) -> None:
    cleaned: list[str] = []

    async def interrupted(task: Task, *, resume: bool = False) -> AsyncIterator[Update]:
        import asyncio  # noqa: PLC0415 - only this test waits

        try:
            yield {"event": "notice", "text": "working"}
            signal.raise_signal(number)
            await asyncio.sleep(60)
        finally:
            cleaned.append(task.task_id)

    monkeypatch.setattr(session, "run", interrupted)
    workspace = tmp_path / "a project"
    workspace.mkdir()
    before = signal.getsignal(signal.SIGTERM)
    ended = call("run", TASK, "-w", str(workspace))
    assert (ended.code, ended.out) == (130, "")
    assert f"interrupted; resume with: backend-developer resume feat --workspace '{workspace}'" in ended.err
    assert (cleaned, session.closed) == (["feat"], True)
    assert signal.getsignal(signal.SIGTERM) is before


def test_the_log_tells_of_the_run_and_of_no_contents(call: Any, session: Any, bare_machine: Path) -> None:
    call("run", TASK)
    text = (bare_machine / "logs" / logs.FILE_NAME).read_text(encoding="utf-8")
    assert "[common:deliver] status=success files=1 errors=0" in text
    assert "Создать" not in text
    assert logging.getLogger("backend_developer").level == logging.INFO
