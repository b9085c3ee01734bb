"""One session that is asked for the same task twice at once."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from backend_developer.contract import InvalidTask, WorkspaceBusy, load_settings, parse_task
from backend_developer.graph.session import Session
from backend_developer.interfaces.python import arun_task, stream_task
from tests.support.model_server import ModelServer
from tests.support.postgres import until
from tests.support.product import CORRECT, script, slow, write_shop


async def last(events: AsyncIterator[dict[str, Any]]) -> dict[str, Any]:
    return [event async for event in events][-1]


async def test_the_same_task_never_runs_twice_at_once(state_dir: Path, tmp_path: Path) -> None:
    task = parse_task({"task_id": "t1", "main_task": "Add a discount", "workspace": str(write_shop(tmp_path / "shop"))})
    async with ModelServer() as server:
        server.play(script(slow(CORRECT[0], 1), *CORRECT[1:]))
        settings = load_settings(state_dir=state_dir, api_key="sk-test-0123456789", base_url=server.base_url)
        async with Session.open(settings) as session:
            first = asyncio.create_task(last(session.run(task)))
            assert await until(lambda: any(not request.forced for request in server.requests))
            with pytest.raises(WorkspaceBusy, match="t1"):
                await last(session.run(task))
            report = (await first)["report"]
            assert report["status"] == "success", report
            asked = len(server.requests)
            assert (await last(session.run(task)))["report"] == report
            assert len(server.requests) == asked == 1 + len(CORRECT)


async def test_who_stops_listening_ends_the_run_and_can_go_on_with_it(state_dir: Path, tmp_path: Path) -> None:
    task = parse_task({"task_id": "t1", "main_task": "Add a discount", "workspace": str(write_shop(tmp_path / "shop"))})
    async with ModelServer() as server:
        server.play(script(*CORRECT))
        settings = load_settings(state_dir=state_dir, api_key="sk-test-0123456789", base_url=server.base_url)
        events: Any = stream_task(task, settings=settings)
        async for event in events:
            if event["event"] == "tool":
                break
        await events.aclose()
        assert not [one for one in asyncio.all_tasks() if "Pregel" in repr(one) or "bound" in repr(one)]
        report = await arun_task(task, settings=settings)
        assert report.status == "success", report
        assert len(server.requests) == 1 + len(CORRECT)


async def test_a_task_that_was_undone_is_not_told_as_done(state_dir: Path, tmp_path: Path) -> None:
    shop = write_shop(tmp_path / "shop")
    task = parse_task({"task_id": "t1", "main_task": "Add a discount", "workspace": str(shop)})
    async with ModelServer() as server:
        server.play(script(*CORRECT))
        settings = load_settings(state_dir=state_dir, api_key="sk-test-0123456789", base_url=server.base_url)
        async with Session.open(settings) as session:
            report = (await last(session.run(task)))["report"]
            assert (await session.undo("t1", shop)).restored == report["files_changed"]
            with pytest.raises(InvalidTask, match="another task_id"):
                await last(session.run(task))
            assert (await session.show("t1", shop)).report is not None
