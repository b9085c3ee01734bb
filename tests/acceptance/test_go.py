"""Whole runs on the Go sample, by the command line, with a scripted model and the real Go."""

from pathlib import Path

import pytest

from tests.support.model_server import ModelServer, call
from tests.support.product import Product, script
from tests.support.samples import copy_sample, path_with_go, share_go_cache

pytest.importorskip("go")

STORE = "internal/users/store.go"
COUNT = """// Count tells how many users there are.
func (s *Store) Count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	log.Printf("[users:Count] count=%d", len(s.users))
	return len(s.users)
}

// All returns"""
CHECK = {"method": "GET", "path": "/users", "expect": {"status": 200, "contains": "[]"}}
FINISH = call("finish", summary="Done.", checks=[CHECK])
FAULTS = {
    "vet": (STORE, 'count=%d", len(s.users))', 'count=%d", "x")', "lint/vet", (STORE, 51)),
    "types": (STORE, "ID: len(s.users) + 1", 'ID: "one"', "build/go", (STORE, 41)),
    "test": (STORE, "+ 1, Name", "+ 2, Name", "tests/go-test", ("internal/users/store_test.go", 12)),
    "dies": (
        "cmd/server/main.go",
        "store := users.NewStore()",
        "var store *users.Store\n\tstore.All()",
        "runtime",
        (STORE, 49),
    ),
}


@pytest.fixture
def go_product(shared_state: Path, tmp_path: Path) -> Product:
    share_go_cache(shared_state / "gates")
    return Product(shared_state, copy_sample("go_service", tmp_path / "service"), {"PATH": path_with_go()})


async def test_a_correct_change_of_a_go_service_succeeds(go_product: Product, server: ModelServer) -> None:
    server.play(script(call("edit", path=STORE, old="// All returns", new=COUNT), FINISH))
    ended = await go_product.run(server)
    assert (ended.code, ended.report["status"]) == (0, "success"), ended.out + ended.err
    assert ended.report["files_changed"] == [STORE]
    assert "gate runtime (attempt 1): pass" in ended.err


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_fault_fails_with_gate_file_and_line(go_product: Product, server: ModelServer, fault: str) -> None:
    path, old, new, source, place = FAULTS[fault]
    go_product.environment["BACKEND_DEVELOPER_ATTEMPTS"] = "1"
    server.play(script(call("edit", path=path, old=old, new=new), FINISH))
    ended = await go_product.run(server)
    assert (ended.code, ended.report["status"]) == (1, "failed"), ended.out + ended.err
    assert (source, place) in [(one["source"], (one.get("file"), one.get("line"))) for one in ended.report["errors"]], (
        ended.out
    )
