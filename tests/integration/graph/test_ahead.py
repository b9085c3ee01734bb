"""A whole run, whose change is in the index before the gates ask for it, and whose end ends what is being read."""

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from backend_developer.contract import load_settings, parse_task
from backend_developer.graph.session import Session
from backend_developer.workspace.index import CodeIndex, refresh
from backend_developer.workspace.index.sources import Source, take_apart
from tests.support.model_script import call, hang
from tests.support.model_server import ModelServer
from tests.support.postgres import until
from tests.support.product import ADD_DISCOUNT, FINISH, script, slow, write_files, write_shop


def indexed(caplog: pytest.LogCaptureFixture) -> list[tuple[str, bool]]:
    """What was indexed, and whether in the background."""
    return [
        (record.message.partition(" in ")[0], record.threadName == "index")
        for record in caplog.records
        if "files indexed" in record.message
    ]


async def test_the_gate_finds_the_change_read(
    state_dir: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    task = parse_task({"task_id": "t1", "main_task": "Add a discount", "workspace": str(write_shop(tmp_path / "shop"))})
    async with ModelServer() as server:
        server.play(script(ADD_DISCOUNT, slow(FINISH, 1)))
        settings = load_settings(state_dir=state_dir, api_key="sk-test-0123456789", base_url=server.base_url)
        async with Session.open(settings) as session:
            events: list[dict[str, Any]] = [event async for event in session.run(task)]
    assert events[-1]["report"]["status"] == "success", events[-1]
    # The untouched project first, and the change while the model thought: the gate itself had nothing to read.
    _, change = indexed(caplog)
    assert change == ("1 files indexed, 0 forgotten", True)


async def test_a_run_that_is_left_does_not_wait_for_what_is_being_read(
    state_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = write_shop(tmp_path / "shop")
    write_files(shop, {f"shop/m{number}.py": f"M = {number}\n" for number in range(200)})
    begun = threading.Event()

    def slowly(path: str, raw: bytes) -> Source:
        if threading.current_thread().name == "index" and raw == b"M = 0\n":
            begun.set()
            time.sleep(0.1)
        return take_apart(path, raw)

    closed_on_the_loop: list[bool] = []

    def close(index: CodeIndex, really: Callable[[CodeIndex], None] = CodeIndex.close) -> None:
        closed_on_the_loop.append(threading.current_thread() is threading.main_thread())
        really(index)

    monkeypatch.setattr(refresh, "take_apart", slowly)
    monkeypatch.setattr(CodeIndex, "close", close)
    task = parse_task({"task_id": "t1", "main_task": "Add a discount", "workspace": str(shop)})
    async with ModelServer() as server:
        server.play(script(call("bash", command="for file in shop/m*.py; do echo 'M = 0' > $file; done"), hang()))
        settings = load_settings(state_dir=state_dir, api_key="sk-test-0123456789", base_url=server.base_url)
        async with Session.open(settings) as session:
            run = asyncio.create_task(_drain(session.run(task)))
            assert await until(begun.is_set)
            run.cancel()
            began = time.perf_counter()
            with pytest.raises(asyncio.CancelledError):
                await run
            assert time.perf_counter() - began < 5
            assert not [thread for thread in threading.enumerate() if thread.name == "index"]
            # It waits for the file that is being read, which LangGraph Studio's server forbids on the loop.
            assert closed_on_the_loop == [False]


async def _drain(events: Any) -> None:
    async for _ in events:
        pass
