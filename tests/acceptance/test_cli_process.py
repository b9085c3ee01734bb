"""The command line as a process of its own, with a session that works without a graph."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

WITH_SESSION = """
import asyncio, sys, types
from contextlib import asynccontextmanager

class Session:
    @classmethod
    @asynccontextmanager
    async def open(cls, settings):
        yield cls()

    async def run(self, task, *, resume=False):
        yield {"event": "attempt", "attempt": 1, "of": 3}
        await asyncio.sleep(0 if task.task_id == "short" else 60)
        for number in range(2_000):
            yield {"event": "notice", "text": str(number) * 20}
        yield {"event": "report", "report": {
            "status": "success", "files_changed": ["\\u0444.py"], "errors": [], "next_action": "x" * 200_000}}

module = types.ModuleType("backend_developer.graph.session")
module.Session = Session
sys.modules[module.__name__] = module
from backend_developer.interfaces.cli import main
main(sys.argv[1:])
"""

HEAVY = ("langgraph", "langchain_core", "openai", "pydantic_settings", "psycopg", "tree_sitter", "mcp")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    bare = {name: value for name, value in os.environ.items() if not name.startswith(("OPENAI_", "BACKEND_"))}
    return {**bare, "BACKEND_DEVELOPER_STATE_DIR": str(tmp_path / "state"), "LC_ALL": "C"}


def task(task_id: str) -> str:
    return json.dumps({"task_id": task_id, "main_task": "Создать API"})


def called(code: str, arguments: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", timeout=60, check=False)


@pytest.fixture(params=["in front", "in the background"])
def running(
    request: pytest.FixtureRequest, environment: dict[str, str], tmp_path: Path
) -> Iterator[subprocess.Popen[str]]:
    """A run that waits in the node `write`; a shell starts what it puts into the background with SIGINT ignored."""
    shell = ["sh", "-c", "trap '' INT; exec \"$@\"", "sh"] if request.param == "in the background" else []
    process = subprocess.Popen(
        [*shell, sys.executable, "-c", WITH_SESSION, "run", task("long"), "-w", str(tmp_path)],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
    )  # fmt: skip
    with process:
        assert process.stderr is not None
        assert process.stderr.readline() == "attempt 1 of 3\n"
        yield process
        process.kill()


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["run", "--help"]])
def test_help_loads_nothing_heavy(arguments: list[str], environment: dict[str, str]) -> None:
    code = f"""
import sys
from backend_developer.interfaces.cli import main
try:
    main({arguments!r})
finally:
    print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)
"""
    ended = called(code, [], environment)
    assert (ended.returncode, ended.stderr) == (0, "[]\n")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_is_130_and_says_how_to_go_on(
    running: "subprocess.Popen[str]", number: signal.Signals, tmp_path: Path
) -> None:
    running.send_signal(number)
    out, err = running.communicate(timeout=20)
    assert (running.returncode, out) == (130, "")
    assert err == f"interrupted; resume with: backend-developer resume long --workspace {tmp_path}\n"


def test_the_report_is_utf8_in_any_locale(environment: dict[str, str]) -> None:
    ascii_only = {**environment, "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
    ended = called(WITH_SESSION, ["run", task("short")], ascii_only)
    assert ended.returncode == 0
    assert json.loads(ended.stdout)["files_changed"] == ["ф.py"]


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_reader_that_leaves_causes_no_noise(environment: dict[str, str], stream: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", WITH_SESSION, "run", task("short")],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
    )  # fmt: skip
    with process:
        gone, kept = (process.stdout, process.stderr) if stream == "stdout" else (process.stderr, process.stdout)
        assert gone is not None
        assert kept is not None
        gone.close()
        text = kept.read()
        process.wait(timeout=30)
    if stream == "stderr":
        assert json.loads(text)["status"] == "success"
        assert process.returncode == 0
    else:
        assert "Traceback" not in text
        assert "BrokenPipe" not in text
        assert process.returncode == 1


def test_a_broken_task_is_reported_without_a_graph(environment: dict[str, str]) -> None:
    code = "import sys; from backend_developer.interfaces.cli import main; main(sys.argv[1:])"
    ended = called(code, ["run", '{"task_id": "a"'], environment)
    assert ended.returncode == 2
    assert json.loads(ended.stdout)["errors"][0]["code"] == "invalid-task"
    assert ended.stderr.startswith("invalid task:\n  - not valid JSON")
