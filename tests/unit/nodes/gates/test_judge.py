from collections.abc import Iterable

import pytest

from backend_developer.contract import Finding
from backend_developer.nodes.gates.judge import Outcomes, Suite, judge, judge_tests, known
from backend_developer.workspace.toolchains.base import TestRun


def _fault(message: str, file: str = "a.py", line: int = 1) -> Finding:
    return Finding(source="lint/ruff", code="F401", message=message, file=file, line=line)


def _failure(test: str) -> Finding:
    return Finding(source="tests/pytest", code="test-failed", message=f"{test}: assert 0")


def _suite(
    *,
    passed: Iterable[str] = (),
    failed: Iterable[str] = (),
    skipped: Iterable[str] = (),
    broken: tuple[Finding, ...] = (),
    flaky: Iterable[str] = (),
    complete: bool = True,
    timed_out: bool = False,
) -> Suite:
    failures = {test: _failure(test) for test in failed}
    run = TestRun(frozenset(passed), failures, frozenset(skipped), broken, complete)
    return Suite(run, {test: _failure(test) for test in flaky}, timed_out)


def _judge(now: Suite, old: Outcomes, broken: Iterable[Finding] = ()) -> list[tuple[str, str]]:
    found = judge_tests({".:pytest": now}, {".:pytest": old}, known(broken))
    return [(finding.level, finding.code) for finding in found]


def test_an_old_finding_that_moved_down_is_a_warning_and_a_new_one_comes_first() -> None:
    old = [_fault("`os` imported but unused", line=3)]
    found = judge([_fault("`os` imported but unused", line=9), _fault("`sys` imported but unused")], known(old))
    assert [(finding.level, finding.message[:5]) for finding in found] == [("error", "`sys`"), ("warning", "`os` ")]


def test_two_of_a_kind_where_there_was_one_is_one_new() -> None:
    found = judge([_fault("x"), _fault("x")], known([_fault("x")]))
    assert sorted(finding.level for finding in found) == ["error", "warning"]


def test_the_same_fault_in_another_file_is_new() -> None:
    assert [finding.level for finding in judge([_fault("x", "b.py")], known([_fault("x")]))] == ["error"]


def test_without_a_baseline_all_is_held_against_the_project() -> None:
    assert [finding.level for finding in judge([_fault("x")], {})] == ["error"]


OLD = Outcomes(frozenset({"t.py::a", "t.py::b"}), frozenset({"t.py::old"}), frozenset({"t.py::later"}))


@pytest.mark.parametrize(
    ("suite", "expected"),
    [
        (_suite(passed=["t.py::a", "t.py::b"], failed=["t.py::old"]), [("warning", "test-failed")]),
        (_suite(passed=["t.py::a"], failed=["t.py::b"]), [("error", "test-failed")]),
        (_suite(passed=["t.py::a", "t.py::b"], failed=["t.py::new"]), [("error", "test-failed")]),
        (_suite(passed=["t.py::a"]), [("error", "test-lost")]),
        (_suite(passed=["t.py::a", "u.py::b"]), []),
        (_suite(passed=["t.py::a"], failed=["u.py::b"]), [("error", "test-failed")]),
        (_suite(passed=["t.py::a"], skipped=["t.py::b"]), [("error", "test-skipped")]),
        (_suite(passed=["t.py::a", "t.py::b"], flaky=["t.py::b"]), [("warning", "test-flaky")]),
        (_suite(), [("error", "nothing-collected")]),
        (_suite(passed=["t.py::a"], timed_out=True), []),
        (_suite(passed=["t.py"], complete=False), []),
    ],
)
def test_tests_are_judged_by_what_they_said_before(suite: Suite, expected: list[tuple[str, str]]) -> None:
    assert _judge(suite, OLD) == expected


def test_a_file_that_cannot_be_collected_any_more_stands_for_its_tests() -> None:
    broken = Finding(source="tests/pytest", code="collection", message="t.py: ModuleNotFoundError", file="app.py")
    assert _judge(_suite(broken=(broken,)), OLD) == [("error", "collection")]


def test_a_file_that_could_not_be_collected_before_is_a_warning() -> None:
    broken = Finding(source="tests/pytest", code="collection", message="bad.py: ModuleNotFoundError", file="bad.py")
    suite = _suite(passed=["t.py::a", "t.py::b"], broken=(broken,))
    assert _judge(suite, OLD, [broken]) == [("warning", "collection")]


def test_a_suite_that_is_no_longer_run_has_lost_its_tests() -> None:
    found = judge_tests({}, {".:pytest": OLD}, {})
    assert [finding.code for finding in found] == ["nothing-collected"]


def test_parameters_that_change_from_run_to_run_are_no_loss() -> None:
    old = Outcomes(frozenset({"t.py::a[<X at 0x7f01>]"}))
    assert _judge(_suite(passed=["t.py::a[<X at 0x7fa9>]"]), old) == []


def test_many_lost_tests_are_counted_rather_than_listed() -> None:
    old = Outcomes(frozenset(f"t.py::case{letter}{other}" for letter in "abcdefg" for other in "stuvwxyz"))
    found = judge_tests({".:pytest": _suite(passed=["t.py::other"])}, {".:pytest": old}, {})
    assert len(found) == 21
    assert found[-1].message.startswith("36 more")


def test_outcomes_survive_json() -> None:
    assert Outcomes.load(OLD.dump()) == OLD


OF_NODE = Outcomes(frozenset({"a.test.js > price > is right", "b.test.js > runs"}))


def _unloaded(message: str) -> Finding:
    return Finding(source="tests/vitest", code="collection", message=message)


def test_the_tests_of_a_file_that_cannot_be_collected_are_not_named_again() -> None:
    now = _suite(passed={"b.test.js > runs"}, broken=(_unloaded("a.test.js: no such module"),))
    assert _judge(now, OF_NODE) == [("error", "collection")]


def test_where_nothing_could_be_collected_the_reason_is_enough() -> None:
    assert _judge(_suite(broken=(_unloaded("`mocha` ended with exit code 1"),)), OF_NODE) == [("error", "collection")]
    assert _judge(_suite(), OF_NODE) == [("error", "nothing-collected")]
