from pathlib import Path

import pytest

from backend_developer.contract import GateResult, NoDatabase, NoToolchain
from backend_developer.nodes.context import Context
from backend_developer.nodes.gates.result import run_gate
from tests.support.fakes import make_bench


class Work:
    """A gate's work that ends as the test says."""

    def __init__(self, *results: GateResult | Exception) -> None:
        self.results = list(results)

    async def __call__(self, _: Context) -> GateResult:
        result = self.results.pop(0)
        if isinstance(result, Exception):
            raise result
        return result


BROKEN = GateResult(gate="runtime", status="error", reason="no port")
PASS = GateResult(gate="runtime", status="pass")
NO_DATABASE = NoDatabase("PostgreSQL is away.", "Start it.")


@pytest.mark.parametrize("first", [BROKEN, NO_DATABASE])
async def test_broken_surroundings_get_a_second_try(tmp_path: Path, first: GateResult | Exception) -> None:
    bench = await make_bench(tmp_path)
    result = await run_gate("runtime", 1, bench.runtime, Work(first, PASS))
    assert (result.status, result.attempt) == ("pass", 1)
    assert [event.get("status") for event in bench.events] == [None, "pass"]


@pytest.mark.parametrize("second", [BROKEN, NO_DATABASE])
async def test_but_no_third(tmp_path: Path, second: GateResult | Exception) -> None:
    bench = await make_bench(tmp_path)
    result = await run_gate("runtime", 1, bench.runtime, Work(BROKEN, second, PASS))
    assert result.status == "error"
    assert result.reason
    assert bench.events[-1]["reason"] == result.reason


@pytest.mark.parametrize("status", ["pass", "fail", "skip"])
async def test_any_other_result_stands(tmp_path: Path, status: str) -> None:
    bench = await make_bench(tmp_path)
    said = GateResult.model_validate({"gate": "lint", "status": status})
    assert (await run_gate("lint", 1, bench.runtime, Work(said))).status == status


async def test_a_missing_tool_is_not_tried_again(tmp_path: Path) -> None:
    bench = await make_bench(tmp_path)
    with pytest.raises(NoToolchain):
        await run_gate("lint", 1, bench.runtime, Work(NoToolchain("No ruff.", "Install it."), PASS))
