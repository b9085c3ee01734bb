from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from backend_developer.contract import InvalidTask, NoDatabase, Report, Task
from backend_developer.contract.findings import Fault
from backend_developer.graph.checkpointer import open_saver
from backend_developer.graph.runs import Runs, thread_id
from backend_developer.workspace.postgres import open_pool
from tests.support.postgres import fresh_database


@pytest.fixture
async def runs(state_dir: Path) -> AsyncIterator[Runs]:
    async with fresh_database(state_dir) as dsn, await open_pool(dsn) as pool:
        await open_saver(pool)
        yield Runs(pool)


def task(workspace: Path, task_id: str = "feat-user-api", main_task: str = "Создать API") -> Task:
    return Task(task_id=task_id, main_task=main_task, workspace=workspace)


async def test_a_run_is_begun_once_and_found_by_its_name(runs: Runs, tmp_path: Path) -> None:
    first = await runs.begin(task(tmp_path))
    assert (first.status, first.report, first.workspace) == ("running", None, str(tmp_path.resolve()))
    assert await runs.begin(task(tmp_path)) == first
    assert await runs.find("feat-user-api") == first
    assert await runs.find("feat-user-api", tmp_path) == first
    assert await runs.find("feat-other") is None
    assert first.task["main_task"] == "Создать API"
    assert first.thread_id == thread_id(tmp_path, "feat-user-api")


async def test_the_report_is_kept_even_where_it_holds_what_jsonb_refuses(runs: Runs, tmp_path: Path) -> None:
    run = await runs.begin(task(tmp_path))
    fault = Fault(source="tests/pytest", code="failed", message="got \x00 and \udc80 and 😀")
    await runs.save(run.thread_id, "failed", Report(status="failed", errors=[fault], next_action="Try."))
    saved = await runs.find("feat-user-api")
    assert saved is not None
    assert saved.status == "failed"
    assert saved.report is not None
    assert saved.report["errors"][0]["message"] == "got \ufffd and \ufffd and 😀"
    assert saved.updated_at > run.updated_at


async def test_another_task_of_the_same_name_is_refused_with_the_way_out(runs: Runs, tmp_path: Path) -> None:
    await runs.begin(task(tmp_path))
    with pytest.raises(InvalidTask, match=r"another main_task; give this one a name of its own"):
        await runs.begin(task(tmp_path, main_task="Something else"))
    found = await runs.find("feat-user-api")
    assert found is not None
    assert found.task["main_task"] == "Создать API"


async def test_a_name_in_two_workspaces_needs_the_workspace(runs: Runs, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        await runs.begin(task(tmp_path / name))
    with pytest.raises(InvalidTask, match="several workspaces") as caught:
        await runs.find("feat-user-api")
    assert str(tmp_path / "one") in str(caught.value)
    one = await runs.find("feat-user-api", tmp_path / "one")
    assert one is not None
    assert one.workspace == str(tmp_path / "one")


async def test_the_latest_come_first(runs: Runs, tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        await runs.begin(task(tmp_path, name))
    await runs.save(thread_id(tmp_path, "a"), "running")
    assert [run.task_id for run in await runs.latest(2)] == ["a", "c"]


async def test_a_database_without_the_table_is_an_error_of_ours(state_dir: Path) -> None:
    async with fresh_database(state_dir) as dsn:
        pool = await open_pool(dsn)
        with pytest.raises(NoDatabase, match="list of runs"):
            await Runs(pool).latest()
        await pool.close()
