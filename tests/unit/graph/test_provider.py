"""What is opened is opened once, and closed whatever happens; the database and the surroundings are stood in for."""

from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from backend_developer.contract import InvalidTask, NoDatabase, Report, Settings, Task, WorkspaceBusy
from backend_developer.graph import provider as module
from backend_developer.graph.provider import Provider, provider_of_loop
from tests.support.fakes import make_task

REPORT = Report(status="success", next_action="Go.").dump()


class World:
    """The database and the surroundings, and what became of them."""

    def __init__(self) -> None:
        self.log: list[str] = []
        self.fails_on: str | None = None

    def did(self, what: str) -> None:
        self.log.append(what)
        if what == self.fails_on:
            raise NoDatabase("It is gone.", "Start it.", source="postgres")

    async def close(self) -> None:
        self.did("pool closed")


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    made = World()

    async def ensure_server(_: Settings) -> str:
        return "dsn"

    async def open_pool(_: str) -> World:
        made.did("pool opened")
        return made

    async def open_saver(_: Any) -> None:
        made.did("tables")

    async def open_context(task: Task, *rest: Any) -> Any:
        stack: AsyncExitStack = rest[-1]
        stack.callback(made.did, f"{task.task_id} closed")
        made.did(f"{task.task_id} opened")
        return object()

    class Runs:
        def __init__(self, _: Any) -> None: ...

        async def begin(self, task: Task) -> None:
            made.did(f"{task.task_id} begun")

        async def save(self, key: str, status: str, report: Report) -> None:
            made.did(f"{key.partition('@')[0]} {status}")

    for name, value in locals().items():
        if name in ("ensure_server", "open_pool", "open_saver", "open_context", "Runs"):
            monkeypatch.setattr(module, name, value)
    yield made
    assert made.log.count("pool opened") == made.log.count("pool closed")


def task(folder: Path, name: str = "one") -> dict[str, Any]:
    return make_task(folder, task_id=name).dump()


async def test_a_run_is_opened_once_and_closed_with_its_report(world: World, tmp_path: Path) -> None:
    provider = Provider()
    first = await provider.open(task(tmp_path))
    assert await provider.open(task(tmp_path)) is first
    await provider.release(task(tmp_path), REPORT)
    assert world.log == [
        "pool opened", "tables", "one opened", "one begun", "one success", "one closed", "pool closed"
    ]  # fmt: skip


async def test_the_pool_stays_while_another_run_is_open(world: World, tmp_path: Path) -> None:
    provider = Provider()
    await provider.open(task(tmp_path))
    await provider.open(task(tmp_path, "two"))
    await provider.release(task(tmp_path))
    assert world.log[-1] == "one closed"
    await provider.release(task(tmp_path, "two"))
    assert world.log[-2:] == ["two closed", "pool closed"]


async def test_a_sessions_pool_stays_until_it_is_closed(world: World, tmp_path: Path) -> None:
    provider = Provider(Settings())
    await provider.open(task(tmp_path))
    await provider.release(task(tmp_path), REPORT)
    assert world.log[-1] == "one closed"
    await provider.close()
    assert world.log[-1] == "pool closed"


async def test_to_close_a_provider_closes_its_runs(world: World, tmp_path: Path) -> None:
    provider = Provider(Settings())
    await provider.open(task(tmp_path))
    await provider.close()
    assert world.log[-2:] == ["one closed", "pool closed"]


async def test_a_run_that_could_not_be_begun_is_closed_again(world: World, tmp_path: Path) -> None:
    provider = Provider(Settings())
    world.fails_on = "one begun"
    with pytest.raises(NoDatabase):
        await provider.open(task(tmp_path))
    assert world.log[-1] == "one closed"
    world.fails_on = None
    await provider.open(task(tmp_path))
    await provider.close()


async def test_without_a_session_a_failed_opening_leaves_no_pool(world: World, tmp_path: Path) -> None:
    world.fails_on = "one opened"
    with pytest.raises(NoDatabase):
        await Provider().open(task(tmp_path))
    assert world.log[-1] == "pool closed"


async def test_a_report_that_cannot_be_noted_still_closes_the_run(world: World, tmp_path: Path) -> None:
    provider = Provider(Settings())
    await provider.open(task(tmp_path))
    world.fails_on = "one success"
    with pytest.raises(NoDatabase):
        await provider.release(task(tmp_path), REPORT)
    assert world.log[-1] == "one closed"
    await provider.close()


async def test_what_is_not_open_or_no_task_is_released_in_silence(world: World, tmp_path: Path) -> None:
    await Provider().release(task(tmp_path))
    await Provider().release({"task_id": " "})
    assert world.log == []


async def test_a_faulty_task_opens_nothing(world: World) -> None:
    with pytest.raises(InvalidTask):
        await Provider().open({"task_id": " "})
    assert world.log == []


async def test_the_same_task_on_another_thread_has_to_wait(world: World, tmp_path: Path) -> None:
    provider = Provider(Settings())
    await provider.open(task(tmp_path), owner="thread-1")
    await provider.open(task(tmp_path), owner="thread-1")
    with pytest.raises(WorkspaceBusy, match="one"):
        await provider.open(task(tmp_path), owner="thread-2")
    await provider.release(task(tmp_path), owner="thread-2")
    assert "one closed" not in world.log
    await provider.release(task(tmp_path), REPORT, owner="thread-1")
    await provider.open(task(tmp_path), owner="thread-2")
    await provider.close()


async def test_a_loop_has_one_provider() -> None:
    assert provider_of_loop() is provider_of_loop()
