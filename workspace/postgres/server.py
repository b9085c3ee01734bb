"""Which PostgreSQL is used for what.

Runs are kept on the server that `DATABASE_URL` names, else on an embedded one. Projects under test get databases of
another embedded server, where nothing needs to be synced to disk: a project's migrations can never touch our runs or
the server that they are kept on. Only another
takes that one's place: one that the user names for it, or, for a project that wants an extension which it lacks, one
of ours that is started from a PostgreSQL installed on this machine.
"""

import asyncio
import logging
import threading
from pathlib import Path

from backend_developer.contract import Settings
from backend_developer.workspace.postgres.connect import connect, describe
from backend_developer.workspace.postgres.embedded import EmbeddedServer
from backend_developer.workspace.postgres.installed import Installation
from backend_developer.workspace.postgres.scratch import check_scratch_server

logger = logging.getLogger(__name__)

_servers: dict[Path, EmbeddedServer] = {}
_servers_lock = threading.Lock()


async def ensure_server(settings: Settings) -> str:
    """DSN of the PostgreSQL that keeps the runs; it answers. Raises `NoDatabase`."""
    if settings.database_url is None:
        return await _ensure_embedded(settings.state_dir / "postgres", durable=True)
    dsn = settings.database_url.get_secret_value()
    connection = await connect(dsn, name="backend-developer check")
    await connection.close()
    logger.info("using server where=%s", describe(dsn))
    return dsn


async def ensure_scratch_server(settings: Settings, installation: Installation | None = None) -> str:
    """URL of the PostgreSQL for databases of projects under test; it answers. Raises `NoDatabase`.

    Started from an installation where one is given and the user names no server.
    """
    if settings.scratch_database_url is not None:
        url = settings.scratch_database_url.get_secret_value()
        await check_scratch_server(url)
        return url
    folder = "scratch" if installation is None else f"scratch-{installation.mark}"
    return await _ensure_embedded(settings.state_dir / folder, durable=False, installation=installation)


async def leave_servers(state_dir: Path, *, wait_s: float = 0.0) -> bool:
    """Let go of the embedded servers below this folder before the process ends, as tests do.

    True once they are gone.
    """
    leaving = _forget(state_dir.absolute())  # noqa: ASYNC240 - asks the system for nothing but the current folder
    return all(await asyncio.gather(*(server.leave(wait_s=wait_s) for server in leaving)))


def _forget(state_dir: Path) -> list[EmbeddedServer]:
    with _servers_lock:
        return [_servers.pop(folder) for folder in list(_servers) if folder.parent == state_dir]


async def _ensure_embedded(folder: Path, *, durable: bool, installation: Installation | None = None) -> str:
    server = await asyncio.to_thread(_embedded, folder, durable=durable, installation=installation)
    return await server.ensure()


def _embedded(folder: Path, *, durable: bool, installation: Installation | None) -> EmbeddedServer:
    """The process holds its place as a client as long as it lives, so the object is kept."""
    folder = folder.absolute()
    with _servers_lock:
        if folder not in _servers:
            _servers[folder] = EmbeddedServer(folder, durable=durable, installation=installation)
        return _servers[folder]
