import asyncio
import io
from collections.abc import AsyncIterator

import pytest
from rich.console import Console

from backend_developer.contract import BackendDeveloperError
from backend_developer.interfaces.display.screens import (
    LiveScreen,
    PlainScreen,
    ProgressConsole,
    QuietScreen,
    choose_screen,
    follow,
)
from backend_developer.interfaces.display.view import View
from backend_developer.interfaces.session import Update

EVENTS: list[Update] = [
    {"event": "attempt", "attempt": 1, "of": 3},
    {"event": "report", "report": {"status": "success"}},
]


async def played(events: list[Update], error: Exception | None = None) -> AsyncIterator[Update]:
    for event in events:
        await asyncio.sleep(0)
        yield event
    if error is not None:
        raise error


def terminal() -> Console:
    return Console(file=io.StringIO(), force_terminal=True, width=80, height=30, legacy_windows=False)


def text_of(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_the_screen_fits_the_console(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    assert isinstance(choose_screen(terminal()), LiveScreen)
    assert isinstance(choose_screen(terminal(), plain=True), PlainScreen)
    assert isinstance(choose_screen(Console(file=io.StringIO(), force_terminal=False)), PlainScreen)
    assert type(choose_screen(terminal(), quiet=True)) is QuietScreen
    monkeypatch.setenv("TERM", "dumb")
    assert isinstance(choose_screen(terminal()), PlainScreen)


async def test_plain_lines() -> None:
    console = Console(file=io.StringIO(), width=20)
    notice: Update = {"event": "notice", "text": "[b]" + "long " * 20 + "end"}
    report = await follow(played([notice, *EVENTS]), View("t"), PlainScreen(console))
    assert report == {"status": "success"}
    lines = text_of(console).splitlines()
    assert lines[0].startswith("note: [b]long")
    assert lines[0].endswith("end")
    assert lines[1:] == ["attempt 1 of 3", "report: success"]


async def test_live_picture_is_left_standing() -> None:
    console = terminal()
    await follow(played(EVENTS), View("the title"), LiveScreen(console))
    last = text_of(console).rpartition("the title")[2]
    assert "success" in last
    assert "\x1b[?25h" in last, "the cursor is shown again"


async def test_live_picture_is_closed_when_the_run_raises() -> None:
    console = terminal()
    with pytest.raises(BackendDeveloperError, match="broken"):
        await follow(played(EVENTS[:1], BackendDeveloperError("broken")), View("t"), LiveScreen(console))
    assert text_of(console).rstrip().endswith("\x1b[?25h")
    assert len(asyncio.all_tasks()) == 1, "the ticker is gone"


async def test_a_run_without_a_report_is_an_error() -> None:
    with pytest.raises(BackendDeveloperError, match="without a report"):
        await follow(played(EVENTS[:1]), View("t"), QuietScreen())


class Gone(io.StringIO):
    """A pipe whose reader has left."""

    def write(self, text: str) -> int:
        raise BrokenPipeError


async def test_nobody_reading_progress_does_not_end_the_run() -> None:
    console = ProgressConsole(file=Gone(), width=80)
    assert await follow(played(EVENTS), View("t"), PlainScreen(console)) == {"status": "success"}
