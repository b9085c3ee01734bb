import io
from typing import cast

import pytest
from rich.cells import cell_len
from rich.console import Console, RenderableType

from backend_developer.interfaces.display.render import gate_cell, render
from backend_developer.interfaces.display.view import GateRow, View
from backend_developer.interfaces.session import Update


def drawn(body: RenderableType, width: int) -> str:
    console = Console(file=io.StringIO(), width=width, color_system=None)
    with console.capture() as capture:
        console.print(body)
    return capture.get()


def busy_view() -> View:
    view = View("feat-user-api", lambda: 0.0)
    events = [
        {"event": "node", "node": "analyze", "phase": "end"},
        {"event": "node", "node": "write", "phase": "start", "detail": "правка app/users/router.py"},
        {"event": "attempt", "attempt": 2, "of": 3},
        {"event": "gate", "gate": "lint", "attempt": 0, "status": "pass", "duration_s": 0.4},
        {"event": "gate", "gate": "house_rules", "attempt": 1, "status": "fail", "findings": 1, "duration_s": 0.1},
        {"event": "gate", "gate": "runtime", "attempt": 1, "status": "skip", "reason": "build failed"},
        {"event": "gate", "gate": "lint", "attempt": 2},
        {"event": "tool", "name": "edit", "target": "приложение/модуль/名前.py", "ok": True, "duration_s": 0.02},
        {"event": "tool", "name": "bash", "target": "pytest -q " + "x" * 300, "ok": False, "duration_s": 2.5},
        {"event": "model", "purpose": "write", "model": "openai:gpt-5.2 (recorded)", "calls": 7,
         "tokens_in": 41_000, "tokens_out": 2_100, "cost_usd": "0.05"},
        {"event": "notice", "text": "\x1b[31mthe answers are recorded"},
    ]  # fmt: skip
    for event in events:
        view.apply(cast("Update", event))
    return view


@pytest.mark.parametrize("width", [60, 100])
def test_everything_fits_and_is_there(width: int) -> None:
    picture = drawn(render(busy_view()), width)
    assert all(cell_len(line) <= width for line in picture.splitlines())
    flat = " ".join(picture.split())
    for words in (
        "feat-user-api attempt 2 of 3",
        "✓ analyze",
        "● write (правка",
        "before attempt 1 attempt 2",
        "✗ 1 finding",
        "– skipped",
        "✓ 0.40 s",
        "edit приложение/модуль/名前.py",
        "7 calls, 41,000 tokens in, 2,100 out, $0.0500, 2 tool calls",
    ):
        assert words in flat
    assert "\x1b" not in picture


def test_the_report_ends_the_header() -> None:
    view = busy_view()
    view.apply({"event": "report", "report": {"status": "failed"}})
    assert "failed" in drawn(render(view), 80).splitlines()[0]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (GateRow(), "●"),
        (GateRow("pass", 1.25), "✓ 1.2 s"),
        (GateRow("fail", 1.0, 3), "✗ 3 findings"),
        (GateRow("skip"), "– skipped"),
        (GateRow("error", 0.5), "! 0.50 s"),
    ],
)
def test_gate_cells(row: GateRow, words: str) -> None:
    assert gate_cell(row).plain == words
