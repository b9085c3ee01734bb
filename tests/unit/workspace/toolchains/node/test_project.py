import json
from pathlib import Path
from typing import Any

import pytest

from backend_developer.contract import NoToolchain
from backend_developer.workspace.profile import detect
from backend_developer.workspace.toolchains.base import Package, StepKind
from backend_developer.workspace.toolchains.node.conventions import is_test
from backend_developer.workspace.toolchains.node.packages import find_packages
from backend_developer.workspace.toolchains.node.project import NodeProject
from backend_developer.workspace.toolchains.node.scripts import is_placeholder, plain_call
from backend_developer.workspace.toolchains.node.toolchain import NodeToolchain
from tests.support.product import write_files

ROOT = Package("node", ".")


def write(root: Path, manifest: dict[str, Any], files: dict[str, str] | None = None, *programs: str) -> NodeToolchain:
    """A project whose node_modules has these programs."""
    write_files(root, {"package.json": json.dumps(manifest), **(files or {})})
    for name in programs:
        write_files(root, {f"node_modules/.bin/{name}": ""})
    return NodeToolchain(root, root.parent / "scratch")


def tools(node: NodeToolchain) -> dict[str, list[str]]:
    kinds: tuple[StepKind, ...] = ("lint", "build", "tests")
    return {kind: [step.tool for step in node.steps(node.root, ROOT, kind)] for kind in kinds}


def test_each_package_of_a_monorepo_is_one_and_a_bare_root_is_none(tmp_path: Path) -> None:
    write_files(
        tmp_path,
        {
            "package.json": '{"private": true, "workspaces": ["packages/*"]}',
            "packages/api/package.json": '{"name": "api"}',
            "packages/api/src/cjs/package.json": '{"type": "commonjs"}',
            "packages/web/package.json": '{"scripts": {"build": "tsc"}}',
            "packages/web/test/fixtures/package.json": '{"name": "fixture"}',
            "node_modules/x/package.json": '{"name": "x"}',
        },
    )
    assert [package.root for package in find_packages(tmp_path)] == ["packages/api", "packages/web"]
    (tmp_path / "package.json").write_text('{"workspaces": ["packages/*"], "scripts": {"lint": "eslint ."}}')
    assert [package.root for package in find_packages(tmp_path)] == [".", "packages/api", "packages/web"]


@pytest.mark.parametrize(
    ("files", "manifest", "command"),
    [
        ({"package-lock.json": ""}, {}, "`npm ci`"),
        ({"pnpm-lock.yaml": ""}, {}, "`pnpm install --frozen-lockfile`"),
        ({"yarn.lock": ""}, {}, "`yarn install --frozen-lockfile`"),
        ({"yarn.lock": "", ".yarnrc.yml": ""}, {}, "`yarn install --immutable`"),
        ({}, {"packageManager": "pnpm@10.1.0"}, "`pnpm install`"),
        ({}, {}, "`npm install`"),
    ],
)
def test_dependencies_that_are_not_installed_block_with_the_command(
    tmp_path: Path, files: dict[str, str], manifest: dict[str, Any], command: str
) -> None:
    manifest |= {"scripts": {"lint": "eslint ."}, "devDependencies": {"eslint": "9"}}
    node = write(tmp_path, manifest, files)
    with pytest.raises(NoToolchain) as caught:
        node.steps(tmp_path, ROOT, "lint")
    assert "no node_modules" in caught.value.message
    assert command in str(caught.value.way_out)


def test_what_is_installed_for_the_workspace_serves_its_packages(tmp_path: Path) -> None:
    package = '{"scripts": {"lint": "eslint ."}, "devDependencies": {"eslint": "9"}}'
    write(tmp_path, {"workspaces": ["api"]}, {"package-lock.json": "", "api/package.json": package})
    with pytest.raises(NoToolchain) as caught:
        NodeProject(tmp_path, Package("node", "api")).program("eslint")
    assert "`npm ci`" in str(caught.value.way_out)
    write_files(tmp_path, {"node_modules/.bin/eslint": ""})
    found = NodeProject(tmp_path, Package("node", "api")).program("eslint")
    assert found == (str(tmp_path / "node_modules/.bin/eslint"),)


