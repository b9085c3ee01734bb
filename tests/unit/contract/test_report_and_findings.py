import pickle
from typing import Any, get_args

import pytest
from pydantic import BaseModel, ValidationError

from backend_developer.contract import (
    EXIT_CODES,
    GATES,
    Blocked,
    BudgetSpent,
    ContextTooLong,
    Fault,
    Finding,
    GateName,
    GateResult,
    InvalidTask,
    ModelRefused,
    NoModel,
    Report,
    errors,
)
from backend_developer.contract.analysis import Analysis, Usage

FOUND = Finding(source="lint/ruff", code="F401", message="line 3 is unused", file="a.py", line=3)


def test_a_report_has_four_keys_and_nothing_else() -> None:
    made = Report(status="failed", files_changed=["a.py"], errors=[FOUND.fault()], next_action="Look.")
    assert made.dump() == {
        "status": "failed",
        "files_changed": ["a.py"],
        "errors": [{"source": "lint/ruff", "code": "F401", "message": "line 3 is unused", "file": "a.py", "line": 3}],
        "next_action": "Look.",
    }
    assert set(Report.model_json_schema()["properties"]) == set(made.dump())
    with pytest.raises(ValidationError):
        Report.model_validate({**made.dump(), "cost": 1})


def test_a_fault_without_a_place_has_no_keys_for_it() -> None:
    assert Fault(source="run", code="x", message="y").dump() == {"source": "run", "code": "x", "message": "y"}


def test_the_exit_codes_are_the_documented_ones() -> None:
    assert EXIT_CODES == {"success": 0, "failed": 1, "blocked": 2}


def test_a_finding_is_recognised_when_lines_shift() -> None:
    moved = FOUND.model_copy(update={"line": 9, "message": "line 9 is unused"})
    assert moved.fingerprint() == FOUND.fingerprint()
    assert FOUND.model_copy(update={"file": "b.py"}).fingerprint() != FOUND.fingerprint()
    assert FOUND.model_copy(update={"code": "E1"}).fingerprint() != FOUND.fingerprint()


def test_a_gate_result_comes_back_from_its_dump() -> None:
    told = FOUND.model_copy(update={"level": "warning"})
    made = GateResult(gate="lint", status="fail", findings=[FOUND, told], evidence={"steps": [{"a": 1}]})
    assert GateResult.model_validate(made.dump()) == made
    assert made.errors == [FOUND]


def test_the_gates_are_all_that_can_be_named() -> None:
    assert set(GATES) == set(get_args(GateName))


@pytest.mark.parametrize("model", [Report, Fault, Finding, GateResult, Analysis, Usage])
def test_schemas_describe_every_field(model: type[BaseModel]) -> None:
    schema = model.model_json_schema()
    assert schema["title"]
    assert all(field.get("description") for field in schema["properties"].values())


def _kinds(kind: type[Any]) -> list[type[Any]]:
    return [kind, *(below for child in kind.__subclasses__() for below in _kinds(child))]


def test_every_stop_has_a_code_of_its_own() -> None:
    codes = [kind.code for kind in _kinds(Blocked) if kind.__module__ == errors.__name__]
    assert len(set(codes)) == len(codes)
    assert "blocked" in codes


def test_a_stop_says_what_happened_and_the_way_out() -> None:
    stop = NoModel("There is no key.", "Set one.", source="model")
    assert str(stop) == "There is no key. Set one."
    assert (stop.source, stop.code) == ("model", "no-model")
    assert isinstance(ContextTooLong("x", "y"), ModelRefused)


def test_a_stop_survives_a_checkpoint() -> None:
    again = pickle.loads(pickle.dumps(BudgetSpent("Spent.", "Raise it.", source="write")))
    assert (type(again), again.message, again.way_out, again.source) == (BudgetSpent, "Spent.", "Raise it.", "write")


def test_bad_input_lists_its_faults() -> None:
    assert str(InvalidTask(["a: missing", "b: blank"])) == "invalid task:\n  - a: missing\n  - b: blank"


def test_what_a_model_adds_to_the_analysis_is_passed_over() -> None:
    assert Analysis.model_validate({"summary": "x", "mood": "good"}).dump()["summary"] == "x"
