"""A fresh database for a gate, and the server of its own that it would need otherwise."""

import asyncio
import tempfile
import time
from pathlib import Path

from backend_developer.contract import Settings
from backend_developer.workspace.postgres import ensure_scratch_server, scratch_database
from backend_developer.workspace.postgres.embedded import EmbeddedServer


async def fresh_database(settings: Settings) -> float:
    """Seconds until a gate has its database, as it asks for one; the server runs already."""
    began = time.perf_counter()
    async with scratch_database(await ensure_scratch_server(settings), "benchmark"):
        return time.perf_counter() - began


async def new_server() -> float:
    """Seconds of `initdb` and the start of a server that syncs nothing, its binaries laid out before."""
    with tempfile.TemporaryDirectory(prefix="bdpg-") as folder:
        Path(folder).chmod(0o711)
        server = EmbeddedServer(Path(folder) / "server", durable=False, linger_s=0.0)
        await asyncio.to_thread(server.cluster.lay_out)
        await asyncio.to_thread(server.cluster.binaries)
        began = time.perf_counter()
        await server.ensure()
        took = time.perf_counter() - began
        if not await server.leave(wait_s=20):
            raise RuntimeError("the server did not stop")
    return took
