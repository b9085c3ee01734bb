from collections.abc import AsyncIterator
from typing import Any

from rich.text import Text

from backend_developer.contract import GateResult
from backend_developer.interfaces.notebook import (
    Picture,
    display_diff,
    display_evidence,
    display_gates,
    html,
    show_run,
)
from backend_developer.interfaces.session import Update

REPORT: dict[str, Any] = {"status": "success", "files_changed": [], "errors": [], "next_action": "Go."}


class Shown:
    """Stands for IPython's `display` and for the handle that it gives back."""

    def __init__(self) -> None:
        self.pictures: list[Any] = []

    def __call__(self, picture: object, *, display_id: bool = False) -> "Shown":
        self.pictures.append(picture)
        return self

    def update(self, picture: object) -> None:
        self.pictures.append(picture)


async def played(*updates: Update) -> AsyncIterator[Update]:
    for update in updates:
        yield update


async def test_a_run_ends_with_its_report_in_the_picture() -> None:
    shown = Shown()
    attempt: Update = {"event": "attempt", "attempt": 1, "of": 3}
    report = await show_run(played(attempt, {"event": "report", "report": REPORT}), title="demo", display=shown)
    assert report.status == "success"
    assert "attempt 1 of 3" in shown.pictures[-1]._repr_html_()
    assert "success" in repr(shown.pictures[-1])


async def test_pictures_are_not_drawn_for_every_event() -> None:
    shown = Shown()
    notices: list[Update] = [{"event": "notice", "text": str(number)} for number in range(500)]
    await show_run(played(*notices, {"event": "report", "report": REPORT}), display=shown)
    assert len(shown.pictures) < 20


def test_html_escapes_the_content() -> None:
    page = html(Text("<script>alert(1)</script> и [b]"))
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; и [b]" in page
    assert page.startswith("<pre style=")


def test_diff_gates_and_evidence() -> None:
    shown = Shown()
    played = {"answers": [{"method": "GET", "path": "/users/1", "status": 200, "body": "{}"}]}
    gates = {
        "2/runtime": GateResult(gate="runtime", status="pass", attempt=2, evidence=played),
        "1/lint": GateResult(gate="lint", status="fail", command="ruff check .", attempt=1),
    }
    display_diff("+новое\n", display=shown)
    display_gates(gates, display=shown)
    display_evidence(gates, display=shown)
    diff, table, requests = shown.pictures
    assert "новое" in diff._repr_html_()
    assert repr(table).index("ruff check .") < repr(table).index("runtime")
    assert "✓ GET /users/1" in repr(requests)


def test_a_picture_has_colour_as_html_only() -> None:
    picture = Picture(Text("red", style="red"))
    assert "color:" in picture._repr_html_()
    assert repr(picture) == "red\n"
