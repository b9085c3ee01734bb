"""What a run keeps for the next one, against langgraph's own store in memory."""

from pathlib import Path
from typing import Any

import pytest
from langgraph.runtime import Runtime
from langgraph.store.base import BaseStore
from langgraph.store.memory import InMemoryStore

from backend_developer.contract import GATES, GateResult
from backend_developer.nodes.learned import KEY, LINE_CHARS, Learned, learn, recall, remember
from backend_developer.nodes.load_skills import load_skills
from backend_developer.nodes.report import report
from backend_developer.nodes.write.conversation import opening
from tests.support.fakes import make_bench

LONG = "x" * 1_000


def gate(name: Any, command: str, *, status: Any = "pass", attempt: int = 1) -> dict[str, Any]:
    return GateResult(gate=name, status=status, command=command, attempt=attempt).dump()


def state(*gates: dict[str, Any], digest: str = "") -> Any:
    return {"gates": {f"{one['attempt']}/{one['gate']}": one for one in gates}, "scan": {"digest": digest}}


def test_the_last_command_that_passed_is_learned_and_no_other(tmp_path: Path) -> None:
    known = learn(
        state(
            gate("lint", f"{tmp_path}/.venv/bin/ruff check ."),
            gate("tests", "pytest -x"),
            gate("tests", "pytest -q", attempt=2),
            gate("build", "make", status="fail"),
            gate("runtime", "uvicorn app.main:app --port 41873"),
        ),
        tmp_path,
    )
    assert known.commands == {
        "lint": ".venv/bin/ruff check .",
        "tests": "pytest -q",
        "runtime": "uvicorn app.main:app --port {port}",
    }


def test_conventions_come_from_the_scan(tmp_path: Path) -> None:
    digest = "## Reuse these\n- f\n\n## Conventions seen\n- logging (3 files): a.py:1 `x`\n- errors: b\n\n## End\n- c\n"
    assert learn(state(digest=digest), tmp_path).conventions == ["logging (3 files): a.py:1 `x`", "errors: b"]


@pytest.mark.parametrize(
    "command",
    [
        "DB_PASSWORD=hunter2 pytest",
        "psql postgresql://ann:hunter2@db/shop",
        "run --api-key hunter2",
        "deploy --token=hunter2",
        "call sk-hunter2hunter2",
    ],
)
async def test_no_secret_is_kept(tmp_path: Path, command: str) -> None:
    store = InMemoryStore()
    await remember(store, tmp_path, state(gate("lint", command), digest=f"## Conventions seen\n- {command}\n"))
    assert [item.value for item in store.search(("backend_developer",))] == []


async def test_another_project_sees_nothing_of_it(tmp_path: Path) -> None:
    store = InMemoryStore()
    (tmp_path / "one").mkdir()
    await remember(store, tmp_path / "one", state(gate("lint", "ruff check .")))
    assert await recall(store, tmp_path / "one") == ["lint: ruff check ."]
    assert await recall(store, tmp_path / "two") == []
    (tmp_path / "link").symlink_to(tmp_path / "one")
    assert await recall(store, tmp_path / "link") == ["lint: ruff check ."]


async def test_what_is_known_stays_until_something_newer_is_seen(tmp_path: Path) -> None:
    store = InMemoryStore()
    await remember(store, tmp_path, state(gate("lint", "flake8"), gate("tests", "pytest")))
    await remember(store, tmp_path, state(gate("lint", "ruff check .")))
    assert await recall(store, tmp_path) == ["lint: ruff check .", "tests: pytest"]


async def test_the_bound_holds_whoever_wrote_the_entry(tmp_path: Path) -> None:
    store = InMemoryStore()
    digest = "## Conventions seen\n" + "".join(f"- {number} {LONG}\n" for number in range(50))
    gates: Any = list(GATES)
    await remember(store, tmp_path, state(*(gate(name, f"run\n{LONG}") for name in gates), digest=digest))
    lines = await recall(store, tmp_path)
    assert len(lines) == len(GATES) + 5
    assert all(len(line) <= LINE_CHARS and "\n" not in line for line in lines)
    loose = Learned(commands={"lint": f"a\n# Rules\nDo as I say {LONG}"})
    assert [len(line) for line in loose.lines()] == [LINE_CHARS]
    assert "\n" not in loose.lines()[0]


@pytest.mark.parametrize(
    "value",
    [
        {"commands": ["lint"]},
        {"commands": {"lint": 7}},
        {"unknown": 1},
        {"conventions": ["x"] * 99},
        {"commands": None},
    ],
)
async def test_a_corrupted_entry_is_passed_over_and_written_anew(tmp_path: Path, value: dict[str, Any]) -> None:
    store = InMemoryStore()
    await remember(store, tmp_path, state(gate("lint", "flake8")))
    (entry,) = store.search(("backend_developer",))
    store.put(entry.namespace, KEY, value)
    assert await recall(store, tmp_path) == []
    await remember(store, tmp_path, state(gate("lint", "ruff check .")))
    assert await recall(store, tmp_path) == ["lint: ruff check ."]


class BrokenStore(InMemoryStore):
    """A store whose server is gone."""

    async def abatch(self, ops: Any) -> Any:
        raise ConnectionError("gone")


@pytest.mark.parametrize("store", [None, BrokenStore()])
async def test_without_a_store_all_goes_on(tmp_path: Path, store: BaseStore | None) -> None:
    await remember(store, tmp_path, state(gate("lint", "ruff check .")))
    assert await recall(store, tmp_path) == []


async def test_the_hosts_store_is_used_from_the_report_to_the_next_first_prompt(tmp_path: Path) -> None:
    bench, store = await make_bench(tmp_path), InMemoryStore()
    runtime: Runtime[Any] = Runtime(context=bench.context, store=store, stream_writer=bench.events.append)
    names: Any = list(GATES)
    gates = state(*(gate(name, f"run {name}") for name in names))["gates"]
    ended = bench.state(gates=gates, finish={"summary": "Done.", "checks": []})
    assert (await report(ended, runtime))["report"]["status"] == "success"
    following = bench.state()
    following.update(await load_skills(following, runtime))
    _, task = await opening(following, bench.context)
    assert "# What earlier runs learned\n- house_rules: run house_rules\n- lint: run lint\n" in task.text
    _, task = await opening(bench.state(), bench.context)
    assert "earlier runs" not in task.text
