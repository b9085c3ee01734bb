"""The gates on a real Go service with an old failing test and an old finding of vet: what the matrix has no row for."""

import asyncio
from collections.abc import Iterator

import pytest

from tests.support.gate_run import GateRun, errors, statuses
from tests.support.samples import copy_sample, path_with_go, share_go_cache

pytest.importorskip("go")

STORE = "internal/users/store.go"
HANDLER = "internal/users/handler.go"
LISTED = {"method": "GET", "path": "/users", "expect": {"status": 200, "contains": "[]"}}


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GateRun]:
    """The sample, after its baseline."""
    folder = tmp_path_factory.mktemp("go")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", path_with_go())
        share_go_cache(folder / "state" / "gates")
        run = GateRun(copy_sample("go_service", folder / "project"), folder / "state")
        before = asyncio.run(run.before())
        assert statuses(before) == {"lint": "fail", "build": "pass", "tests": "fail"}
        assert errors(before["lint"]) == [("lint/vet", "printf", ("internal/users/summary.go", 7))]
        assert errors(before["tests"]) == [("tests/go-test", "test-failed", ("internal/users/store_test.go", 28))]
        yield run


@pytest.fixture
def service(judged: GateRun) -> Iterator[GateRun]:
    yield judged
    judged.put_back()


async def test_faults_of_the_text_are_found_by_their_gate_with_file_and_line(service: GateRun) -> None:
    before = (service.root / STORE).read_text()
    service.change(STORE, "func NewStore() *Store {", "func NewStore()   *Store {")
    assert errors((await service.gates(LISTED))["lint"]) == [("lint/gofmt", "unformatted", (STORE, None))]

    (service.root / STORE).write_text(before)
    service.change(STORE, "ID: len(s.users) + 1", 'ID: "one"')
    results = await service.gates(LISTED)
    assert ("build/go", "compile", (STORE, 41)) in errors(results["build"])
    assert [results[gate]["status"] for gate in ("tests", "runtime")] == ["skip", "skip"]

    (service.root / STORE).write_text(before)
    service.change(STORE, "func NewStore() *Store {", "func NewStore( *Store {")
    assert errors((await service.gates(LISTED))["build"])[0] == ("build/go", "compile", (STORE, 27))


async def test_a_panic_in_a_test_is_placed_where_it_happened(service: GateRun) -> None:
    service.change(STORE, "s.users = append(s.users, user)", "s.users[7] = user")
    found = errors((await service.gates(LISTED))["tests"])
    assert found == [("tests/go-test", "test-failed", (STORE, 42))]


async def test_a_panic_while_a_request_is_answered_is_placed(service: GateRun) -> None:
    service.change(HANDLER, "writeJSON(w, http.StatusOK, store.All())", "_ = store.All()[3]")
    results = await service.gates(LISTED)
    found = errors(results["runtime"])
    assert ("runtime", "answer-unexpected", (HANDLER, 24)) in found
