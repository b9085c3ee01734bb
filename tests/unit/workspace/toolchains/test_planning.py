"""Which of the project's and the toolchains' commands a gate runs."""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from backend_developer.contract import NoToolchain
from backend_developer.contract.ports import Outcome
from backend_developer.workspace.project_settings import load_project_settings
from backend_developer.workspace.toolchains.base import Package, Step, StepKind
from backend_developer.workspace.toolchains.custom import CustomToolchain
from backend_developer.workspace.toolchains.make.toolchain import TARGETS, MakeToolchain
from backend_developer.workspace.toolchains.planning import plan_steps
from tests.support.product import write_files

REPORT = "BACKEND_DEVELOPER_REPORT"


def written(root: Path, files: dict[str, str]) -> Path:
    write_files(root, files)
    return root


@dataclass
class Own:
    """A toolchain with these tools in one package, or one that lacks a tool."""

    tools: tuple[str, ...] = ("ruff", "mypy")
    folder: str = "."
    lacks: bool = False
    name: str = field(default="own", init=False)

    def packages(self, root: Path) -> list[Package]:
        return [Package("own", self.folder)]

    def steps(self, root: Path, package: Package, kind: StepKind) -> list[Step]:
        if self.lacks:
            raise NoToolchain("there is no ruff", "install it")
        env = {"PYTHONPATH": "probes", REPORT: str(root / "report.jsonl")}
        return [Step(kind, tool, ("python", "-m", tool, "-p", "our recorder"), package, env) for tool in self.tools]


def plan(root: Path, kind: StepKind, own: Own, **commands: tuple[str, ...]) -> list[str]:
    table = {"lint": (), "build": (), "tests": (), **commands}
    toolchains: Any = [CustomToolchain(SimpleNamespace(**table)), own, MakeToolchain()]
    planned = plan_steps(toolchains, root, kind)
    return [
        step.argv if isinstance(step.argv, str) else f"make {step.argv[-1]}" if step.tool == "make" else step.tool
        for _, step in planned
    ]


