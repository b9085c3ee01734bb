"""Two runs in a row on one project, with the store in PostgreSQL."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from backend_developer.contract import load_settings, parse_task
from backend_developer.graph.session import Session
from tests.support.model_server import ModelServer
from tests.support.product import CORRECT, script, write_shop


async def last(events: AsyncIterator[dict[str, Any]]) -> dict[str, Any]:
    return [event async for event in events][-1]


async def first_prompt(session: Session, server: ModelServer, task_id: str, shop: Path) -> str:
    """The task as the model reads it first, after a whole run that succeeds."""
    began = len(server.requests)
    server.play(script(*CORRECT))
    task = parse_task({"task_id": task_id, "main_task": "Add a discount", "workspace": str(shop)})
    report = (await last(session.run(task)))["report"]
    assert report["status"] == "success", report
    asked = next(request for request in server.requests[began:] if not request.forced)
    return str(asked.messages[1]["content"])


async def test_the_second_run_begins_with_what_the_first_learned(state_dir: Path, tmp_path: Path) -> None:
    shop, other = write_shop(tmp_path / "shop"), write_shop(tmp_path / "other")
    async with ModelServer() as server:
        settings = load_settings(state_dir=state_dir, api_key="sk-test-0123456789", base_url=server.base_url)
        async with Session.open(settings) as session:
            assert "earlier runs" not in await first_prompt(session, server, "t1", shop)
            await session.undo("t1", shop)
            again = await first_prompt(session, server, "t2", shop)
            heading, _, learned = again.partition("# What earlier runs learned\n")
            assert heading != again
            assert "- tests: " in learned.partition("\n\n")[0]
            assert "pytest" in learned.partition("\n\n")[0]
            assert "earlier runs" not in await first_prompt(session, server, "t3", other)
