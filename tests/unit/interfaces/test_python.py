from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from backend_developer.contract import InvalidTask, NoModel, Settings, Task
from backend_developer.interfaces import python as door

REPORT = {"status": "success", "files_changed": [], "errors": [], "next_action": "Go."}


class Played:
    def __init__(self, error: Exception | None) -> None:
        self.error = error
        self.tasks: list[Task] = []
        self.closed = False

    async def run(self, task: Task, *, resume: bool = False) -> AsyncIterator[Any]:
        self.tasks.append(task)
        yield {"event": "notice", "text": "working"}
        if self.error:
            raise self.error
        yield {"event": "report", "report": REPORT}


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch) -> Played:
    made = Played(None)

    @asynccontextmanager
    async def opened(settings: Settings) -> AsyncIterator[Played]:
        try:
            yield made
        finally:
            made.closed = True

    monkeypatch.setattr(door, "open_session", opened)
    return made


def task(folder: Path) -> dict[str, Any]:
    return {"task_id": "a", "main_task": "b", "workspace": str(folder)}


def test_a_script_gets_the_report(played: Played, tmp_path: Path) -> None:
    assert door.run_task(task(tmp_path)).dump() == REPORT
    assert played.tasks[0].workspace == tmp_path
    assert played.closed


async def test_a_stream_ends_with_the_report(played: Played, tmp_path: Path) -> None:
    assert [update["event"] async for update in door.stream_task(task(tmp_path))] == ["notice", "report"]


async def test_inside_a_loop_the_sync_door_points_to_the_other(played: Played, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="await arun_task"):
        door.run_task(task(tmp_path))
    assert (await door.arun_task(task(tmp_path))).status == "success"


async def test_a_faulty_task_is_refused_before_anything_is_opened(played: Played) -> None:
    with pytest.raises(InvalidTask):
        await door.arun_task({"task_id": " "})
    assert not played.tasks
    assert not played.closed


async def test_what_keeps_a_run_from_starting_comes_out_and_the_session_is_closed(
    played: Played, tmp_path: Path
) -> None:
    played.error = NoModel("No key.", "Set one.")
    with pytest.raises(NoModel):
        await door.arun_task(task(tmp_path))
    assert played.closed
