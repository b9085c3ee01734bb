"""The Python door: one call with a task, one report back."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing
from typing import Any, cast

from backend_developer.contract import Report, Settings, Task, load_settings, parse_task
from backend_developer.interfaces.session import Update, open_session


async def stream_task(
    task: Task | Mapping[str, Any] | str, *, settings: Settings | None = None
) -> AsyncIterator[Update]:
    """Carry out a task and yield what happens; the last item is `{"event": "report", "report": {...}}`.

    The same task again in the same workspace goes on where it stood, or gives its report.
    Raises `InvalidInput` for a faulty task or setting, `Blocked` for what keeps the run from starting.
    """
    job = parse_task(task)
    # Whoever stops listening ends the run first, and only then does the session let go of the workspace.
    async with (
        open_session(settings or load_settings()) as session,
        aclosing(cast("AsyncGenerator[Update, None]", session.run(job))) as updates,
    ):
        async for update in updates:
            yield update


async def arun_task(task: Task | Mapping[str, Any] | str, *, settings: Settings | None = None) -> Report:
    """Carry out a task and return its report. Raises as `stream_task` does."""
    last: Any = None
    async for update in stream_task(task, settings=settings):
        last = update
    return Report.model_validate(last["report"])


def run_task(task: Task | Mapping[str, Any] | str, *, settings: Settings | None = None) -> Report:
    """`arun_task` for scripts. Inside a running event loop, as in a notebook, `await arun_task(...)` instead."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(arun_task(task, settings=settings))
    raise RuntimeError("run_task cannot wait inside a running event loop: use `await arun_task(...)` here")
