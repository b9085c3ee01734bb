"""The baseline and the gates on a real project with an old failing test and an old lint fault."""

import asyncio
import subprocess
import sys
from collections.abc import Callable
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from backend_developer.contract import NoToolchain, Settings
from backend_developer.nodes.baseline import baseline
from backend_developer.nodes.gates import tests as test_node
from backend_developer.nodes.gates.build import build
from backend_developer.nodes.gates.lint import lint
from backend_developer.workspace.commands import Executor
from backend_developer.workspace.project_settings import load_project_settings
from backend_developer.workspace.toolchains import toolchains_for
from tests.support.postgres import no_extensions
from tests.support.product import WITHOUT_PLUGINS

FILES = {
    "pyproject.toml": (
        "[project]\nname = 'shop'\nversion = '1'\n[tool.ruff]\nline-length = 100\n"
        f"[tool.pytest.ini_options]\naddopts = '{WITHOUT_PLUGINS}'\n"
    ),
    "shop/__init__.py": "import os\n\n\ndef price(count):\n    return count * 2\n",
    "tests/test_shop.py": (
        "import shop\n\n\n"
        "def test_price():\n    assert shop.price(2) == 4\n\n\n"
        "def test_old():\n    assert shop.price(1) == 1\n"
    ),
}


class Run:
    """One task's run over a project: the nodes, with the real executor and toolchains behind them."""

    def __init__(self, root: Path, state_dir: Path) -> None:
        self.root = root
        self.state: dict[str, Any] = {"attempt": 1}
        self._context: Any = SimpleNamespace(
            settings=Settings(gate_timeout_s=60),
            commands=Executor(root, state_dir / "logs", Settings()),
            workspace=SimpleNamespace(root=root, warm=lambda: asyncio.sleep(0)),
            project_settings=load_project_settings(root),
            toolchains=toolchains_for(root, state_dir / "scratch", load_project_settings(root)),
            scratch_database=_no_database,
            with_extensions=no_extensions,
            installer=None,
        )

    def write(self, files: dict[str, str]) -> None:
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    async def play(self, node: Any) -> dict[str, Any]:
        runtime = SimpleNamespace(context=self._context, stream_writer=lambda _: None)
        written: dict[str, Any] = await node(self.state, runtime)
        self.state |= written
        return next(iter(written["gates"].values())) if "gates" in written else written["baseline"]


@asynccontextmanager
async def _no_database() -> Any:
    raise AssertionError("no database was asked for")
    yield


@pytest.fixture
def start(tmp_path: Path) -> Callable[[dict[str, str]], Run]:
    def start(files: dict[str, str]) -> Run:
        root = tmp_path / "project"
        root.mkdir()
        for name, text in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        return Run(root, tmp_path / "state")

    return start


def _errors(result: dict[str, Any]) -> list[tuple[str, str | None, int | None]]:
    return [(one["code"], one.get("file"), one.get("line")) for one in result["findings"] if one["level"] == "error"]


async def test_a_correct_change_passes_over_old_faults_and_a_wrong_one_is_named(
    start: Callable[[dict[str, str]], Run],
) -> None:
    run = start(FILES)
    before = await run.play(baseline)
    assert {gate: result["status"] for gate, result in before.items()} == {
        "lint": "fail",
        "build": "pass",
        "tests": "fail",
    }

    run.write({"shop/__init__.py": "# moved down\n" + FILES["shop/__init__.py"] + "\n\ndef free():\n    return 0\n"})
    for node in (lint, build, test_node.tests):
        result = await run.play(node)
        assert (result["gate"], result["status"]) == (result["gate"], "pass")

    run.write({"shop/__init__.py": "import os\nimport sys\n\n\ndef price(count):\n    return count * 3\n"})
    assert _errors(await run.play(lint)) == [("F401", "shop/__init__.py", 2)]
    result = await run.play(test_node.tests)
    assert _errors(result) == [("test-failed", "tests/test_shop.py", 5)]
    assert "tests/test_shop.py::test_price" in result["findings"][0]["message"]

    run.write({"shop/__init__.py": "def price(count:\n"})
    assert _errors(await run.play(build)) == [("SyntaxError", "shop/__init__.py", 1)]
    run.write(FILES)
    (run.root / "tests" / "test_shop.py").write_text("def test_other(): pass\n")
    assert _errors(await run.play(test_node.tests)) == []
    run.state["gates"] = {}
    assert _errors(await run.play(test_node.tests)) == [("test-lost", None, None)]

    left = {path.relative_to(run.root).as_posix() for path in run.root.rglob("*") if path.is_file()}
    assert left == set(FILES)


async def test_a_flaky_test_is_named_and_does_not_block(start: Callable[[dict[str, str]], Run]) -> None:
    mark = "    mark = pathlib.Path(os.environ['RUFF_CACHE_DIR']).parent / 'mark'\n"
    flaky = f"import os, pathlib\ndef test_a():\n{mark}    if not mark.exists():\n"
    ini = f"[pytest]\naddopts = {WITHOUT_PLUGINS}\n"
    run = start({"pytest.ini": ini, "test_x.py": f"{flaky}        mark.touch()\n        assert 0\n"})
    result = await run.play(test_node.tests)
    assert (result["status"], [one["code"] for one in result["findings"]]) == ("pass", ["test-flaky"])


async def test_the_projects_own_commands_are_what_is_run(start: Callable[[dict[str, str]], Run]) -> None:
    commands = "[commands]\nlint = 'echo shop.py:1: too dear; exit 1'\ntests = ['true', 'no-such-program-here']\n"
    run = start({"backend-developer.toml": commands, "shop.py": "import os\n"})
    assert _errors(await run.play(lint)) == [("error", "shop.py", 1)]
    result = await run.play(test_node.tests)
    assert result["status"] == "error"
    assert "no-such-program-here" in result["reason"]


async def test_a_project_with_its_own_virtualenv_that_lacks_its_linter_is_blocked(
    start: Callable[[dict[str, str]], Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = start({"shop.py": "", "pyproject.toml": "[tool.ruff]\n"})
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(run.root / ".venv")], check=True)
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    with pytest.raises(NoToolchain, match="pip install ruff"):
        await run.play(baseline)
    result = await run.play(build)
    assert result["status"] == "pass"
    assert result["command"].startswith(str(run.root / ".venv"))
