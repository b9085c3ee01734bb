from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from langgraph.runtime import Runtime

from backend_developer.contract import Finding, Report
from backend_developer.nodes.report import report
from tests.support.fakes import CHECK, Bench, make_bench
from tests.support.gate_states import DONE, gates

FAULT = {"source": "run", "code": "no-model", "message": "There is no key."}


@pytest.fixture
async def bench(tmp_path: Path) -> Bench:
    return await make_bench(tmp_path)


async def change(bench: Bench, *paths: str) -> None:
    for path in paths:
        await bench.context.workspace.journal.write(path, b"A = 1\n", call_id=f"call of {path}")


async def reported(bench: Bench, **state: Any) -> dict[str, Any]:
    update = await report(bench.state(**{"finish": DONE, "gates": gates(), **state}), bench.runtime)
    made: dict[str, Any] = update["report"]
    assert Report.model_validate(made).dump() == made
    return made


async def next_action(bench: Bench, *checks: tuple[str, str]) -> str:
    listed = [{**CHECK, "method": method, "path": path} for method, path in checks]
    return str((await reported(bench, finish={**DONE, "checks": listed}))["next_action"])


async def test_success_has_four_keys_and_names_who_is_next(bench: Bench) -> None:
    await change(bench, "app/users/router.py", "app/main.py")
    checks = [{**CHECK, "method": "POST", "path": "/users"}, CHECK]
    assert await reported(bench, finish={**DONE, "checks": checks}) == {
        "status": "success",
        "files_changed": ["app/main.py", "app/users/router.py"],
        "errors": [],
        "next_action": "@test-automator: cover POST /users, GET /users/{id} in app/main.py, app/users/router.py",
    }


async def test_success_says_what_no_gate_could_prove(bench: Bench) -> None:
    await change(bench, "app/main.py")
    skipped = gates(database="skip")
    skipped["1/database"]["evidence"] = {"unproven": "migrations/0001.sql:1: it lacks the extension postgis"}
    told = (await reported(bench, gates=skipped))["next_action"]
    assert told.startswith("@test-automator: cover ")
    assert told.endswith("; not proven: database: migrations/0001.sql:1: it lacks the extension postgis")


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("/users/{last.id}", "/users/{id}"),
        ("/users/{1.items.0.id}/roles", "/users/{id}/roles"),
        ("/users/42?verbose=1", "/users/{id}"),
        ("/users?limit=2&offset=1", "/users"),
        ("/users/8a0f1e46-6a2b-4f5c-9d3e-0123456789ab", "/users/{id}"),
        ("/api/v1/users", "/api/v1/users"),
        ("/users/me", "/users/me"),
        ("/", "/"),
    ],
)
async def test_addresses_are_named_without_their_values(bench: Bench, path: str, named: str) -> None:
    await change(bench, "app/main.py")
    assert await next_action(bench, ("GET", path)) == f"@test-automator: cover GET {named} in app/main.py"


async def test_the_same_address_is_named_once(bench: Bench) -> None:
    await change(bench, "app/main.py")
    said = await next_action(bench, ("GET", "/users/1"), ("GET", "/users/2?x=1"), ("GET", "/users/{last.id}"))
    assert said == "@test-automator: cover GET /users/{id} in app/main.py"


async def test_many_addresses_and_files_are_counted(bench: Bench) -> None:
    await change(bench, *[f"app/part_{number}.py" for number in range(8)])
    said = await next_action(bench, *[("GET", f"/part_{number}") for number in range(11)])
    assert "GET /part_7 and 3 more in app/part_0.py" in said
    assert said.endswith("app/part_4.py and 3 more")


async def test_only_code_that_is_there_can_be_tested(bench: Bench) -> None:
    await change(bench, "app/main.py", "README.md", "pyproject.toml", "migrations/0001_users.sql", "app/page.html")
    await change(bench, "alembic/versions/1a_users.py", "shop/migrations/0002_x.py", "src/api.ts", "conf.yaml")
    await bench.context.workspace.journal.write("app/users.py", None, call_id="delete")
    made = await reported(bench)
    assert "app/users.py" in made["files_changed"]
    assert made["next_action"] == "@test-automator: cover the change in app/main.py, src/api.ts"


async def test_without_code_there_is_nothing_to_test(bench: Bench) -> None:
    await change(bench, "README.md")
    assert (await reported(bench))["next_action"] == "Review the change: it has no code that needs tests"


async def test_failed_names_every_finding_and_the_first_place(bench: Bench) -> None:
    lint = Finding(source="lint/ruff", code="F401", message="unused", file="a.py", line=3)
    told = Finding(source="lint/ruff", code="E501", message="long", level="warning")
    test = Finding(source="tests/pytest", code="test-failed", message="test_a failed")
    made = await reported(bench, attempt=3, gates=gates(3, lint=[lint, told], tests=[test]))
    assert made == {
        "status": "failed",
        "files_changed": [],
        "errors": [
            {"source": "lint/ruff", "code": "F401", "message": "unused", "file": "a.py", "line": 3},
            {"source": "tests/pytest", "code": "test-failed", "message": "test_a failed"},
        ],
        "next_action": "Decide whether to undo the change or to hand the task on: after 3 attempts "
        "lint, tests are still red, first with F401 at a.py:3",
    }


async def test_one_attempt_and_one_gate_read_well_too(bench: Bench) -> None:
    test = Finding(source="tests/pytest", code="test-failed", message="test_a failed")
    said = (await reported(bench, gates=gates(tests=[test])))["next_action"]
    assert said.endswith("after 1 attempt tests is still red, first with test-failed")


async def test_an_ended_attempt_is_named(bench: Bench) -> None:
    made = await reported(bench, attempt=3, gates=gates(3), finish={"ended": "four answers did nothing"})
    assert made["status"] == "failed"
    assert made["errors"][0]["message"] == "The model did not finish: four answers did nothing."


async def test_blocked_says_what_and_the_way_out(bench: Bench) -> None:
    await change(bench, "app/main.py")
    blocked = {"write": {"faults": [FAULT], "way_out": "Set a key."}}
    assert await reported(bench, blocked=blocked) == {
        "status": "blocked",
        "files_changed": ["app/main.py"],
        "errors": [FAULT],
        "next_action": "Set a key.",
    }


async def test_a_fault_that_two_nodes_met_is_named_once(bench: Bench) -> None:
    stop = {"faults": [FAULT], "way_out": "Set a key."}
    assert (await reported(bench, blocked={"lint": stop, "build": stop}))["errors"] == [FAULT]


async def test_a_run_that_could_not_be_opened_reports_too(bench: Bench) -> None:
    state: Any = {"task": {}, "blocked": {"accept": {"faults": [FAULT], "way_out": "Set a key."}}}
    runtime: Runtime[Any] = replace(bench.runtime, context=None)
    assert (await report(state, runtime))["report"]["files_changed"] == []
