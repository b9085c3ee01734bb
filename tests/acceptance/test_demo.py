"""`backend-developer demo`, as a user runs it: once for all assertions, because it takes half a minute."""

import ast
import importlib.util
import json
import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from backend_developer.interfaces.demo import CASSETTE, EXAMPLES, PROJECT
from tests.support.product import COMMAND, alive_in, picture

pytestmark = pytest.mark.timeout(240)

CACHES = ("__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache")


@dataclass(frozen=True)
class Demo:
    """A demo that has ended."""

    code: int
    out: str
    err: str
    project: Path

    @property
    def report(self) -> dict[str, Any]:
        report: dict[str, Any] = json.loads(self.out)
        return report


def play(state_dir: Path, project: Path) -> Demo:
    private = ("OPENAI_", "BACKEND_", "DATABASE_", "COLUMNS")
    bare = {name: value for name, value in os.environ.items() if not name.startswith(private)}
    ended = subprocess.run(
        [str(COMMAND), "demo", "--into", str(project)],
        env={**bare, "BACKEND_DEVELOPER_STATE_DIR": str(state_dir), "COLUMNS": "200"},
        stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", timeout=200, check=False,
    )  # fmt: skip
    return Demo(ended.returncode, ended.stdout, ended.stderr, project)


def test_the_demo_as_a_user_runs_it(shared_state: Path, tmp_path: Path) -> None:
    demo = play(shared_state, tmp_path / "project")
    succeeds_with_the_report_alone_on_stdout(demo)
    says_what_is_recorded_and_what_is_real(demo)
    is_wrong_at_first_and_then_passes_all_gates(demo)
    shows_the_evidence_the_diff_and_where_to_look(demo)
    has_changed_only_what_the_report_names(demo)
    calls_what_the_scan_has_named(demo)
    assert alive_in(demo.project) == []


def succeeds_with_the_report_alone_on_stdout(demo: Demo) -> None:
    assert demo.code == 0, demo.out + demo.err
    assert set(demo.report) == {"status", "files_changed", "errors", "next_action"}
    assert (demo.report["status"], demo.report["errors"]) == ("success", [])
    assert {"app/auth.py", "app/auth/__init__.py", "app/users/router.py"} <= set(demo.report["files_changed"])
    assert demo.report["next_action"].startswith("@test-automator: cover POST /users")


def says_what_is_recorded_and_what_is_real(demo: Demo) -> None:
    first = "\n".join(demo.err.splitlines()[:6])
    assert "answers are recorded" in first
    assert "Everything else is real" in first


def is_wrong_at_first_and_then_passes_all_gates(demo: Demo) -> None:
    gates = re.findall(r"^gate (\w+) \(attempt (\d)\): (pass|fail|skip|error)", demo.err, re.MULTILINE)
    outcome = {(int(attempt), gate): status for gate, attempt, status in gates}
    assert (outcome[1, "house_rules"], outcome[1, "runtime"]) == ("fail", "fail")
    second = {gate: status for (attempt, gate), status in outcome.items() if attempt == 2}
    assert second == dict.fromkeys(("house_rules", "lint", "build", "database", "tests", "runtime"), "pass")


def shows_the_evidence_the_diff_and_where_to_look(demo: Demo) -> None:
    undo = f"backend-developer undo feat-user-api --workspace {demo.project}"
    for words in ("✓ POST /users", "+CREATE TABLE users (", undo):
        assert words in demo.err
    assert not re.findall(r"^(?:write|tools|lint): ", demo.err, re.MULTILINE)


def has_changed_only_what_the_report_names(demo: Demo) -> None:
    before = picture(EXAMPLES / PROJECT, leave_out=CACHES)
    after = picture(demo.project, leave_out=CACHES)
    differing = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
    folders = {path for path in differing if (demo.project / path).is_dir()}
    assert sorted(differing - folders) == demo.report["files_changed"]
    assert not [path for path in differing if path.startswith("tests/")]


def calls_what_the_scan_has_named(demo: Demo) -> None:
    """The scan's digest leads to reuse: what it names is said by the model and used by what the model wrote."""
    (told,) = re.findall(r"^note: \d+ to reuse: (.*)$", demo.err, re.MULTILINE)
    named = dict(reversed(found) for found in re.findall(r"(app/[\w/]+\.py):\d+ (\w+)(?=,|$| and)", told))
    written = (demo.project / "app/users").glob("*.py")
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in written]
    used = {name.id for tree in trees for name in ast.walk(tree) if isinstance(name, ast.Name)}
    imported = {
        (alias.name, f"{node.module.replace('.', '/')}.py")
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }
    reused = {name for name, path in named.items() if name in used and (name, path) in imported}
    assert {"Repository", "normalize_email", "make_page"} <= reused
    said = (EXAMPLES / CASSETTE).read_text(encoding="utf-8")
    assert all(f"`{name}`" in said for name in ("Repository", "normalize_email", "make_page"))


def test_the_cassette_is_what_its_script_writes() -> None:
    spec = importlib.util.spec_from_file_location(
        "write_cassette", (EXAMPLES / CASSETTE).with_name("write_cassette.py")
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.text() == (EXAMPLES / CASSETTE).read_text(encoding="utf-8")
