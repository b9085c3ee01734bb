"""The gate `database` on a small project that a test writes, before and after a change, on a real PostgreSQL.

judge = pytest.fixture(database_judge)
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from backend_developer.contract import Settings, load_settings
from backend_developer.nodes.gates.database import database
from backend_developer.workspace.commands import Executor
from backend_developer.workspace.postgres import ensure_scratch_server, scratch_database
from backend_developer.workspace.profile import detect
from backend_developer.workspace.project_settings import load_project_settings
from backend_developer.workspace.toolchains import toolchains_for
from tests.support.postgres import no_extensions

Files = dict[str, str]
Judge = Callable[..., Awaitable[dict[str, Any]]]


class _Journal:
    """What the journal says of a change, kept in memory."""

    def __init__(self, before: Files, after: Files) -> None:
        self._before = before
        self._paths = sorted(path for path in {*before, *after} if before.get(path) != after.get(path))

    async def files_changed(self) -> list[str]:
        return self._paths

    async def before(self, paths: Sequence[str]) -> list[bytes | None]:
        return [self._before[path].encode() if path in self._before else None for path in paths]


async def database_judge(tmp_path: Path, state_dir: Path) -> Judge:
    """Judges a change: files before it, and files that it writes or (None) deletes."""
    server = await ensure_scratch_server(load_settings(state_dir=state_dir))

    @asynccontextmanager
    async def scratch() -> AsyncIterator[str]:
        async with scratch_database(server, "test") as url:
            yield url

    async def judge(
        before: Files,
        change: dict[str, str | None],
        *,
        named: tuple[str, ...] = (),
        database_of: Any = scratch,
        with_extensions: Any = no_extensions,
    ) -> dict[str, Any]:
        after = {path: text for path, text in {**before, **change}.items() if text is not None}
        root = tmp_path / "project"
        for path, text in after.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text)
        settings = load_project_settings(root)
        context = SimpleNamespace(
            settings=Settings(gate_timeout_s=60),
            commands=Executor(root, tmp_path / "state" / "logs", Settings()),
            workspace=SimpleNamespace(root=root, journal=_Journal(before, after)),
            project_settings=settings,
            profile=detect(root),
            toolchains=toolchains_for(root, tmp_path / "state" / "scratch", settings),
            scratch_database=database_of,
            with_extensions=with_extensions,
            installer=None,
        )
        (tmp_path / "state" / "scratch").mkdir(parents=True, exist_ok=True)
        runtime: Any = SimpleNamespace(context=context, stream_writer=lambda _: None)
        state: Any = {"attempt": 1, "task": {"files_involved": list(named)}}
        made: dict[str, Any] = (await database(state, runtime))["gates"]["1/database"]
        return made

    return judge


def errors(result: dict[str, Any]) -> list[tuple[str, str | None, int | None]]:
    """Code, file and line of what blocks."""
    return [(one["code"], one.get("file"), one.get("line")) for one in result["findings"] if one["level"] == "error"]


def warnings(result: dict[str, Any]) -> set[str]:
    """The codes of what is told and does not block."""
    return {one["code"] for one in result["findings"] if one["level"] == "warning"}
