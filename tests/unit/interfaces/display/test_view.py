from typing import cast

from backend_developer.contract.events import GateEvent
from backend_developer.interfaces.display.view import NODES, TOOLS_SHOWN, View
from backend_developer.interfaces.session import Update


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def gate(name: str, attempt: int, status: str | None = None, **more: object) -> Update:
    event = {"event": "gate", "gate": name, "attempt": attempt, **more}
    return cast("GateEvent", {**event, "status": status} if status else event)


def phase_of_gates(view: View) -> str:
    return view.nodes["gates"].phase


def test_nodes_wait_run_and_are_done() -> None:
    view = View("t")
    assert {row.phase for row in view.nodes.values()} == {"waiting"}
    view.apply({"event": "node", "node": "scan", "phase": "start", "detail": "12 files"})
    assert (view.nodes["scan"].phase, view.nodes["scan"].detail) == ("running", "12 files")
    view.apply({"event": "node", "node": "scan", "phase": "end"})
    assert view.nodes["scan"].phase == "done"


def test_a_node_that_is_not_in_the_picture_is_added() -> None:
    view = View("t")
    view.apply({"event": "node", "node": "review", "phase": "start"})
    assert list(view.nodes) == [*NODES, "review"]


def test_gate_nodes_are_shown_as_gates_only() -> None:
    view = View("t")
    view.apply({"event": "node", "node": "lint", "phase": "start"})
    assert list(view.nodes) == list(NODES)


def test_gates_run_until_the_last_has_ended() -> None:
    view = View("t")
    view.apply({"event": "attempt", "attempt": 1, "of": 3})
    view.apply(gate("lint", 1))
    view.apply(gate("build", 1))
    view.apply(gate("lint", 1, "fail", findings=2, duration_s=0.5))
    assert phase_of_gates(view) == "running"
    view.apply(gate("build", 1, "pass", duration_s=0.1))
    assert phase_of_gates(view) == "done"
    assert (view.gates[1, "lint"].status, view.gates[1, "lint"].findings) == ("fail", 2)
    view.apply({"event": "attempt", "attempt": 2, "of": 3})
    assert (view.attempt, view.attempts, view.nodes["gates"].phase) == (2, 3, "waiting")


def test_baseline_gates_do_not_move_the_gates_node() -> None:
    view = View("t")
    view.apply(gate("tests", 0, "fail", findings=1))
    assert view.nodes["gates"].phase == "waiting"
    assert view.gates[0, "tests"].status == "fail"


def test_usage_is_the_last_sum() -> None:
    view = View("t")
    for calls in (1, 2):
        view.apply({
            "event": "model", "purpose": "write", "model": "m", "calls": calls, "tokens_in": 10 * calls,
            "tokens_out": calls, "cost_usd": "0",
        })  # fmt: skip
    assert (view.usage.calls, view.usage.tokens_in, view.usage.tokens_out) == (2, 20, 2)


def test_only_the_last_tools_are_kept_but_all_are_counted() -> None:
    view = View("t")
    for number in range(TOOLS_SHOWN + 3):
        view.apply({"event": "tool", "name": "read", "target": f"{number}.py", "ok": True, "duration_s": 0.1})
    assert view.tool_calls == TOOLS_SHOWN + 3
    assert view.tools[0].target == "3.py"


def test_the_clock_stops_at_the_report() -> None:
    clock = Clock()
    view = View("t", clock)
    clock.now = 107.0
    view.apply({"event": "report", "report": {"status": "success"}})
    clock.now = 200.0
    assert view.elapsed_s == 7.0
    assert view.report == {"status": "success"}


def test_an_event_of_another_kind_changes_nothing() -> None:
    clock = Clock()
    view, untouched = View("t", clock), View("t", clock)
    view.apply(cast("Update", {"event": "weather", "text": "rain"}))
    assert view == untouched
