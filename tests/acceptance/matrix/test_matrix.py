"""Whole runs, fault by fault and language by language, with a scripted model and the real tools.

Each run goes through the Python door. The copies of one sample stand at one place, so that the compilers' caches stay
warm from one cell to the next. The untouched sample is the same in all cells of a language: its lint, build and tests
are run by the correct change, or else by the first fault of the test process, and given to the other faults as they
were. All that comes after is each run's own.
"""

import importlib.util
import os
import shutil
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from langgraph.runtime import Runtime

from backend_developer.contract import GateName, GateResult, Report, load_settings
from backend_developer.interfaces.python import arun_task
from backend_developer.nodes.context import Context
from backend_developer.nodes.gates.result import Work, run_gate
from tests.acceptance.matrix.cases import BUILDING, CORRECT, FAULTS, Edit, Language
from tests.acceptance.matrix.languages import LANGUAGES
from tests.support.model_script import Reply, call, calls
from tests.support.model_server import ModelServer
from tests.support.node_sample import installed_modules
from tests.support.product import KEY, last_request, script
from tests.support.samples import SAMPLES, path_with_go, share_go_cache

# The first cell of a language fills its caches: to compile Go's standard library alone costs half a minute.
pytestmark = pytest.mark.timeout(240)

USERS_SERVICE = SAMPLES.parents[1] / "examples" / "users_service"
FOLDERS = {
    "Python (FastAPI)": USERS_SERVICE,
    "Django": SAMPLES / "django_service",
    "TypeScript": SAMPLES / "node_service",
    "Go": SAMPLES / "go_service",
    "Rust": SAMPLES / "rust_service",
}
OLD_FAILURES = {
    "Python (FastAPI)": "test_quoted_local_part_is_valid",
    "Django": "test_title_of_an_empty_note",
    "TypeScript": "one is a number",
    "Go": "TestDisplayName",
    "Rust": "display_name_is_capitalised",
}
Sample = Callable[[Language], Path]
Untouched = dict[Path, dict[GateName, GateResult]]
"""A sample's folder to the results of its gates before any change."""

each_language = pytest.mark.parametrize("language", LANGUAGES, ids=lambda one: one.name)


@pytest.fixture(scope="session")
def places(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("matrix")


@pytest.fixture
def sample(places: Path, shared_state: Path, monkeypatch: pytest.MonkeyPatch) -> Sample:
    """Gives a fresh copy of a language's sample; skips where its tools are missing."""
    for name in [*os.environ]:
        if name.startswith(("OPENAI_", "BACKEND_", "DATABASE_")) or name == "VIRTUAL_ENV":
            monkeypatch.delenv(name)

    def copy(language: Language) -> Path:
        if language.name == "Rust" and not all(map(shutil.which, ("cargo", "cargo-clippy", "rustfmt"))):
            pytest.skip("Rust is not installed")
        if language.name == "Go":
            if importlib.util.find_spec("go") is None:
                pytest.skip("Go is not installed")
            monkeypatch.setenv("PATH", path_with_go())
            share_go_cache(shared_state / "gates")
        target = places / language.name.split()[0]
        shutil.rmtree(target, ignore_errors=True)
        # Times are not kept: Cargo would take an older file for one that it has compiled.
        ignored = shutil.ignore_patterns("node_modules", "dist", "target", "__pycache__", ".*_cache", ".venv")
        shutil.copytree(FOLDERS[language.name], target, copy_function=shutil.copy, ignore=ignored)
        if language.name == "TypeScript":
            (target / "node_modules").symlink_to(installed_modules(), target_is_directory=True)
        return target

    return copy


@pytest.fixture(scope="session")
def known() -> Untouched:
    return {}


@pytest.fixture
def untouched(known: Untouched, monkeypatch: pytest.MonkeyPatch) -> Untouched:
    """What is in it is not run again before a change."""

    async def remembered(gate: GateName, attempt: int, runtime: Runtime[Context], work: Work) -> GateResult:
        results = known.setdefault(runtime.context.workspace.root, {})
        if gate not in results:
            results[gate] = await run_gate(gate, attempt, runtime, work)
        return results[gate]

    monkeypatch.setattr("backend_developer.nodes.baseline.run_gate", remembered)
    return known


async def carry_out(root: Path, state: Path, server: ModelServer, edits: tuple[Edit, ...], check: object) -> Report:
    """One task in which the model makes these edits in one turn and finishes."""
    server.play(script(calls([_said(edit) for edit in edits]), call("finish", summary="Done.", checks=[check])))
    task = {"task_id": uuid.uuid4().hex, "main_task": "Change the service", "workspace": str(root)}
    settings = load_settings(state_dir=state, api_key=KEY, base_url=server.base_url, attempts=1)
    return await arun_task(task, settings=settings)


def _said(edit: Edit) -> Reply:
    if not edit.old:
        return call("write", path=edit.path, content=edit.new)
    return call("edit", path=edit.path, old=edit.old, new=edit.new)


def _line(root: Path, file: str, at: str | int) -> int:
    if isinstance(at, int):
        return at
    (found,) = (n for n, text in enumerate((root / file).read_text().splitlines(), 1) if at in text)
    return found


def _files(root: Path) -> set[str]:
    """But for what is installed and for what the project's own build writes."""
    paths = (path.relative_to(root) for path in root.rglob("*") if path.is_file())
    return {str(path) for path in paths if path.parts[0] not in {"node_modules", "dist"}}


@each_language
async def test_a_correct_change_succeeds(
    language: Language,
    sample: Sample,
    shared_state: Path,
    server: ModelServer,
    untouched: Untouched,
    record_property: Callable[[str, object], None],
) -> None:
    record_property("language", language.name)
    record_property("fault", CORRECT)
    root = sample(language)
    untouched.pop(root, None)
    before = _files(root)
    report = await carry_out(root, shared_state, server, language.correct, language.correct_check)
    assert (report.status, report.errors) == ("success", [])
    assert report.files_changed == sorted(edit.path for edit in language.correct)
    assert _files(root) - before == {edit.path for edit in language.correct if not edit.old}, "nothing else is left"
    assert OLD_FAILURES[language.name] in last_request(server)[1]["content"], "the model is told of old failures"
    record_property("outcome", "`success`")


@each_language
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.usefixtures("untouched")
async def test_a_fault_fails_at_its_gate_file_and_line(
    language: Language,
    fault: str,
    sample: Sample,
    shared_state: Path,
    server: ModelServer,
    record_property: Callable[[str, object], None],
) -> None:
    record_property("language", language.name)
    record_property("fault", fault)
    case = language.faults[fault]
    root = sample(language)
    report = await carry_out(root, shared_state, server, case.edits, case.check or language.check)
    assert report.status == "failed", report
    place = (case.source, case.file, _line(root, case.file, case.at))
    assert place in [(one.source, one.file, one.line) for one in report.errors], report.errors
    gate = case.source.partition("/")[0]
    allowed = BUILDING if gate == "build" or fault == "type fault" else {gate}
    assert {one.source.partition("/")[0] for one in report.errors} <= allowed, report.errors
    record_property("outcome", f"{place[0]} `{place[1]}:{place[2]}`")
