from pathlib import Path
from typing import Any

import pytest

from backend_developer.contract import Finding
from backend_developer.nodes.gates.house_rules.change import Change
from backend_developer.nodes.gates.house_rules.measures import check_measures, names_configuration

PYPROJECT = b'[project]\nname = "shop"\n[tool.ruff]\nline-length = 100\n[tool.pytest.ini_options]\naddopts = "-q"\n'
BASELINE: dict[str, Any] = {
    "lint": {"evidence": {"steps": [{"tool": "ruff"}, {"tool": "mypy"}]}},
    "tests": {"evidence": {"steps": [{"tool": "pytest"}]}},
}


def custom(command: str) -> dict[str, Any]:
    return {"tests": {"evidence": {"steps": [{"tool": "custom", "command": command}]}}}


def judge(
    root: Path, *changes: Change, baseline: dict[str, Any] = BASELINE, named: tuple[str, ...] = ()
) -> list[Finding]:
    for change in changes:
        place = root / change.path
        place.parent.mkdir(parents=True, exist_ok=True)
        if change.after is not None:
            place.write_bytes(change.after)
    return check_measures(changes, baseline, named, root)


def files(found: list[Finding]) -> list[tuple[str | None, str]]:
    return [(finding.file, finding.code) for finding in found]


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("pyproject.toml", PYPROJECT, PYPROJECT.replace(b"line-length = 100", b'exclude = ["shop"]')),
        ("pyproject.toml", PYPROJECT, PYPROJECT.replace(b"-q", b"-p shop.helper")),
        ("pyproject.toml", PYPROJECT, PYPROJECT + b"[tool.mypy]\nignore_errors = true\n"),
        ("pyproject.toml", PYPROJECT, None),
        ("pyproject.toml", PYPROJECT, b"[tool\n"),
        ("shop/ruff.toml", None, b'exclude = ["*"]\n'),
        ("pytest.ini", None, b"[pytest]\naddopts = --co\n"),
        ("setup.cfg", b"[metadata]\nname = x\n", b"[metadata]\nname = x\n[mypy-shop.*]\nignore_errors = True\n"),
        ("tox.ini", b"[pytest]\naddopts = -q\n", b"[pytest]\naddopts = -x\n"),
    ],
)
def test_the_configuration_of_a_tool_that_judged_the_project_stays(
    path: str, before: bytes | None, after: bytes | None, tmp_path: Path
) -> None:
    assert {found.code for found in judge(tmp_path, Change(path, before, after))} == {"measure-changed"}


MAKEFILE = (
    b"include make/go.mk\n\nlint:\n\t.venv/bin/ruff check app/main.py && sh -e ./scripts/check.sh; golangci-lint run\n"
)


@pytest.mark.parametrize(
    ("path", "bound"),
    [
        ("api/Makefile", True),
        ("api/GNUmakefile", True),
        ("api/make/go.mk", True),
        ("api/scripts/check.sh", True),
        ("api/ruff.toml", True),
        ("api/.golangci.yml", True),
        ("api/app/main.py", False),
        ("api/scripts/other.sh", False),
        ("Makefile", False),
    ],
)
def test_what_a_target_of_a_makefile_runs_stays(path: str, bound: bool, tmp_path: Path) -> None:
    (tmp_path / "api" / "make").mkdir(parents=True)
    (tmp_path / "api" / "Makefile").write_bytes(MAKEFILE)
    (tmp_path / "api" / "make" / "go.mk").touch()
    step = {"tool": "make", "package": "api", "command": "/usr/bin/make -k lint"}
    baseline = {"lint": {"evidence": {"steps": [step]}}}
    found = judge(tmp_path, Change(path, b"old = 1\n", MAKEFILE), baseline=baseline)
    assert bool(found) is bound


@pytest.mark.parametrize(
    ("recipe", "path", "bound"),
    [
        ("npm run check", "api/package.json", True),
        ("nox -s lint", "api/noxfile.py", True),
        ("tox -e lint", "api/tox.ini", True),
        ("$(MAKE) -C ../web lint", "web/Makefile", True),
        ("cd ../web && npm run check", "web/package.json", True),
        ("cd ../web && ./check.sh", "web/check.sh", True),
        ("../check.sh", "check.sh", True),
        ("$(CHECK)", "common.mk", True),
        ("ruff check --select F .", "api/package.json", False),
        ("npm run check", "web/package.json", False),
    ],
)
def test_what_a_target_of_a_makefile_hands_on_to_stays(recipe: str, path: str, bound: bool, tmp_path: Path) -> None:
    for folder in ("api", "web"):
        (tmp_path / folder).mkdir()
    (tmp_path / "api" / "Makefile").write_text(f"include ../common.mk\nlint:\n\t{recipe}\n")
    (tmp_path / "common.mk").write_text("CHECK = ./check.sh\n")
    step = {"tool": "make", "package": "api", "command": "/usr/bin/make -k lint"}
    before, after = b'{"scripts": {"check": "eslint ."}}', b'{"scripts": {"check": "true"}}'
    found = judge(tmp_path, Change(path, before, after), baseline={"lint": {"evidence": {"steps": [step]}}})
    assert bool(found) is bound


def test_other_parts_of_these_files_are_the_tasks_business(tmp_path: Path) -> None:
    more = PYPROJECT.replace(b'name = "shop"', b'name = "shop"\ndependencies = ["fastapi"]')
    setup = Change("setup.cfg", b"[metadata]\nname = x\n", b"[metadata]\nname = y\n")
    assert judge(tmp_path, Change("pyproject.toml", PYPROJECT, more), setup) == []


