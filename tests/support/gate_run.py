"""The baseline and the gates over a real project, with the real executor and toolchains behind them."""

import asyncio
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from backend_developer.contract import load_settings
from backend_developer.nodes.baseline import baseline
from backend_developer.nodes.gates import tests as test_node
from backend_developer.nodes.gates.build import build
from backend_developer.nodes.gates.lint import lint
from backend_developer.nodes.gates.runtime import runtime_gate
from backend_developer.workspace.commands import Executor
from backend_developer.workspace.project_settings import load_project_settings
from backend_developer.workspace.toolchains import toolchains_for
from tests.support.postgres import no_extensions

Place = tuple[str | None, int | None]


class GateRun:
    """One task's run over a project, without a model: changes are written by the test."""

    def __init__(self, root: Path, state_dir: Path) -> None:
        self.root = root
        self._changed: dict[str, str] = {}
        self.state: Any = {"attempt": 1, "gates": {}}
        settings = load_settings(state_dir=state_dir, gate_timeout_s=100, service_start_s=20)
        project = load_project_settings(root)
        self.context: Any = SimpleNamespace(
            settings=settings,
            commands=Executor(root, state_dir / "logs", settings),
            workspace=SimpleNamespace(
                root=root,
                warm=lambda: asyncio.sleep(0),
                journal=SimpleNamespace(
                    files_changed=lambda: asyncio.sleep(0, []), before=lambda _: asyncio.sleep(0, [])
                ),
            ),
            project_settings=project,
            toolchains=toolchains_for(root, state_dir / "gates", project),
            scratch_database=_no_database,
            with_extensions=no_extensions,
            installer=None,
        )

    def change(self, path: str, old: str, new: str) -> None:
        """Replace a text that stands once in a file."""
        text = (self.root / path).read_text()
        assert text.count(old) == 1
        self._changed.setdefault(path, text)
        (self.root / path).write_text(text.replace(old, new))

    def put_back(self) -> None:
        """Undo all changes; what the baseline has found stays."""
        for path, text in self._changed.items():
            (self.root / path).write_text(text)
        self._changed.clear()
        self.state["gates"] = {}

    async def play(self, node: Any) -> dict[str, Any]:
        """Run a node; its result, or for the baseline those of all gates."""
        written: dict[str, Any] = await node(
            self.state, SimpleNamespace(context=self.context, stream_writer=lambda _: None)
        )
        if "baseline" in written:
            self.state["baseline"] = written["baseline"]
            return dict(written["baseline"])
        self.state["gates"] |= written["gates"]
        return dict(next(iter(written["gates"].values())))

    async def gates(self, *checks: dict[str, Any]) -> dict[str, dict[str, Any]]:
        """Lint, build, tests and runtime, in the graph's order, with the checks that a model would have asked for."""
        self.state["finish"] = {"checks": list(checks)}
        nodes = {"lint": lint, "build": build, "tests": test_node.tests, "runtime": runtime_gate}
        return {name: await self.play(node) for name, node in nodes.items()}

    async def before(self) -> dict[str, dict[str, Any]]:
        """The baseline."""
        return await self.play(baseline)


def statuses(results: dict[str, dict[str, Any]]) -> dict[str, str]:
    """Gate to status."""
    return {gate: result["status"] for gate, result in results.items()}


def errors(result: dict[str, Any]) -> list[tuple[str, str, Place]]:
    """Source, code and place of what blocks."""
    return [
        (one["source"], one["code"], (one.get("file"), one.get("line")))
        for one in result.get("findings", ())
        if one["level"] == "error"
    ]


@asynccontextmanager
async def _no_database() -> Any:
    raise AssertionError("no database was asked for")
    yield