@pytest.fixture(autouse=True)
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program of this name on PATH; none of these tests runs it."""
    program = tmp_path / "bin" / "make"
    write_files(tmp_path, {"bin/make": ""})
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}/usr/bin")


@pytest.mark.parametrize(
    ("makefile", "kind", "expected"),
    [
        ("lint:\n\truff check .\n", "lint", ["ruff", "mypy"]),
        ("lint:\n\truff check --select ALL .\n", "lint", ["mypy", "make lint"]),
        ("lint: ; ./check.sh\n", "lint", ["ruff", "mypy", "make lint"]),
        ("lint: ; ruff check .\ntypecheck: ; pyright\n", "lint", ["ruff", "mypy", "make typecheck"]),
        ("lint: ; docker run x ruff check .\n", "lint", ["ruff", "mypy"]),
        ("lint:\n\t@echo nothing\n", "lint", ["ruff", "mypy"]),
        ("test: ; ./test.sh\n", "tests", ["make test"]),
        ("test: ; ./build.sh && ruff check --select F .\n", "tests", ["mypy", "make test"]),
        ("check: ; ./test.sh\n", "tests", ["ruff", "mypy"]),
    ],
)
def test_a_target_that_does_more_takes_the_place_of_the_tools_it_names(
    tmp_path: Path, makefile: str, kind: StepKind, expected: list[str]
) -> None:
    write_files(tmp_path / "project", {"Makefile": makefile})
    assert plan(tmp_path / "project", kind, Own()) == expected


def test_settings_win_over_scripts_over_targets(tmp_path: Path) -> None:
    root = written(tmp_path / "project", {"Makefile": "lint: ; ./a.sh\ntypecheck: ; ./b.sh\n"})
    assert plan(root, "lint", Own(()), lint=("sh x",)) == ["sh x"]
    (root / "package.json").write_text(json.dumps({"scripts": {"lint": "eslint ."}}))
    assert plan(root, "lint", Own(("eslint",))) == ["eslint", "make typecheck"]


def test_a_script_that_says_that_there_are_no_tests_wins_over_nothing(tmp_path: Path) -> None:
    scripts = {"test": 'echo "Error: no test specified" && exit 1'}
    root = written(
        tmp_path / "project", {"Makefile": "test: ; ./t.sh\n", "package.json": json.dumps({"scripts": scripts})}
    )
    assert plan(root, "tests", Own(())) == ["make test"]


def test_our_own_makefile_is_not_run_by_our_own_gates() -> None:
    root = Path(__file__).parents[4]
    settings = load_project_settings(root)
    planned = {kind: plan(root, kind, Own(("ruff",)), tests=settings.commands.tests) for kind in TARGETS}
    assert planned == {"lint": ["ruff"], "build": ["ruff"], "tests": list(settings.commands.tests)}


def test_a_makefile_speaks_for_the_package_beside_it(tmp_path: Path) -> None:
    root = written(tmp_path / "project", {"Makefile": "test: ; ./all.sh\n", "api/Makefile": "test: ; ./api.sh\n"})
    assert plan(root, "tests", Own(folder="web")) == ["ruff", "mypy"]
    assert plan(root, "tests", Own(folder="api")) == ["make test"]
    assert plan(root, "tests", Own((), folder="web")) == ["make test"]


def test_a_missing_tool_blocks_unless_the_project_has_another_way(tmp_path: Path) -> None:
    root = written(tmp_path / "project", {"Makefile": "lint: ; ruff check .\nbuild: ; ./b.sh\ntypecheck: ; ./t\n"})
    with pytest.raises(NoToolchain, match="no ruff"):
        plan(root, "lint", Own(lacks=True))
    assert plan(root, "build", Own(lacks=True)) == ["make build"]


def test_without_make_the_toolchain_stands_alone_and_else_the_project_is_blocked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = written(tmp_path / "project", {"Makefile": "lint: ; ./check.sh\n"})
    monkeypatch.setenv("PATH", str(root))
    assert plan(root, "lint", Own()) == ["ruff", "mypy"]
    with pytest.raises(NoToolchain, match="make"):
        plan(root, "lint", Own(()))


def test_the_recorder_in_pytest_is_handed_on(tmp_path: Path) -> None:
    root = written(tmp_path / "project", {"Makefile": "test: ; ./t.sh\n", "test_a.py": ""})
    make = MakeToolchain()
    own = Own(("pytest",)).steps(root, Package("own", "."), "tests")
    (step,) = make.made(root, ".", "tests", own).steps
    assert step.env["PYTEST_ADDOPTS"] == "-p 'our recorder'"
    entry = {"test": "test_a.py::test_x", "outcome": "failed", "message": "no", "file": "test_a.py", "line": 3}
    Path(step.env[REPORT]).write_text(json.dumps(entry) + "\n")
    outcome = Outcome("make test", 2, False, 0.1, "FAILED other.py::test_y", root / "log")
    (failed,) = make.tests(step, outcome, root).failed.values()
    assert (failed.source, failed.file, failed.line) == ("tests/make", "test_a.py", 3)
    assert set(make.tests(step, outcome, root).failed) == {"other.py::test_y"}
    again = make.only(step, ["test_a.py::test_x"])
    assert (again.argv, again.env[REPORT] != step.env[REPORT]) == (step.argv, True)


def test_an_old_fault_of_vet_keeps_no_test_of_go_from_being_run(tmp_path: Path) -> None:
    root = written(tmp_path / "project", {"Makefile": "test: ; go test -race ./...\n"})
    own = [Step("tests", "go-test", ("go", "test"), Package("go", "."), {"GOFLAGS": "-mod=readonly"})]
    (step,) = MakeToolchain().made(root, ".", "tests", own).steps
    assert step.env["GOFLAGS"] == "-mod=readonly -vet=off"


def test_of_other_tests_the_output_is_read(tmp_path: Path) -> None:
    root = written(tmp_path / "project", {"Makefile": "test: ; ./t.sh\n"})
    make = MakeToolchain()
    assert make.packages(root) == [Package("make", ".")]
    (step,) = make.steps(root, Package("make", "."), "tests")
    assert REPORT not in step.env
    assert make.only(step, ["x"]) == step
    fine = Outcome("make test", 0, False, 0.1, "ok", root / "log")
    assert make.tests(step, fine, root).passed == {"make test"}
