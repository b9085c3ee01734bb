"""What the real tools wrote about one small project: jest 30.5.2, vitest 4.1.12, mocha 12.0.3, biome 2.6.8.

`ROOT` stands for its folder; frames of libraries and times are cut out. What pnpm 12.21, yarn 1.22 and yarn 4.18 print
around a script stands here.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from backend_developer.contract import Finding, NoToolchain
from backend_developer.contract.ports import Outcome
from backend_developer.workspace.toolchains.base import Package, Step, TestRun
from backend_developer.workspace.toolchains.node.toolchain import NodeToolchain
from tests.support.product import write_files

RECORDED = Path(__file__).parent / "recorded"
FILES = ("price.test", "hooks.test", "broken.test", "syntax.test", "empty.test")
Places = dict[str, tuple[str | None, int | None]]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    write_files(root, {f"test/{name}.{ending}": "" for name in FILES for ending in ("js", "mjs")})
    write_files(root, {"src/price.js": "", "src/price.mjs": "", "src/a.ts": "", "src/broken.js": "", "src/a.js": ""})
    return root


def _said(name: str, root: Path) -> str:
    return (RECORDED / name).read_text().replace("ROOT", str(root))


def _run(root: Path, tool: str, report: str | None, log: str = "", exit_code: int = 1) -> TestRun:
    path = root.parent / "report.json"
    if report:
        path.write_text(_said(report, root))
    step = Step("tests", tool, (tool,), Package("node", "."), {"BACKEND_DEVELOPER_REPORT": str(path)})
    said = root.parent / "log"
    said.write_text(log)
    outcome = Outcome(tool, exit_code, False, 0.1, log, said)
    return NodeToolchain(root, root.parent).tests(step, outcome, root)


def _places(run: TestRun) -> Places:
    return {test: (finding.file, finding.line) for test, finding in run.failed.items()}


def _broken(run: TestRun) -> Places:
    return {one.message.partition("\n")[0]: (one.file, one.line) for one in run.broken}


def test_jest(root: Path) -> None:
    run = _run(root, "jest", "jest.json")
    price, store = "test/price.test.js > price > ", "test/hooks.test.js > store > "
    assert run.passed == {f"{price}doubles the count", "test/hooks.test.js > syntax is fine"}
    assert run.skipped == {f"{price}is not ready", f"{price}has a discount"}
    assert _places(run) == {
        f"{price}when it is odd > is wrong (for 3)": ("test/price.test.js", 10),
        f"{price}throws from the source": ("src/price.js", 3),
        f"{price}rejects later": ("test/price.test.js", 25),
        f"{store}reads 1": ("test/hooks.test.js", 3),
        f"{store}reads 2": ("test/hooks.test.js", 3),
    }
    assert run.failed[f"{price}throws from the source"].message.endswith("RangeError: count is negative")
    assert _broken(run) == {
        "test/broken.test.js: Cannot find module '../src/gone' from 'test/broken.test.js'": ("test/broken.test.js", 1),
        f"test/syntax.test.js: SyntaxError: {root}/test/syntax.test.js: Unexpected token (1:10)": (
            "test/syntax.test.js",
            1,
        ),
        "test/empty.test.js: Your test suite must contain at least one test.": ("test/empty.test.js", None),
    }


def test_vitest_tells_some_of_it_in_its_output_alone(root: Path) -> None:
    run = _run(root, "vitest", "vitest.json", _said("vitest.log", root))
    price, store = "test/price.test.mjs > price > ", "test/hooks.test.mjs > store > "
    assert run.passed == {f"{price}doubles the count", "test/hooks.test.mjs > syntax is fine"}
    assert run.skipped == {f"{price}is not ready", f"{price}has a discount", f"{store}reads 1", f"{store}reads 2"}
    assert _places(run) == {
        f"{price}when it is odd > is wrong (for 3)": ("test/price.test.mjs", 11),
        f"{price}throws from the source": ("src/price.mjs", 3),
        f"{price}rejects later": ("test/price.test.mjs", 26),
    }
    missing = f"Cannot find module '../src/gone.mjs' imported from {root}/test/broken.test.mjs"
    assert _broken(run) == {
        f"test/broken.test.mjs: {missing}": ("test/broken.test.mjs", 2),
        f"test/empty.test.mjs: No test suite found in file {root}/test/empty.test.mjs": ("test/empty.test.mjs", None),
        "test/hooks.test.mjs: Error: no database": ("test/hooks.test.mjs", 5),
        "test/syntax.test.mjs: Parse failure: Parse failed with 1 error:": ("test/syntax.test.mjs", 1),
    }


def test_mocha(root: Path) -> None:
    run = _run(root, "mocha", "mocha.json", exit_code=3)
    price = "test/price.test.js > price "
    assert run.passed == {f"{price}doubles the count"}
    assert run.skipped == {f"{price}is not ready", f"{price}has a discount"}
    assert _places(run) == {
        f"{price}when it is odd is wrong (for 3)": ("test/price.test.js", 11),
        f"{price}throws from the source": ("src/price.js", 3),
        f"{price}rejects later": ("test/price.test.js", 26),
    }


@pytest.mark.parametrize(
    ("log", "error"),
    [
        ("mocha_missing.log", "Error: Cannot find module '../src/gone'"),
        ("mocha_syntax.log", "SyntaxError: Unexpected token ';'"),
    ],
)
def test_a_file_that_mocha_cannot_load_is_named_by_its_output_alone(root: Path, log: str, error: str) -> None:
    assert _broken(_run(root, "mocha", None, _said(log, root))) == {
        f"test/broken.test.js: {error}": ("test/broken.test.js", 1)
    }


def _found(root: Path, tool: str, said: str) -> list[Finding]:
    log = root.parent / "log"
    log.write_text(said)
    step = Step("lint", tool, (tool,), Package("node", "."))
    return NodeToolchain(root, root.parent).findings(step, Outcome(tool, 1, False, 0.1, said, log), root)


def test_biome(root: Path) -> None:
    found = _found(root, "biome", _said("biome.log", root))
    assert [(one.code, one.file, one.line) for one in found] == [
        ("lint/suspicious/noDoubleEquals", "src/a.ts", 3),
        ("lint/suspicious/noDebugger", "src/a.ts", 4),
        ("format", "src/a.ts", 1),
        ("parse", "src/broken.js", 1),
        ("parse", "src/broken.js", 1),
    ]


@pytest.mark.parametrize(
    "around",
    [
        "$ node check.js\n{}\n[ELIFECYCLE] Command failed with exit code 1.\n",
        "yarn run v1.22.22\n$ node check.js\n{}\nerror Command failed with exit code 1.\n"
        "info Visit https://yarnpkg.com/en/docs/cli/run for documentation about this command.\n",
        "{}\n",
    ],
)
def test_what_a_manager_prints_around_a_script_is_no_finding(root: Path, around: str) -> None:
    found = _found(root, "script-lint", around.format("src/a.js:1:1: no good"))
    assert [(one.file, one.line, one.message) for one in found] == [("src/a.js", 1, "no good")]


def _programs(root: Path, *names: str) -> None:
    for name in names:
        write_files(root, {f"bin/{name}": ""})
        (root / "bin" / name).chmod(0o755)


def _project(root: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, str], **manifest: Any) -> NodeToolchain:
    monkeypatch.setenv("PATH", str(root.parent / "bin"))
    write_files(root, {"package.json": json.dumps({"name": "shop", **manifest}), **files})
    return NodeToolchain(root, root.parent / "scratch")


def test_pnpm_installs_nothing_before_a_script(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    node = _project(root, monkeypatch, {"pnpm-lock.yaml": ""}, scripts={"lint": "sh check"})
    _programs(root.parent, "pnpm")
    (step,) = node.steps(root, Package("node", "."), "lint")
    assert step.argv == (str(root.parent / "bin/pnpm"), "run", "lint")
    assert step.env["pnpm_config_verify_deps_before_run"] == "false"


def test_yarn_without_node_modules_runs_the_programs_that_it_keeps(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = "# This file is generated.\n\n__metadata:\n  version: 10\n"
    scripts = {"lint": "tsc --noEmit", "test": "node --test"}
    node = _project(
        root,
        monkeypatch,
        {"yarn.lock": lock, ".pnp.cjs": "", "test/a.test.js": 'require("node:test")'},
        scripts=scripts,
        devDependencies={"typescript": "5"},
    )
    _programs(root.parent, "node")
    with pytest.raises(NoToolchain, match="yarn, which is not on PATH"):
        node.steps(root, Package("node", "."), "lint")
    write_files(root, {".yarn/releases/yarn-4.18.1.cjs": ""})
    (step,) = node.steps(root, Package("node", "."), "lint")
    interpreter, release = str(root.parent / "bin/node"), str(root / ".yarn/releases/yarn-4.18.1.cjs")
    assert step.argv[:5] == (interpreter, release, "run", "--binaries-only", "tsc")
    (step,) = node.steps(root, Package("node", "."), "tests")
    assert step.argv[:2] == (interpreter, f"--require={root / '.pnp.cjs'}")
    write_files(root, {"package.json": json.dumps({"scripts": scripts, "devDependencies": {"x": "1"}})})
    with pytest.raises(NoToolchain) as caught:
        node.steps(root, Package("node", "."), "lint")
    assert "`yarn install --immutable`" in str(caught.value.way_out)
