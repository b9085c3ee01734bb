"""The real tools on the Node sample: what passes, and which file and line each fault is found at."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from backend_developer.contract import Finding
from backend_developer.contract.ports import Outcome
from backend_developer.workspace.toolchains.base import Package, Step, StepKind
from backend_developer.workspace.toolchains.node.toolchain import NodeToolchain
from tests.support.node_sample import copy_sample

ROOT = Package("node", ".")
Place = tuple[str, str, str | None, int | None]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return copy_sample(tmp_path / "project")


@pytest.fixture
def node(root: Path, tmp_path: Path) -> NodeToolchain:
    return NodeToolchain(root, tmp_path / "scratch")


Run = Callable[[Step], Awaitable[Outcome]]


async def _found(node: NodeToolchain, run: Run, kind: StepKind) -> list[Place]:
    found: list[Finding] = []
    for step in node.steps(node.root, ROOT, kind):
        found += node.findings(step, await run(step), node.root)
    return [(one.source, one.code, one.file, one.line) for one in found]


def _change(root: Path, path: str, old: str, new: str) -> None:
    text = (root / path).read_text()
    assert old in text
    (root / path).write_text(text.replace(old, new))


OLD_FAULT = ("lint/eslint", "eqeqeq", "src/legacy.ts", 3)


async def test_the_sample_has_one_old_lint_fault_and_builds(node: NodeToolchain, run: Run) -> None:
    assert await _found(node, run, "lint") == [OLD_FAULT]
    assert await _found(node, run, "build") == []
    assert (node.root / "dist" / "index.js").is_file()


async def test_faults_of_lint_and_types_are_placed(node: NodeToolchain, run: Run) -> None:
    _change(node.root, "src/notes.ts", "const words =", "let words =")
    _change(node.root, "src/notes.ts", 'return words.slice(0, 3).join(" ");', "return words.slice(0, 3);")
    found = await _found(node, run, "lint")
    assert found == [
        OLD_FAULT,
        ("lint/eslint", "prefer-const", "src/notes.ts", 24),
        ("lint/tsgo", "TS2322", "src/notes.ts", 26),
    ]


async def test_a_broken_build_is_placed(node: NodeToolchain, run: Run) -> None:
    _change(node.root, "src/index.ts", "./app.js", "./nowhere.js")
    assert await _found(node, run, "build") == [("build/tsgo", "TS2307", "src/index.ts", 1)]
    _change(node.root, "package.json", "tsgo -p", "tsc -p")
    older = NodeToolchain(node.root, node.root.parent / "scratch")
    assert await _found(older, run, "build") == [("build/tsc", "TS2307", "src/index.ts", 1)]


async def test_nodes_runner_tells_each_test(node: NodeToolchain, run: Run) -> None:
    _change(node.root, "src/notes.ts", "slice(0, 3)", "slice(0, 2)")
    (node.root / "test" / "lost.test.ts").write_text('import "../src/nowhere.js";\n')
    (step,) = node.steps(node.root, ROOT, "tests")
    told = node.tests(step, await run(step), node.root)
    wrong = "test/notes.test.ts > notes > has a title of three words"
    old = "test/old.test.ts > one is a number"
    assert told.passed == {"test/notes.test.ts > notes > finds what was added"}
    places = {test: (finding.file, finding.line) for test, finding in told.failed.items()}
    assert places == {wrong: ("test/notes.test.ts", 12), old: ("test/old.test.ts", 6)}
    assert "one two three" in told.failed[wrong].message
    (broken,) = told.broken
    assert (broken.code, broken.file) == ("collection", "test/lost.test.ts")
    assert "nowhere" in broken.message

    again = node.only(step, [wrong])
    second = node.tests(again, await run(again), node.root)
    assert set(second.failed) == {wrong}


async def test_without_a_build_script_every_file_is_parsed(project: Callable[..., Path], run: Run) -> None:
    root = project(
        {
            "package.json": '{"name": "shop", "type": "module", "main": "lib.js"}',
            "lib.js": 'export { price } from "./price.js";\n',
            "price.js": "export const price = 1;\nexport const = 2;\n",
            "old.cjs": "module.exports = 1;\n",
        }
    )
    node = NodeToolchain(root, root.parent / "scratch")
    assert await _found(node, run, "build") == [("build/syntax", "SyntaxError", "price.js", 2)]
    check = node.import_check(root, ROOT)
    assert check is not None
    (finding,) = node.findings(check, await run(check), root)
    assert finding.code == "SyntaxError"
    (root / "price.js").write_text("export const price = 1;\nthrow new TypeError('too dear');\n")
    (finding,) = node.findings(check, await run(check), root)
    assert (finding.code, finding.file, finding.line) == ("TypeError", "price.js", 2)
    (root / "price.js").write_text("export const price = 1;\n")
    assert (await run(check)).ok


async def test_a_file_that_may_be_of_either_kind_is_placed_as_a_module(project: Callable[..., Path], run: Run) -> None:
    root = project({"package.json": '{"name": "shop"}', "a.js": "import fs from 'node:fs';\nexport const = 2;\n"})
    node = NodeToolchain(root, root.parent / "scratch")
    assert await _found(node, run, "build") == [("build/syntax", "SyntaxError", "a.js", 2)]


async def test_a_script_that_needs_a_shell_is_run_as_it_stands(project: Callable[..., Path], run: Run) -> None:
    failing = "node -e \\\"throw new Error('x')\\\" && true"
    shown = "printf 'index.js\\\\n  2:3  error  no good  no-good\\\\n'; exit 1"
    scripts = f'"lint": "{shown}", "test": "{failing}"'
    root = project({"package.json": f'{{"name": "shop", "scripts": {{{scripts}}}}}', "index.js": "1;\n2;\n"})
    node = NodeToolchain(root, root.parent / "scratch")
    assert await _found(node, run, "lint") == [("lint/script-lint", "no-good", "index.js", 2)]
    (step,) = node.steps(root, ROOT, "tests")
    told = node.tests(step, await run(step), root)
    assert set(told.failed) == {"npm test"}
    assert not told.complete