def test_a_tool_that_has_judged_nothing_may_be_configured(tmp_path: Path) -> None:
    fresh = {"lint": {"evidence": {"steps": [{"tool": "compile"}]}}, "tests": {"status": "skip"}}
    assert judge(tmp_path, Change("pyproject.toml", None, PYPROJECT), baseline=fresh) == []


def test_what_the_task_names_is_free(tmp_path: Path) -> None:
    change = Change("pyproject.toml", PYPROJECT, PYPROJECT + b"[tool.mypy]\nstrict = true\n")
    assert judge(tmp_path, change, named=("pyproject.toml",)) == []
    assert names_configuration({"task": {"files_involved": ["api/setup.cfg"]}})
    assert names_configuration({"task": {"files_involved": ["Makefile"]}})
    assert not names_configuration({"task": {"files_involved": ["api/"]}})
    assert not names_configuration({})


@pytest.mark.parametrize(
    ("command", "path", "before", "after", "bound"),
    [
        ("make test", "Makefile", b"test:\n\tpytest\n", b"test:\n\ttrue\n", True),
        ("make test", "api/Makefile", b"test:\n\tpytest\n", b"test:\n\ttrue\n", False),
        ("bash ./scripts/check.sh", "scripts/check.sh", b"pytest\n", b"true\n", True),
        ("npm test", "package.json", b'{"scripts": {"test": "jest"}}', b'{"scripts": {"test": "true"}}', True),
        ("npm test", "package.json", b'{"dependencies": {}}', b'{"dependencies": {"a": "1"}}', False),
        ("python -m pytest -q", "pytest.ini", b"[pytest]\n", b"[pytest]\naddopts = --co\n", True),
    ],
)
def test_what_the_projects_own_commands_run_stays(
    command: str, path: str, before: bytes, after: bytes, bound: bool, tmp_path: Path
) -> None:
    found = judge(tmp_path, Change(path, before, after), baseline=custom(command))
    assert files(found) == ([(path, "measure-changed")] if bound else [])


@pytest.mark.parametrize(
    ("path", "bound"),
    [
        ("pytest.py", True),
        ("_pytest/__init__.py", True),
        ("src/sitecustomize.py", True),
        ("api/uvicorn.py", True),
        ("backend_developer_pytest.py", True),
        ("shop/pytest.py", False),
        ("shop/black.py", False),
    ],
)
def test_no_new_module_stands_in_for_a_tool(path: str, bound: bool, tmp_path: Path) -> None:
    (tmp_path / "api").mkdir()
    (tmp_path / "api" / "requirements.txt").write_text("fastapi\n")
    found = judge(tmp_path, Change(path, None, b"x = 1\n"))
    assert files(found) == ([(path, "tool-shadowed")] if bound else [])


def test_a_project_that_is_the_tool_itself_may_grow(tmp_path: Path) -> None:
    package = tmp_path / "src" / "flask"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    assert judge(tmp_path, Change("src/flask/views.py", None, b"x = 1\n")) == []


NODE = {
    "lint": {"evidence": {"steps": [{"tool": "eslint", "package": "api"}, {"tool": "tsc", "package": "api"}]}},
    "tests": {"evidence": {"steps": [{"tool": "vitest", "package": "api"}]}},
}
TYPESCRIPT_7 = {"build": {"evidence": {"steps": [{"tool": "tsgo"}]}}}
GO_AND_RUST = {"lint": {"evidence": {"steps": [{"tool": "golangci-lint"}, {"tool": "clippy"}]}}}
PACKAGE = b'{"scripts": {"test": "vitest"}, "eslintConfig": {"root": true}}'


@pytest.mark.parametrize(
    ("baseline", "path", "before", "after", "bound"),
    [
        (NODE, "api/eslint.config.mjs", b"export default [a];\n", b"export default [];\n", True),
        (NODE, "api/.eslintrc.json", None, b'{"rules": {}}\n', True),
        (NODE, "api/tsconfig.build.json", b'{"compilerOptions": {"strict": true}}', b"{}", True),
        (TYPESCRIPT_7, "tsconfig.json", b'{"compilerOptions": {"strict": true}}', b"{}", True),
        (NODE, "api/vitest.config.ts", None, b"export default { test: { passWithNoTests: true } };\n", True),
        (NODE, "api/package.json", PACKAGE, PACKAGE.replace(b'"vitest"', b'"true"'), True),
        (NODE, "api/package.json", PACKAGE, PACKAGE.replace(b"true", b"false"), True),
        (NODE, "api/package.json", PACKAGE, PACKAGE.replace(b"{", b'{"version": "2",', 1), False),
        (NODE, "web/package.json", b"{}", b'{"scripts": {"test": "true"}}', False),
        (NODE, "api/jest.config.js", None, b"module.exports = {};\n", False),
        (GO_AND_RUST, ".golangci.yml", b"linters: {}\n", b"linters: {disable-all: true}\n", True),
        (GO_AND_RUST, "clippy.toml", None, b"msrv = '1.0'\n", True),
        (GO_AND_RUST, "Cargo.toml", b"[package]\n", b"[package]\n[lints.clippy]\nall = 'allow'\n", True),
        (GO_AND_RUST, "Cargo.toml", b"[package]\n", b"[package]\n[dependencies]\naxum = '0.8'\n", False),
    ],
)
def test_the_tools_of_other_languages_are_measures_too(
    baseline: dict[str, Any], path: str, before: bytes | None, after: bytes, bound: bool, tmp_path: Path
) -> None:
    found = judge(tmp_path, Change(path, before, after), baseline=baseline)
    assert {finding.code for finding in found} == ({"measure-changed"} if bound else set())
