"""The nodes lint, build and tests over toolchains and commands that are scripted."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from backend_developer.contract import CallFailed, Finding, NoDatabase, NoToolchain, Settings
from backend_developer.contract.ports import Outcome
from backend_developer.nodes.baseline import baseline
from backend_developer.nodes.gates import tests as test_node
from backend_developer.nodes.gates.build import build
from backend_developer.nodes.gates.lint import lint
from backend_developer.workspace.project_settings import ProjectSettings
from backend_developer.workspace.toolchains.base import Package, ServiceSpec, Step, StepKind, TestRun

HERE = Package("toy", ".")


@dataclass
class Toy:
    """A toolchain with one step a gate, which finds what the test says."""

    name: str = "toy"
    found: list[Finding] = field(default_factory=list)
    runs: list[TestRun] = field(default_factory=list)
    kinds: tuple[StepKind, ...] = ("lint", "build", "tests")
    env: Mapping[str, str] = field(default_factory=dict)
    shell: bool = False
    serves: bool = False
    asked_again: list[list[str]] = field(default_factory=list)

    def packages(self, root: Path) -> list[Package]:
        return [replace(HERE, toolchain=self.name)]

    def steps(self, root: Path, package: Package, kind: StepKind) -> list[Step]:
        argv = f"{self.name} {kind}" if self.shell else (self.name, kind)
        return [Step(kind, self.name, argv, package, self.env)] if kind in self.kinds else []

    def findings(self, step: Step, outcome: Outcome, root: Path) -> list[Finding]:
        return self.found

    def tests(self, step: Step, outcome: Outcome, root: Path) -> TestRun:
        return self.runs.pop(0)

    def only(self, step: Step, ids: list[str]) -> Step:
        self.asked_again.append(ids)
        return step

    def services(self, root: Path, package: Package) -> list[ServiceSpec]:
        return [ServiceSpec(argv=("serve",), package=package, framework=self.name)] if self.serves else []


@dataclass
class Commands:
    """Ends every command as the test says and remembers it."""

    exit_code: int | None = 0
    refuses: bool = False
    lacking: dict[str, str] = field(default_factory=dict)
    """What is said, and is a failure, on a database."""
    ran: list[tuple[Any, dict[str, str]]] = field(default_factory=list)

    async def run(self, argv: str | Sequence[str], **options: Any) -> Outcome:
        if self.refuses:
            raise CallFailed("toy is not installed")
        self.ran.append((argv, options["env"]))
        command = argv if isinstance(argv, str) else " ".join(argv)
        said = self.lacking.get(options["env"].get("DB", ""))
        return Outcome(command, 1 if said else self.exit_code, self.exit_code is None, 0.1, said or "said", Path("log"))


def _fault(message: str) -> Finding:
    return Finding(source="lint/toy", code="E1", message=message, file="a.py", line=1)


def _run(passed: Sequence[str] = (), failed: Sequence[str] = ()) -> TestRun:
    failures = {test: Finding(source="tests/toy", code="test-failed", message=test) for test in failed}
    return TestRun(frozenset(passed), failures)


class Stage:
    """A run with these toolchains; `events` is what was told."""

    def __init__(
        self,
        *toolchains: Toy,
        commands: Commands | None = None,
        database: bool = True,
        at_hand: Collection[str] = (),
    ) -> None:
        self.events: list[dict[str, Any]] = []
        self.commands = commands or Commands()
        context = SimpleNamespace(
            settings=Settings(gate_timeout_s=5),
            commands=self.commands,
            workspace=SimpleNamespace(root=Path("/project"), warm=lambda: asyncio.sleep(0)),
            toolchains=toolchains,
            project_settings=ProjectSettings(),
            scratch_database=self._database,
            with_extensions=self._with_extensions,
            installer=None,
        )
        self._has_database = database
        self._at_hand = at_hand
        self._had: list[str] = []
        self.runtime: Any = SimpleNamespace(context=context, stream_writer=self.events.append)

    async def _with_extensions(self, names: Collection[str]) -> bool:
        self._had = sorted(names) if set(names) <= set(self._at_hand) else []
        return bool(self._had)

    @asynccontextmanager
    async def _database(self) -> AsyncIterator[str]:
        if not self._has_database:
            raise NoDatabase("PostgreSQL does not start.", "Set DATABASE_URL.")
        yield f"with {self._had[0]}" if self._had else "postgresql://u@h/d"

    async def gate(self, name: str, state: dict[str, Any] | None = None) -> dict[str, Any]:
        node: Any = {"lint": lint, "build": build, "tests": test_node.tests}[name]
        written = await node({"attempt": 1, **(state or {})}, self.runtime)
        result: dict[str, Any] = written["gates"][f"1/{name}"]
        return result

    async def baseline(self) -> dict[str, Any]:
        return await baseline({}, self.runtime)


async def test_an_old_finding_does_not_block_and_a_new_one_does() -> None:
    toy = Toy(found=[_fault("old")], runs=[_run()])
    before = await Stage(toy).baseline()
    assert (await Stage(toy).gate("lint", before))["status"] == "pass"
    toy.found = [_fault("old"), _fault("new")]
    result = await Stage(toy).gate("lint", before)
    assert result["status"] == "fail"
    assert [(one["message"], one["level"]) for one in result["findings"]] == [("new", "error"), ("old", "warning")]


async def test_begin_and_end_are_told() -> None:
    stage = Stage(Toy(found=[_fault("new")]))
    await stage.gate("build")
    begin, end = stage.events
    assert begin == {"event": "gate", "gate": "build", "attempt": 1}
    assert (end["status"], end["findings"]) == ("fail", 1)


async def test_evidence_names_every_command() -> None:
    result = await Stage(Toy(name="a"), Toy(name="b"), commands=Commands(exit_code=3)).gate("lint")
    assert [step["command"] for step in result["evidence"]["steps"]] == ["a lint", "b lint"]
    assert (result["command"], result["exit_code"], result["log"]) == ("a lint", 3, "log")


async def test_the_projects_own_commands_stand_for_all_others() -> None:
    stage = Stage(Toy(name="custom", kinds=("lint",)), Toy())
    await stage.gate("lint")
    await stage.gate("build")
    assert [argv for argv, _ in stage.commands.ran] == [("custom", "lint"), ("toy", "build")]


@pytest.mark.parametrize("gate", ["lint", "build", "tests"])
async def test_nothing_to_run_is_no_pass(gate: str) -> None:
    result = await Stage(Toy(kinds=())).gate(gate)
    assert result["status"] == "skip"
    assert result["reason"]


@pytest.mark.parametrize("gate", ["lint", "tests"])
async def test_a_time_limit_fails_whatever_was_before(gate: str) -> None:
    toy = Toy(runs=[_run(), _run()])
    before = await Stage(toy, commands=Commands(exit_code=None)).baseline()
    toy.runs = [_run()]
    result = await Stage(toy, commands=Commands(exit_code=None)).gate(gate, before)
    assert result["status"] == "fail"
    assert "did not end within 5 s" in result["findings"][0]["message"]


@pytest.mark.parametrize("gate", ["lint", "tests"])
async def test_a_command_that_cannot_be_started_is_broken_surroundings(gate: str) -> None:
    result = await Stage(Toy(), commands=Commands(refuses=True)).gate(gate)
    assert result["status"] == "error"
    assert "not installed" in result["reason"]


async def test_a_shell_that_does_not_find_the_command_is_broken_surroundings() -> None:
    result = await Stage(Toy(shell=True), commands=Commands(exit_code=127)).gate("build")
    assert result["status"] == "error"
    assert "toy build" in result["reason"]


async def test_a_missing_toolchain_goes_through_and_ends_the_other_gates() -> None:
    class Missing(Toy):
        def steps(self, root: Path, package: Package, kind: StepKind) -> list[Step]:
            raise NoToolchain("ruff is not installed.", "pip install ruff")

    with pytest.raises(NoToolchain):
        await Stage(Missing()).baseline()


async def test_a_red_build_skips_the_tests() -> None:
    stage = Stage(Toy())
    result = await stage.gate("tests", {"gates": {"1/build": {"status": "fail"}, "0/build": {"status": "pass"}}})
    assert result["status"] == "skip"
    assert "build" in result["reason"]
    assert stage.commands.ran == []


async def test_an_old_failing_test_is_told_and_a_broken_one_blocks() -> None:
    before = await Stage(Toy(runs=[_run(["a"], ["old"]), _run(failed=["old"])])).baseline()
    result = await Stage(Toy(runs=[_run(["a"], ["old"])])).gate("tests", before)
    assert (result["status"], [one["level"] for one in result["findings"]]) == ("pass", ["warning"])
    result = await Stage(Toy(runs=[_run([], ["a", "old"]), _run(failed=["a"])])).gate("tests", before)
    assert result["status"] == "fail"
    assert [one["message"] for one in result["findings"] if one["level"] == "error"] == ["a"]
    assert result["evidence"]["suites"][".:toy"]["failed"] == ["a", "old"]


async def test_a_failing_test_gets_a_second_chance_alone_and_is_called_flaky() -> None:
    toy = Toy(runs=[_run(["a"], ["b"]), _run(["b"])])
    result = await Stage(toy).gate("tests")
    assert toy.asked_again == [["b"]]
    assert result["status"] == "pass"
    assert [(one["code"], one["level"]) for one in result["findings"]] == [("test-flaky", "warning")]


async def test_what_was_red_before_gets_no_second_chance() -> None:
    before = await Stage(Toy(runs=[_run(failed=["old"]), _run(failed=["old"])])).baseline()
    toy = Toy(runs=[_run(failed=["old"])])
    await Stage(toy).gate("tests", before)
    assert toy.asked_again == []


async def test_tests_that_are_gone_fail_even_without_any_command() -> None:
    before = await Stage(Toy(runs=[_run(["a"])])).baseline()
    result = await Stage(Toy(kinds=("lint",))).gate("tests", before)
    assert (result["status"], result["findings"][0]["code"]) == ("fail", "nothing-collected")


async def test_no_test_collected_is_a_skip_where_there_were_none() -> None:
    result = await Stage(Toy(runs=[_run()])).gate("tests")
    assert (result["status"], result["reason"]) == ("skip", "no test was collected")


async def test_a_step_that_wants_a_database_gets_a_fresh_one() -> None:
    stage = Stage(Toy(env={"DB": "{database_url}"}, runs=[_run(["a"])]))
    await stage.gate("tests")
    assert stage.commands.ran[0][1] == {"DB": "postgresql://u@h/d"}


@pytest.mark.parametrize(
    ("env", "said", "databases"),
    [
        ({"DB": "{database_url}"}, 'ERROR: extension "hstore" is not available', ["postgresql://u@h/d", "with hstore"]),
        ({"DB": "{database_url}"}, 'ERROR: extension "postgis" is not available', ["postgresql://u@h/d"]),
        ({"DB": "{database_url}"}, "ERROR: no such table", ["postgresql://u@h/d"]),
        ({"DB": "postgresql://u@h/d"}, 'ERROR: extension "hstore" is not available', ["postgresql://u@h/d"]),
    ],
)
async def test_a_step_that_is_refused_an_extension_is_run_again_where_another_database_has_it(
    env: dict[str, str], said: str, databases: list[str]
) -> None:
    stage = Stage(
        Toy(env=env, runs=[_run(["a"])]), commands=Commands(lacking={"postgresql://u@h/d": said}), at_hand={"hstore"}
    )
    await stage.gate("tests")
    assert [env["DB"] for _, env in stage.commands.ran] == databases


async def test_a_database_that_cannot_be_had_is_broken_surroundings() -> None:
    result = await Stage(Toy(env={"DB": "{database_url}"}), database=False).gate("tests")
    assert result["status"] == "error"
    assert "PostgreSQL does not start" in result["reason"]


async def test_many_findings_are_cut_with_the_rest_counted_and_all_are_known_later() -> None:
    toy = Toy(found=[_fault(f"fault {'x' * number}") for number in range(130)], runs=[_run()])
    before = await Stage(toy).baseline()
    shown = before["baseline"]["lint"]["findings"]
    assert len(shown) == 101
    assert "30 more" in shown[-1]["message"]
    assert (await Stage(toy).gate("lint", before))["status"] == "pass"


async def test_the_baseline_notes_whether_there_is_a_service() -> None:
    for serves, noted in ((True, "toy"), (False, None)):
        before = await Stage(Toy(serves=serves, runs=[_run()])).baseline()
        assert before["baseline"]["build"]["evidence"]["service"] == noted
