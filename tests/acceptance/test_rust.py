"""Whole runs on the Rust sample, by the command line, with a scripted model and the real Cargo."""

import shutil
from pathlib import Path

import pytest

from tests.support.model_server import ModelServer, call
from tests.support.product import Product, script
from tests.support.samples import copy_sample

pytestmark = pytest.mark.skipif(
    not all(map(shutil.which, ("cargo", "cargo-clippy", "rustfmt"))), reason="Rust is not installed"
)

STORE = "src/store.rs"
COUNT = """/// How many there are.
    pub fn count(&self) -> usize {
        eprintln!("[store:count] count={}", self.names.len());
        self.names.len()
    }

    /// All names."""
CHECK = {"method": "GET", "path": "/users", "expect": {"status": 200, "contains": "[]"}}
FINISH = call("finish", summary="Done.", checks=[CHECK])
FAULTS = {
    "clippy": (STORE, "if name.is_empty()", "if name.len() == 0", "lint/clippy", (STORE, 14)),
    "types": (STORE, "Some(self.names.len())", 'Some("one")', "build/cargo", (STORE, 19)),
    "test": (STORE, "Some(self.names.len())", "Some(self.names.len() + 1)", "tests/cargo-test", (STORE, 36)),
    "dies": (
        "src/main.rs",
        "let listener",
        "assert!(port.is_empty());\n    let listener",
        "runtime",
        ("src/main.rs", 11),
    ),
}


@pytest.fixture
def rust_product(shared_state: Path, tmp_path: Path) -> Product:
    return Product(shared_state, copy_sample("rust_service", tmp_path / "service"))


async def test_a_correct_change_of_a_rust_service_succeeds(rust_product: Product, server: ModelServer) -> None:
    server.play(script(call("edit", path=STORE, old="/// All names.", new=COUNT), FINISH))
    ended = await rust_product.run(server)
    assert (ended.code, ended.report["status"]) == (0, "success"), ended.out + ended.err
    assert ended.report["files_changed"] == [STORE]
    assert "gate runtime (attempt 1): pass" in ended.err


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_fault_fails_with_gate_file_and_line(rust_product: Product, server: ModelServer, fault: str) -> None:
    path, old, new, source, place = FAULTS[fault]
    rust_product.environment["BACKEND_DEVELOPER_ATTEMPTS"] = "1"
    server.play(script(call("edit", path=path, old=old, new=new), FINISH))
    ended = await rust_product.run(server)
    assert (ended.code, ended.report["status"]) == (1, "failed"), ended.out + ended.err
    found = [(one["source"], (one.get("file"), one.get("line"))) for one in ended.report["errors"]]
    assert (source, place) in found, ended.out
