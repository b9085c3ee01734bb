"""A tool that judged the untouched project is still asked afterwards."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from backend_developer.contract import Finding, GateResult, Settings
from backend_developer.contract.ports import Outcome
from backend_developer.nodes.gates.check import check
from backend_developer.workspace.toolchains.base import Package, Step, StepKind
from tests.support.postgres import no_extensions


class Toolchain:
    name = "python"

    def __init__(self, *tools: str) -> None:
        self._tools = tools

    def packages(self, root: Path) -> list[Package]:
        return [Package("python", ".")]

    def steps(self, root: Path, package: Package, kind: StepKind) -> list[Step]:
        return [Step(kind, tool, (tool,), package) for tool in self._tools]

    def findings(self, step: Step, outcome: Outcome, root: Path) -> list[Finding]:
        return []


class Commands:
    async def run(self, argv: Any, **_: Any) -> Outcome:
        return Outcome(str(argv), 0, False, 0.1, "", Path("log"))


async def judged(*tools: str, baseline: GateResult | None = None, **more: Any) -> GateResult:
    context: Any = SimpleNamespace(
        toolchains=(Toolchain(*tools),),
        settings=Settings(),
        commands=Commands(),
        workspace=SimpleNamespace(root=Path("/project")),
        with_extensions=no_extensions,
    )
    return await check(context, "lint", baseline, **more)


async def test_one_that_is_gone_is_an_error() -> None:
    before = await judged("ruff", "mypy")
    after = await judged("ruff", baseline=before)
    assert (after.status, [(one.source, one.code) for one in after.errors]) == ("fail", [("lint/mypy", "tool-lost")])
    nothing = await judged(baseline=before)
    assert (nothing.status, len(nothing.errors)) == ("fail", 2)


async def test_the_first_linter_takes_the_place_of_the_look_at_the_syntax() -> None:
    assert (await judged("ruff", baseline=await judged("compile"))).status == "pass"


async def test_a_task_that_asks_for_it_may_take_one_away() -> None:
    before = await judged("ruff", "mypy")
    assert (await judged("ruff", baseline=before, reconfigured=True)).status == "pass"


async def test_the_users_own_commands_may_take_a_tools_place() -> None:
    assert (await judged("custom", baseline=await judged("ruff", "mypy"))).status == "pass"
