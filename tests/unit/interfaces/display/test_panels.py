import io
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console, RenderableType

from backend_developer.contract import Fault, Finding, GateResult, Report
from backend_developer.interfaces.display.panels import coloured_diff, evidence, gates_table, report_panel

DIFF = "--- a/app.py\n+++ b/app.py\n@@ -1,2 +1,2 @@\n-old\n+новое " + "x" * 90 + "\n same\n"


def drawn(body: RenderableType, width: int = 80, *, colour: bool = False) -> str:
    console = Console(
        file=io.StringIO(), width=width, force_terminal=colour, color_system="standard" if colour else None
    )
    with console.capture() as capture:
        console.print(body)
    return capture.get()


def test_diff_lines_have_their_colours() -> None:
    picture = drawn(coloured_diff(DIFF), 200, colour=True)
    assert "\x1b[31m-old" in picture
    assert "\x1b[32m+новое" in picture
    assert "\x1b[36m@@ -1,2" in picture
    assert "\x1b[1m--- a/app.py" in picture


@pytest.mark.parametrize("width", [60, 120])
def test_diff_is_folded_and_loses_nothing(width: int) -> None:
    picture = drawn(coloured_diff(DIFF), width)
    assert all(cell_len(line) <= width for line in picture.splitlines())
    assert "".join(picture.split()) == "".join(DIFF.split())


def test_diff_cannot_command_the_terminal() -> None:
    assert "\\x1b[2J" in drawn(coloured_diff("+\x1b[2J[red]text[/red]\n"))
    assert "[red]text[/red]" in drawn(coloured_diff("+[red]text[/red]\n"))


def test_no_diff_is_said() -> None:
    assert drawn(coloured_diff("")).strip() == "no file is changed"


def test_gates_show_what_was_run_and_what_blocks() -> None:
    blocking = Finding(source="lint/ruff", code="F401", message="unused [import]", file="app.py", line=3)
    old = Finding(source="lint/ruff", code="E501", message="old and long", level="warning")
    gates = [
        GateResult(gate="lint", status="fail", command="ruff check .", findings=[blocking, old], attempt=1),
        GateResult(gate="tests", status="skip", reason="the build is red", attempt=1),
        GateResult(gate="build", status="pass", duration_s=0.5),
    ]
    picture = drawn(gates_table(gates), 100)
    for words in ("ruff check .", "app.py:3 unused [import] [lint/ruff F401]", "the build is red", "✗ 1 finding"):
        assert words in picture
    assert "before  build" in picture
    assert "old and long" not in picture


def test_gates_fit_a_narrow_terminal() -> None:
    gate = GateResult(gate="house_rules", status="fail", command="x" * 200, attempt=1)
    assert all(cell_len(line) <= 60 for line in drawn(gates_table([gate]), 60).splitlines())


def test_evidence_shows_request_answer_and_fault() -> None:
    answers: list[dict[str, Any]] = [
        {"method": "POST", "path": "/users", "sent": {"имя": "Ада"}, "status": 201, "body": '{"id": 1}', "ms": 12},
        {"method": "GET", "path": "/users/9", "sent": None, "status": 500, "ok": False, "fault": "expected 404"},
        {"method": "GET", "path": "/gone", "status": None, "ok": False},
    ]
    picture = drawn(evidence(answers))
    assert '✓ POST /users {"имя": "Ада"}' in picture
    assert '→ 201 {"id": 1}  12 ms' in picture
    assert "✗ GET /users/9" in picture
    assert "expected 404" in picture
    assert "→ no answer" in picture


def test_no_evidence_is_said() -> None:
    assert drawn(evidence([])).strip() == "no request was played"


def test_report_in_words() -> None:
    fault = Fault(source="tests/pytest", code="failed", message="test_a failed", file="tests/test_a.py")
    report = Report(status="failed", files_changed=["a.py"], errors=[fault], next_action="Look at test_a.")
    picture = drawn(report_panel(report))
    for words in ("failed", "  a.py", "tests/test_a.py test_a failed [tests/pytest failed]", "next: Look at test_a."):
        assert words in picture
