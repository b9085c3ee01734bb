from typing import cast

import pytest

from backend_developer.interfaces.display.plain import line
from backend_developer.interfaces.session import Update


@pytest.mark.parametrize(
    ("event", "words"),
    [
        ({"event": "node", "node": "scan", "phase": "start"}, ""),
        ({"event": "node", "node": "verdict", "phase": "end"}, "verdict: done"),
        ({"event": "node", "node": "write", "phase": "end"}, ""),
        ({"event": "node", "node": "tools", "phase": "end"}, ""),
        ({"event": "node", "node": "lint", "phase": "end"}, ""),
        ({"event": "node", "node": "scan", "phase": "end", "detail": "3 hits"}, "scan: done, 3 hits"),
        ({"event": "attempt", "attempt": 2, "of": 3}, "attempt 2 of 3"),
        ({"event": "gate", "gate": "lint", "attempt": 0}, "gate lint (before the change): started"),
        (
            {"event": "gate", "gate": "lint", "attempt": 1, "status": "fail", "findings": 2, "duration_s": 0.5},
            "gate lint (attempt 1): fail, 2 findings, 0.50 s",
        ),
        (
            {"event": "gate", "gate": "tests", "attempt": 1, "status": "skip", "reason": "no tests"},
            "gate tests (attempt 1): skip, 0.00 s, no tests",
        ),
        (
            {"event": "model", "purpose": "write", "model": "m", "calls": 3, "tokens_in": 1200, "tokens_out": 40,
             "cost_usd": "0.5"},
            "model m: write, call 3, 1,200 tokens in, 40 out, $0.5000",
        ),
        (
            {"event": "tool", "name": "bash", "target": "ls\nrm", "ok": False, "duration_s": 0.2},
            "tool bash ls rm: refused, 0.20 s",
        ),
        ({"event": "notice", "text": "a\x1b[2Jb"}, "note: a\\x1b[2Jb"),
        ({"event": "report", "report": {"status": "blocked"}}, "report: blocked"),
        ({"event": "weather"}, ""),
    ],
)  # fmt: skip
def test_each_event_is_one_line_at_most(event: dict[str, object], words: str) -> None:
    assert line(cast("Update", event)) == words
