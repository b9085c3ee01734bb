import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from backend_developer.contract import Settings
from backend_developer.mcp_servers.client import Servers, ServerSpec, open_servers
from backend_developer.mcp_servers.local import local_servers
from backend_developer.prompts.library import SkillLibrary
from backend_developer.workspace.commands import Executor
from backend_developer.workspace.index import CodeIndex

SCRIPT = Path(__file__).parent / "misbehaving.py"
ASKED = ("context7", "resolve_library_id", {"libraryName": "fastapi"})

Opened = Callable[[ServerSpec], AbstractAsyncContextManager[Servers]]


def spec(mode: str, name: str = "context7") -> ServerSpec:
    return ServerSpec(name, argv=(sys.executable, str(SCRIPT), mode))


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    """Servers of a small project with one configured server; its processes are gone afterwards."""
    root = tmp_path / "project"
    root.mkdir()
    (root / "users.py").write_text("def get_user() -> None: ...\n")

    @asynccontextmanager
    async def servers(one: ServerSpec) -> AsyncIterator[Servers]:
        limits: dict[str, Any] = {"mcp_start_s": 15.0, "mcp_call_s": 15.0}
        if "never-starts" in one.argv:
            limits["mcp_start_s"] = 0.5
        if "hangs" in one.argv:
            limits["mcp_call_s"] = 2.0  # the server at hand has to answer within it too
        settings = Settings(state_dir=tmp_path / "state", **limits)
        index = CodeIndex(root, tmp_path / "index")
        local = local_servers(root, index, SkillLibrary())
        talks = Executor(root, tmp_path / "logs", settings)
        try:
            async with open_servers(root, local, {one.name: one}, talks, settings) as found:
                yield found
        finally:
            index.close()

    yield servers
    living = [p.pid for p in psutil.process_iter() if str(root) in (_folder(p) or "")]
    assert living == []


def _folder(process: psutil.Process) -> str | None:
    try:
        return process.cwd() if process.status() != psutil.STATUS_ZOMBIE else None
    except (psutil.Error, OSError):
        return None


@pytest.mark.parametrize(
    ("mode", "why"),
    [
        ("exits", "its session"),
        ("never-starts", "it has not started within 0.5 s"),
        ("hangs", "no answer in"),
        ("dies", "its session ended"),
        ("too-long", "its session ended"),
        ("polite", "fetch failed"),
        ("error", "public answer"),
    ],
)
async def test_a_server_that_fails_is_replaced_and_the_record_says_why(opened: Opened, mode: str, why: str) -> None:
    async with opened(spec(mode)) as servers:
        record = await servers.call(*ASKED)
    assert record.ok
    assert record.answered_by.startswith("built in, for context7 by python")
    assert why in record.answered_by


@pytest.mark.parametrize("mode", ["never-starts", "hangs"])
async def test_a_server_that_hangs_is_waited_for_once(opened: Opened, mode: str, tmp_path: Path) -> None:
    async with opened(spec(mode)) as servers:
        first = await servers.call(*ASKED)
        again = await servers.call(*ASKED)
    logs = [log.read_text() for log in (tmp_path / "logs").glob("*.log")]
    assert len(logs) == 1
    assert logs[0].count("asked") == (1 if mode == "hangs" else 0)
    assert first.ok
    assert again.answered_by == first.answered_by


async def test_a_missing_program_is_replaced(opened: Opened) -> None:
    async with opened(ServerSpec("context7", argv=("no-such-server",))) as servers:
        record = await servers.call(*ASKED)
    assert record.ok
    assert "there is no program `no-such-server`" in record.answered_by


@pytest.mark.parametrize("mode", ["well", "garbage"])
async def test_an_answer_is_cleaned_and_garbage_is_passed_over(opened: Opened, mode: str) -> None:
    async with opened(spec(mode)) as servers:
        record = await servers.call(*ASKED)
    assert (record.ok, record.answer) == (True, "public answer red\N{REPLACEMENT CHARACTER}")
    assert record.answered_by.startswith("context7 by python")


async def test_ten_megabytes_are_survived_and_bounded(opened: Opened) -> None:
    async with opened(spec("huge")) as servers:
        record = await servers.call(*ASKED)
        assert (await servers.call(*ASKED)).ok
    assert record.ok
    assert len(record.answer) <= 10_000


async def test_a_server_of_the_host_offers_its_tools(opened: Opened) -> None:
    async with opened(spec("well", name="odd")) as servers:
        tools = await servers.tools()
        record = await servers.call("odd", "resolve_library_id", {})
        nobody = await servers.call("nobody", "x", {})
        assert await servers.tools() is tools
    assert [(tool.server, tool.name) for tool in tools[-2:]] == [
        ("odd", "get_library_context"),
        ("odd", "resolve_library_id"),
    ]
    assert record.ok
    assert (nobody.ok, nobody.answered_by, nobody.answer) == (False, "", "there is no server nobody")
