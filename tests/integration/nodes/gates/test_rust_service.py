"""The gates on a real Rust service with an old failing test and an old finding of clippy, by the real tools."""

import shutil
from pathlib import Path

import pytest

from tests.support.gate_run import GateRun, errors, statuses
from tests.support.samples import copy_sample

pytestmark = pytest.mark.skipif(
    not all(map(shutil.which, ("cargo", "cargo-clippy", "rustfmt"))), reason="Rust is not installed"
)

STORE, HTTP, MAIN = "src/store.rs", "src/http.rs", "src/main.rs"
LISTED = {"method": "GET", "path": "/users", "expect": {"status": 200, "contains": "[]"}}
OLD_TEST = "users src/lib.rs::summary::tests::display_name_is_capitalised"


@pytest.fixture
async def service(tmp_path: Path) -> GateRun:
    """The sample, after its baseline."""
    run = GateRun(copy_sample("rust_service", tmp_path / "project"), tmp_path / "state")
    before = await run.before()
    assert statuses(before) == {"lint": "fail", "build": "pass", "tests": "fail"}
    assert errors(before["lint"]) == [("lint/clippy", "clippy::len_zero", ("src/summary.rs", 5))]
    assert errors(before["tests"]) == [("tests/cargo-test", "test-failed", ("src/summary.rs", 19))]
    assert before["tests"]["evidence"]["outcomes"][".:cargo-test"]["failed"] == [OLD_TEST]
    return run


async def test_a_correct_change_passes_over_old_faults_and_leaves_nothing(service: GateRun) -> None:
    files = {path: path.read_bytes() for path in service.root.rglob("*") if path.is_file()}
    count = "/// How many there are.\n    pub fn count(&self) -> usize {\n        self.names.len()\n    }\n\n"
    count += "    /// All names."
    service.change(STORE, "/// All names.", count)
    files[service.root / STORE] = (service.root / STORE).read_bytes()
    results = await service.gates(LISTED)
    assert set(statuses(results).values()) == {"pass"}, results
    assert {path: path.read_bytes() for path in service.root.rglob("*") if path.is_file()} == files


async def test_faults_of_the_text_are_found_by_their_gate_with_file_and_line(service: GateRun) -> None:
    before = (service.root / STORE).read_text()
    service.change(STORE, "if name.is_empty()", "if name.len() == 0")
    assert errors((await service.gates(LISTED))["lint"]) == [("lint/clippy", "clippy::len_zero", (STORE, 14))]

    (service.root / STORE).write_text(before)
    service.change(STORE, "let name = name.trim();", "let name  =  name.trim();")
    ((source, code, (file, _)),) = errors((await service.gates(LISTED))["lint"])
    assert (source, code, file) == ("lint/rustfmt", "unformatted", STORE)

    (service.root / STORE).write_text(before)
    service.change(STORE, "Some(self.names.len())", 'Some("one")')
    results = await service.gates(LISTED)
    assert errors(results["build"]) == [("build/cargo", "E0308", (STORE, 19))]
    assert [results[gate]["status"] for gate in ("tests", "runtime")] == ["skip", "skip"]

    (service.root / STORE).write_text(before)
    service.change(STORE, "if name.is_empty() {", "if name.is_empty() (")
    assert errors((await service.gates(LISTED))["build"])[0][2][0] == STORE

    (service.root / STORE).write_text(before)
    service.change(STORE, "Some(self.names.len())", "Some(self.names.len() + 1)")
    results = await service.gates(LISTED)
    assert errors(results["tests"]) == [("tests/cargo-test", "test-failed", (STORE, 36))]
    assert results["build"]["status"] == "pass"


async def test_tests_that_do_not_compile_are_placed_and_no_test_is_called_lost(service: GateRun) -> None:
    service.change(STORE, 'assert_eq!(store.add(" Ada "), Some(1));', 'let _: u8 = store.add(" Ada ");')
    results = await service.gates(LISTED)
    assert errors(results["tests"]) == [("tests/cargo-test", "compile", (STORE, 36))]


async def test_a_service_that_dies_at_start_fails_with_the_place_of_the_panic(service: GateRun) -> None:
    service.change(MAIN, "let listener", "assert!(port.is_empty());\n    let listener")
    results = await service.gates(LISTED)
    assert [results[gate]["status"] for gate in ("lint", "build", "tests")] == ["pass", "pass", "pass"]
    ((source, _, place),) = errors(results["runtime"])
    assert (source, place) == ("runtime", (MAIN, 11))


async def test_a_service_that_answers_500_fails(service: GateRun) -> None:
    service.change(HTTP, '("GET", "/users") => ("200 OK"', '("GET", "/users") => ("500 Oh"')
    (finding,) = (await service.gates(LISTED))["runtime"]["findings"]
    assert finding["code"] == "answer-unexpected"
    assert "expected 200, got 500" in finding["message"]