@pytest.mark.parametrize(
    ("scripts", "files", "expected"),
    [
        ({}, {"eslint.config.js": ""}, {"lint": ["eslint"], "build": ["syntax"], "tests": []}),
        ({}, {"biome.json": "", "a.ts": ""}, {"lint": ["biome"], "build": [], "tests": []}),
        ({}, {"tsconfig.json": "", "a.js": ""}, {"lint": ["syntax"], "build": ["tsc"], "tests": []}),
        ({"build": "vite build"}, {"tsconfig.json": ""}, {"lint": ["tsc"], "build": ["script-build"], "tests": []}),
        ({"build": "tsgo -p . && cp a b"}, {"tsconfig.json": ""}, {"lint": [], "build": ["script-build"], "tests": []}),
        ({"lint": "eslint . && biome check"}, {}, {"lint": ["script-lint"], "build": [], "tests": []}),
        ({"test": "jest --coverage"}, {}, {"lint": [], "build": [], "tests": ["jest"]}),
        ({"test": "TZ=UTC vitest"}, {}, {"lint": [], "build": [], "tests": ["vitest"]}),
        ({"test": "tsx --test test/a.ts"}, {}, {"lint": [], "build": [], "tests": ["node"]}),
        ({"test": "vitest run | tee log"}, {}, {"lint": [], "build": [], "tests": ["script-test"]}),
        ({"test": 'echo "Error: no test specified" && exit 1'}, {}, {"lint": [], "build": [], "tests": []}),
    ],
)
def test_scripts_win_and_only_what_is_configured_is_run(
    tmp_path: Path, scripts: dict[str, str], files: dict[str, str], expected: dict[str, list[str]]
) -> None:
    programs = ("eslint", "biome", "tsc", "jest", "vitest", "tsx", "npm")
    node = write(tmp_path, {"name": "shop", "scripts": scripts}, files, *programs)
    for name in ("npm", "node"):
        (tmp_path / "node_modules/.bin" / name).touch()
        (tmp_path / "node_modules/.bin" / name).chmod(0o755)
    assert tools(node) == expected


def test_a_linter_is_asked_for_what_a_machine_reads_and_changes_nothing(tmp_path: Path) -> None:
    node = write(tmp_path, {"scripts": {"lint": "eslint src --fix -f stylish --max-warnings 0"}}, {}, "eslint")
    (step,) = node.steps(tmp_path, ROOT, "lint")
    assert step.argv[1:] == ("src", "--max-warnings", "0", "--format", "json", "--no-color")


def test_what_a_plain_call_is() -> None:
    call = plain_call("npx cross-env NODE_ENV=test jest 'a b' --ci")
    assert call is not None
    assert (call.tool, call.arguments, call.env) == ("jest", ("a b", "--ci"), {"NODE_ENV": "test"})
    assert plain_call("tsc && node dist") is None
    assert plain_call("echo 'open") is None
    assert plain_call("A=1") is None
    assert is_placeholder('echo "Error: no test specified" && exit 1')
    assert not is_placeholder("jest --testPathPattern no-test")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("src/a.test.ts", True),
        ("src/a.spec.mjs", True),
        ("src/__tests__/a.ts", True),
        ("test/helper.js", True),
        ("test.js", True),
        ("src/contest.ts", False),
        ("src/testing.ts", False),
    ],
)
def test_which_files_are_tests(path: str, expected: bool) -> None:
    assert is_test(path) is expected


def test_the_profile_names_language_framework_and_database(tmp_path: Path) -> None:
    write(tmp_path, {"dependencies": {"hono": "4", "express": "5", "pg": "8"}}, {"tsconfig.json": "", "src/a.ts": ""})
    profile = detect(tmp_path)
    assert (profile.languages, profile.frameworks) == (["typescript"], ["express", "hono"])
    assert profile.databases == ["postgresql"]
    assert profile.packages == [ROOT]
