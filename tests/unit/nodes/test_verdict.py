from pathlib import Path
from typing import Any

import pytest

from backend_developer.contract import EnvironmentBroken, NoToolchain
from backend_developer.contract.state import State
from backend_developer.nodes.verdict import SHOWN, faults_of, is_green, verdict
from tests.support.fakes import Bench, make_bench
from tests.support.gate_states import DONE, finding, gates


@pytest.fixture
async def bench(tmp_path: Path) -> Bench:
    return await make_bench(tmp_path)


def state_of(bench: Bench, **fields: Any) -> State:
    state: State = bench.state(**{"finish": DONE, "gates": gates(), **fields})
    return state


async def test_all_gates_green_need_nothing_more(bench: Bench) -> None:
    state = state_of(bench, gates=gates(tests="skip"))
    assert await verdict(state, bench.runtime) == {}
    assert is_green(state)


async def test_a_red_gate_goes_back_with_its_findings(bench: Bench) -> None:
    update = await verdict(state_of(bench, gates=gates(lint=[finding()], tests="skip")), bench.runtime)
    assert (update["attempt"], update["finish"]) == (2, {})
    (message,) = update["messages"]
    assert message.id == "findings-1"
    assert message.text == (
        "# Attempt 1 of 3: the gates are red\n\n"
        "## lint: fail (`lint .`)\n- a.py:3 F401 unused 1\n\n"
        "Passed: house_rules, build, database, runtime.\n"
        "Mend every finding at its cause, try it, and call `finish` again. This is attempt 2 of 3.\n"
    )
    assert bench.events == [{"event": "attempt", "attempt": 2, "of": 3}]


async def test_several_red_gates_read_cleanly_and_the_rest_is_counted(bench: Bench) -> None:
    many = [finding(number) for number in range(SHOWN + 2)]
    red = gates(
        house_rules=[finding()], lint=many, build="fail", database="fail", tests=[finding()], runtime=[finding()]
    )
    text = (await verdict(state_of(bench, gates=red), bench.runtime))["messages"][0].text
    assert "- ... and 2 more" in text
    assert "## build: fail (`build .`)\n- gate-failed why build\n" in text
    assert "\n\n\n" not in text
    assert "Passed" not in text
    assert "None" not in text


async def test_warnings_do_not_go_back_as_findings(bench: Bench) -> None:
    mixed = [finding(1), finding(2, level="warning")]
    text = (await verdict(state_of(bench, gates=gates(lint=mixed)), bench.runtime))["messages"][0].text
    assert "unused 1" in text
    assert "unused 2" not in text


async def test_the_last_attempt_has_no_other(bench: Bench) -> None:
    state = state_of(bench, attempt=3, gates=gates(3, lint=[finding()]))
    assert await verdict(state, bench.runtime) == {}
    assert not is_green(state)


async def test_fewer_attempts_can_be_set(tmp_path: Path) -> None:
    bench = await make_bench(tmp_path, attempts=1)
    assert await verdict(state_of(bench, gates=gates(lint=[finding()])), bench.runtime) == {}


async def test_only_the_present_attempt_counts(bench: Bench) -> None:
    state = state_of(bench, attempt=2, gates={**gates(1, lint=[finding()]), **gates(2)})
    assert is_green(state)
    assert await verdict(state, bench.runtime) == {}


async def test_an_attempt_that_was_ended_is_red_however_green_its_gates(bench: Bench) -> None:
    state = state_of(bench, finish={"ended": "the same call of read 5 times in a row"})
    assert not is_green(state)
    update = await verdict(state, bench.runtime)
    assert update["attempt"] == 2
    assert "the same call of read 5 times" in update["messages"][0].text
    assert [fault.code for fault in faults_of(state)] == ["attempt-ended"]


async def test_a_gate_that_has_not_run_is_not_green(bench: Bench) -> None:
    some = {key: raw for key, raw in gates().items() if not key.endswith("tests")}
    assert not is_green(state_of(bench, gates=some))


async def test_nothing_but_skips_proves_nothing(bench: Bench) -> None:
    skipped = gates(lint="skip", build="skip", database="skip", tests="skip", runtime="skip")
    with pytest.raises(NoToolchain, match="lint: why lint; build: why build") as caught:
        await verdict(state_of(bench, gates=skipped), bench.runtime)
    assert "backend-developer.toml" in caught.value.way_out


async def test_broken_surroundings_go_back_to_the_orchestrator_and_cost_no_attempt(bench: Bench) -> None:
    with pytest.raises(EnvironmentBroken, match="The gate runtime could not be run: why runtime") as caught:
        await verdict(state_of(bench, gates=gates(lint=[finding()], runtime="error")), bench.runtime)
    assert caught.value.source == "runtime"


def test_a_red_gate_without_a_finding_is_a_fault_all_the_same() -> None:
    state: Any = {"attempt": 1, "finish": DONE, "gates": gates(build="fail")}
    assert [(fault.source, fault.code, fault.message) for fault in faults_of(state)] == [
        ("build", "gate-failed", "why build")
    ]
