from pathlib import Path
from types import SimpleNamespace

import pytest

from backend_developer.contract.ports import Outcome
from backend_developer.workspace.toolchains.base import Package, Step
from backend_developer.workspace.toolchains.custom import CustomToolchain
from tests.support.product import write_files

HERE = Package("custom", ".")


def _toolchain(**commands: tuple[str, ...]) -> CustomToolchain:
    table = {"lint": (), "build": (), "tests": (), **commands}
    return CustomToolchain(SimpleNamespace(**table))


def _outcome(tmp_path: Path, text: str, exit_code: int | None = 1) -> Outcome:
    log = tmp_path / "log"
    log.write_text(text)
    return Outcome("make it", exit_code, exit_code is None, 0.1, text, log)


def test_a_project_without_commands_of_its_own_has_no_such_package(tmp_path: Path) -> None:
    assert _toolchain().packages(tmp_path) == []


def test_each_command_is_a_step_in_the_shell(tmp_path: Path) -> None:
    toolchain = _toolchain(lint=("make lint", "make types"))
    assert toolchain.packages(tmp_path) == [HERE]
    assert [step.argv for step in toolchain.steps(tmp_path, HERE, "lint")] == ["make lint", "make types"]
    assert toolchain.steps(tmp_path, HERE, "tests") == []


def test_lines_that_name_a_file_of_the_project_are_findings(tmp_path: Path) -> None:
    (tmp_path / "a.go").write_text("")
    step = Step("lint", "custom", "make lint", HERE)
    outcome = _outcome(tmp_path, "a.go:3:7: x declared and not used\nhttp://host:80: nothing\nb.go:1: not there\n")
    (finding,) = _toolchain().findings(step, outcome, tmp_path)
    assert (finding.file, finding.line, finding.message) == ("a.go", 3, "x declared and not used")


def test_places_stand_below_their_messages_and_in_listings_as_well(tmp_path: Path) -> None:
    for name in ("a.py", "b.rs", "c.js", "Makefile"):
        (tmp_path / name).write_text("")
    said = "F401 [*] `os` imported but unused\n --> a.py:1:8\n  |\n1 | import os\n\n"
    said += "error: unused variable\n   --> b.rs:3:9\nMakefile:2: recipe for target 'lint' failed\n"
    said += "c.js\n  4:5  error  no good  no-good\n\nb.rs:3: said twice\n"
    step = Step("lint", "custom", "make lint", HERE)
    found = _toolchain().findings(step, _outcome(tmp_path, said), tmp_path)
    assert {(one.file, one.line, one.message) for one in found} == {
        ("a.py", 1, "F401 [*] `os` imported but unused"),
        ("b.rs", 3, "error: unused variable"),
        ("b.rs", 3, "said twice"),
        ("c.js", 4, "no good"),
    }


def test_a_failure_without_places_is_one_finding_and_a_success_none(tmp_path: Path) -> None:
    step = Step("build", "custom", "make", HERE)
    (finding,) = _toolchain().findings(step, _outcome(tmp_path, "boom"), tmp_path)
    assert finding.code == "exit-1"
    assert "boom" in finding.message
    assert _toolchain().findings(step, _outcome(tmp_path, "a.go:1: note", 0), tmp_path) == []


@pytest.mark.parametrize(
    ("line", "test"),
    [
        ("FAILED tests/test_x.py::test_a - assert 0", "tests/test_x.py::test_a"),
        ("ERROR tests/test_x.py", "tests/test_x.py"),
        ("FAIL: test_a (tests.test_x.T.test_a)", "test_a (tests.test_x.T.test_a)"),
        ("--- FAIL: TestPrice (0.00s)", "TestPrice"),
        ("test prices::total ... FAILED", "prices::total"),
    ],
)
def test_failed_tests_are_named_as_common_runners_print_them(tmp_path: Path, line: str, test: str) -> None:
    step = Step("tests", "custom", "make test", HERE)
    run = _toolchain().tests(step, _outcome(tmp_path, f"...\n{line}\n"), tmp_path)
    assert set(run.failed) == {test}
    assert not run.complete


@pytest.mark.parametrize(
    ("line", "failed"),
    [("--- FAIL: TestPrice (0.00s)", {"TestPrice"}), ("ERROR nothing", set()), ("ok  \texample.com/shop", set())],
)
def test_a_pipe_does_not_hide_failed_tests(tmp_path: Path, line: str, failed: set[str]) -> None:
    step = Step("tests", "custom", "go test ./... | tee log", HERE)
    run = _toolchain().tests(step, _outcome(tmp_path, f"{line}\n", 0), tmp_path)
    assert set(run.failed) == failed
    assert bool(run.passed) is not bool(failed)


OF_GO = """\
--- FAIL: TestPrice (0.00s)
    --- FAIL: TestPrice/odd (0.00s)
        price_test.go:12: got 6, want 7
    other_test.go:3: not of this test
FAIL
"""
OF_CARGO = """\
test prices::total ... FAILED

failures:

---- prices::total stdout ----
thread 'prices::total' panicked at src/lib.rs:14:9:
assertion `left == right` failed
"""
OF_UNITTEST = """\
FAIL: test_a (tests.test_x.T.test_a)
----------------------------------------------------------------------
Traceback (most recent call last):
  File "ROOT/tests/test_x.py", line 7, in test_a
    check(1)
  File "ROOT/tests/help.py", line 3, in check
    assert n == 2
  File "/usr/lib/python3/unittest/case.py", line 5, in x
AssertionError
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (OF_GO, {"TestPrice": (None, None), "TestPrice/odd": ("internal/price_test.go", 12)}),
        (OF_CARGO, {"prices::total": ("src/lib.rs", 14)}),
        (OF_UNITTEST, {"test_a (tests.test_x.T.test_a)": ("tests/help.py", 3)}),
        ("FAILED tests/test_x.py::test_a - assert 0\n", {"tests/test_x.py::test_a": ("tests/test_x.py", None)}),
    ],
)
def test_failed_tests_have_the_place_that_stands_below_their_names(
    tmp_path: Path, text: str, expected: dict[str, tuple[str | None, int | None]]
) -> None:
    names = ("internal/price_test.go", "a/other_test.go", "b/other_test.go", "src/lib.rs", "tests/test_x.py")
    write_files(tmp_path, dict.fromkeys((*names, "tests/help.py"), ""))
    step = Step("tests", "custom", "make test", HERE)
    run = _toolchain().tests(step, _outcome(tmp_path, text.replace("ROOT", str(tmp_path))), tmp_path)
    assert {test: (one.file, one.line) for test, one in run.failed.items()} == expected


def test_a_command_that_names_no_test_counts_as_one(tmp_path: Path) -> None:
    step = Step("tests", "custom", "make test", HERE)
    assert set(_toolchain().tests(step, _outcome(tmp_path, "no"), tmp_path).failed) == {"make test"}
    assert _toolchain().tests(step, _outcome(tmp_path, "ok", 0), tmp_path).passed == {"make test"}
