"""The real mocha and vitest, each on the same tests: one passes, three fail, two are left out."""

from pathlib import Path

import pytest

from backend_developer.workspace.toolchains.base import Package
from backend_developer.workspace.toolchains.node.toolchain import NodeToolchain
from tests.integration.workspace.toolchains.conftest import Run
from tests.support.node_sample import SAMPLE, copy_sample

RUNNERS = SAMPLE.with_name("node_runners")


@pytest.mark.parametrize(
    ("tool", "between", "ending"),
    [("mocha", " ", "js"), ("vitest", " > ", "mjs")],
)
async def test_each_runner_names_its_tests_and_their_places(
    tool: str, between: str, ending: str, tmp_path: Path, run: Run
) -> None:
    root = copy_sample(tmp_path / "project", RUNNERS)
    node = NodeToolchain(root, tmp_path / "scratch")
    (step,) = node.steps(root, Package("node", tool), "tests")
    told = node.tests(step, await run(step), root)

    def test(*titles: str) -> str:
        return f"test/price.test.{ending} > " + between.join(("price", *titles))

    assert told.passed == {test("doubles the count")}
    assert told.skipped == {test("is not ready"), test("has a discount")}
    assert told.broken == ()
    here, wrong = f"{tool}/test/price.test.{ending}", test("when it is odd", "is wrong (for 3)")
    assert {name: (found.file, found.line) for name, found in told.failed.items()} == {
        wrong: (here, 11),
        test("throws from the source"): (f"{tool}/src/price.{ending}", 3),
        test("rejects later"): (here, 26),
    }
    assert "7" in told.failed[wrong].message

    again = node.only(step, [wrong])
    assert set(node.tests(again, await run(again), root).failed) == {wrong}
    assert sorted(path.name for path in (root / tool).iterdir()) == ["package.json", "src", "test"]
