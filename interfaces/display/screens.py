"""Where a run is shown while it goes on: a live picture, plain lines, or nothing."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from types import TracebackType
from typing import Any, Protocol, Self

from rich.console import Console
from rich.live import Live

from backend_developer.contract import BackendDeveloperError
from backend_developer.interfaces.display.plain import line
from backend_developer.interfaces.display.render import render
from backend_developer.interfaces.display.view import View
from backend_developer.interfaces.session import Update

logger = logging.getLogger(__name__)

TICK_S = 0.25


class Screen(Protocol):
    """One way to show a run. `show` is called after the view has taken the event in."""

    async def __aenter__(self) -> Self:
        """Begin to show."""
        ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the last picture standing."""
        ...

    def show(self, view: View, event: Update) -> None:
        """Show what the event changed."""
        ...


class ProgressConsole(Console):
    """A console for progress: where nobody reads it any more, the run goes on in silence."""

    def on_broken_pipe(self) -> None:
        """Rich would end the process here."""
        self.quiet = True


class QuietScreen:
    """Shows nothing."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def show(self, view: View, event: Update) -> None:
        """Nothing."""


class PlainScreen(QuietScreen):
    """One line for each event."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def show(self, view: View, event: Update) -> None:
        """Write the event's line."""
        words = line(event)
        if words:
            self._console.print(words, markup=False, highlight=False, soft_wrap=True)


class LiveScreen:
    """A picture that is redrawn in place.

    It is drawn on the event loop, a few times a second, and never by a thread: the view is not shared.
    """

    def __init__(self, console: Console) -> None:
        self._live = Live(console=console, auto_refresh=False, redirect_stdout=False, redirect_stderr=False)
        self._view: View | None = None
        self._ticker: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._live.start()
        self._ticker = asyncio.create_task(self._tick())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._ticker is not None:
            self._ticker.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._ticker
        self._draw()
        self._live.stop()

    def show(self, view: View, event: Update) -> None:
        """Remember the view; the next tick draws it."""
        self._view = view

    async def _tick(self) -> None:
        while True:
            self._draw()
            await asyncio.sleep(TICK_S)

    def _draw(self) -> None:
        if self._view is not None:
            self._live.update(render(self._view), refresh=True)


def choose_screen(console: Console, *, quiet: bool = False, plain: bool = False) -> Screen:
    """The screen that fits the console: live on a terminal that can redraw, else plain lines."""
    if quiet:
        return QuietScreen()
    if plain or not console.is_terminal or console.is_dumb_terminal:
        return PlainScreen(console)
    return LiveScreen(console)


async def follow(updates: AsyncIterator[Update], view: View, screen: Screen) -> dict[str, Any]:
    """Show a run to its end and give back its report as plain JSON.

    Raises whatever the run raises.
    """
    async with screen:
        async for update in updates:
            view.apply(update)
            screen.show(view, update)
    if view.report is None:
        raise BackendDeveloperError(f"The run of {view.title} ended without a report.")
    logger.info("title=%s status=%s elapsed_s=%.1f", view.title, view.report["status"], view.elapsed_s)
    return view.report
