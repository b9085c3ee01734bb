"""The gates on a real Rust service with an old failing test and an old finding of clippy: beside the matrix."""

import asyncio
import shutil
from collections.abc import Iterator

import pytest

from tests.support.gate_run import GateRun, errors, statuses
from tests.support.samples import copy_sample

pytestmark = pytest.mark.skipif(
    not all(map(shutil.which, ("cargo", "cargo-clippy", "rustfmt"))), reason="Rust is not installed"
)

STORE = "src/store.rs"
LISTED = {"method": "GET", "path": "/users", "expect": {"status": 200, "contains": "[]"}}
OLD_TEST = "users src/lib.rs::summary::tests::display_name_is_capitalised"


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> GateRun:
    """The sample, after its baseline."""
    folder = tmp_path_factory.mktemp("rust")
    run = GateRun(copy_sample("rust_service", folder / "project"), folder / "state")
    before = asyncio.run(run.before())
    assert statuses(before) == {"lint": "fail", "build": "pass", "tests": "fail"}
    assert errors(before["lint"]) == [("lint/clippy", "clippy::len_zero", ("src/summary.rs", 5))]
    assert errors(before["tests"]) == [("tests/cargo-test", "test-failed", ("src/summary.rs", 19))]
    assert before["tests"]["evidence"]["outcomes"][".:cargo-test"]["failed"] == [OLD_TEST]
    return run


@pytest.fixture
def service(judged: GateRun) -> Iterator[GateRun]:
    yield judged
    judged.put_back()


async def test_faults_of_the_text_are_found_by_their_gate_with_file_and_line(service: GateRun) -> None:
    before = (service.root / STORE).read_text()
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


async def test_tests_that_do_not_compile_are_placed_and_no_test_is_called_lost(service: GateRun) -> None:
    service.change(STORE, 'assert_eq!(store.add(" Ada "), Some(1));', 'let _: u8 = store.add(" Ada ");')
    results = await service.gates(LISTED)
    assert errors(results["tests"]) == [("tests/cargo-test", "compile", (STORE, 36))]
