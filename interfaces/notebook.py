"""A run in a notebook: the same pictures as on a terminal, as HTML."""

import importlib
import io
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Protocol, cast

from rich.console import Console, RenderableType

from backend_developer.contract import GateResult, Report
from backend_developer.interfaces.display.panels import coloured_diff, evidence, gates_table, in_order, last_answers
from backend_developer.interfaces.display.render import render
from backend_developer.interfaces.display.screens import QuietScreen, follow
from backend_developer.interfaces.display.view import View
from backend_developer.interfaces.session import Update

WIDTH = 110
FRAME_S = 0.2

_STYLE = "font-family:Menlo,Consolas,monospace;line-height:1.35;white-space:pre-wrap"
_PAGE = f'<pre style="{_STYLE}"><code>{{code}}</code></pre>'


class Handle(Protocol):
    """What IPython's `display` gives back for a picture that can be replaced."""

    def update(self, picture: object) -> None:
        """Show this picture in its place."""
        ...


class Display(Protocol):
    """IPython's `display`."""

    def __call__(self, picture: object, *, display_id: bool = ...) -> Handle:
        """Show a picture below the cell."""
        ...


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that a notebook shows as HTML and anything else as text."""

    body: RenderableType

    def _repr_html_(self) -> str:
        return html(self.body)

    def __repr__(self) -> str:
        console = Console(file=io.StringIO(), width=WIDTH, color_system=None)
        with console.capture() as capture:
            console.print(self.body)
        return capture.get()


def html(body: RenderableType, width: int = WIDTH) -> str:
    """`body` as one `<pre>` element with its colours inline; every character of the content is escaped."""
    console = Console(file=io.StringIO(), record=True, width=width, force_terminal=True, color_system="truecolor")
    console.print(body)
    return console.export_html(inline_styles=True, code_format=_PAGE)


async def show_run(updates: AsyncIterator[Update], *, title: str = "run", display: Display | None = None) -> Report:
    """Show a run live below the cell, and give back its report."""
    view = View(title)
    screen = NotebookScreen(view, display or _ipython_display())
    return Report.model_validate(await follow(updates, view, screen))


def display_diff(diff: str, *, display: Display | None = None) -> None:
    """Show a unified diff in colour."""
    (display or _ipython_display())(Picture(coloured_diff(diff)))


def display_gates(gates: Mapping[str, GateResult], *, display: Display | None = None) -> None:
    """Show what each gate ran and found, attempt by attempt."""
    (display or _ipython_display())(Picture(gates_table(in_order(gates))))


def display_evidence(gates: Mapping[str, GateResult], *, display: Display | None = None) -> None:
    """Show the requests and answers that the last runtime gate has kept."""
    (display or _ipython_display())(Picture(evidence(last_answers(gates))))


class NotebookScreen(QuietScreen):
    """One picture below the cell, replaced as the run goes on, at most five times a second."""

    def __init__(self, view: View, display: Display) -> None:
        self._view = view
        self._handle = display(Picture(render(view)), display_id=True)
        self._drawn_at = view.elapsed_s

    def show(self, view: View, event: Update) -> None:
        """Redraw, unless the last picture is fresh; the report is always drawn."""
        now = view.elapsed_s
        if event["event"] == "report" or now - self._drawn_at >= FRAME_S:
            self._drawn_at = now
            self._handle.update(Picture(render(view)))


def _ipython_display() -> Display:
    # IPython comes with the notebook and is no dependency of the product.
    return cast("Display", importlib.import_module("IPython.display").display)
