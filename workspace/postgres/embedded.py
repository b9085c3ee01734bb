"""An embedded PostgreSQL server that starts when it is needed and stops when nobody needs it."""

import asyncio
import contextlib
import json
import logging
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

from backend_developer.contract import NoDatabase
from backend_developer.workspace.filelock import FileLock, is_held
from backend_developer.workspace.postgres.cluster import Cluster
from backend_developer.workspace.postgres.connect import answers
from backend_developer.workspace.postgres.installed import Installation

logger = logging.getLogger(__name__)

LINGER_S = 2.0
"""How long the server waits for a next client after the last one is gone."""

_KEEPER = Path(__file__).with_name("keeper.py")
_LIMIT_S = 90.0
_POLL_S = 0.03


class EmbeddedServer:
    """One server for all processes of this machine that name the same folder.

    `ensure` makes this process a client: the server runs until the last client has ended, however it ended.
    """

    def __init__(
        self,
        folder: Path,
        *,
        durable: bool = True,
        linger_s: float = LINGER_S,
        installation: Installation | None = None,
    ) -> None:
        self.cluster = Cluster(folder, durable=durable, installation=installation)
        self._linger_s = linger_s
        self._membership = FileLock(self.cluster.clients_lock, shared=True)
        self._guard: threading.Thread | None = None

    async def ensure(self) -> str:
        """Its DSN, once it answers. May be called again at any time. Raises `NoDatabase`."""
        began = time.monotonic()
        await asyncio.to_thread(self.cluster.lay_out)
        await self._join(began + _LIMIT_S)
        while not await self._running():
            if time.monotonic() > began + _LIMIT_S:
                raise self._given_up()
            if await asyncio.to_thread(is_held, self.cluster.keeper_lock):
                await asyncio.sleep(_POLL_S)
            else:
                await self._start(began + _LIMIT_S)
        self._watch_keeper()
        logger.info("embedded server ready folder=%s took_s=%.3f", self.cluster.folder, time.monotonic() - began)
        return self.cluster.dsn

    async def leave(self, *, wait_s: float = 0.0) -> bool:
        """Stop being a client. True once the server is gone, for which it waits up to `wait_s`."""
        self._membership.release()
        end = time.monotonic() + wait_s
        while await asyncio.to_thread(is_held, self.cluster.keeper_lock):
            if time.monotonic() >= end:
                return False
            await asyncio.sleep(_POLL_S)
        return True

    async def _join(self, end: float) -> None:
        if self._membership.held:
            return
        # While a keeper is stopping its server the lock is its own.
        if not await self._membership.acquire(end - time.monotonic()):
            raise self._given_up()

    async def _running(self) -> bool:
        return await asyncio.to_thread(is_held, self.cluster.keeper_lock) and await answers(self.cluster.dsn)

    async def _start(self, end: float) -> None:
        lock = FileLock(self.cluster.start_lock)
        if not await lock.acquire(end - time.monotonic()):
            raise self._given_up()
        try:
            if not await asyncio.to_thread(is_held, self.cluster.keeper_lock):
                await asyncio.to_thread(self.cluster.create)
                await asyncio.to_thread(self._start_keeper)
        finally:
            lock.release()

    def _start_keeper(self) -> None:
        account = self.cluster.account
        job = {
            "folder": str(self.cluster.folder),
            "data": str(self.cluster.data),
            "argv": self.cluster.argv(),
            "account": [account.uid, account.gid] if account else None,
            "linger_s": self._linger_s,
        }
        result = subprocess.run(  # noqa: TID251 - the executor would end the keeper, which outlives this process
            [sys.executable, "-I", "-S", str(_KEEPER), json.dumps(job)],
            check=False,
            capture_output=True,
            text=True,
            cwd="/",
            env={"PATH": os.defpath},
            timeout=_LIMIT_S,
        )
        logger.info("keeper started folder=%s exit_code=%s", self.cluster.folder, result.returncode)
        if result.returncode != 0:
            raise NoDatabase(
                f"The embedded PostgreSQL in {self.cluster.folder} did not start: {result.stderr.strip()[-500:]}.",
                f"Read {self.cluster.folder / 'postgres.log'}, or set DATABASE_URL to a PostgreSQL server.",
                source="postgres",
            )

    def _watch_keeper(self) -> None:
        if self._guard is None or not self._guard.is_alive():
            self._guard = threading.Thread(target=self._replace_keeper, name="postgres-guard", daemon=True)
            self._guard.start()

    def _replace_keeper(self) -> None:
        """Start another keeper when ours is killed, so that the server is not left without one."""
        while True:
            lock = FileLock(self.cluster.keeper_lock, shared=True)
            with contextlib.suppress(OSError):
                lock.wait()
            lock.release()
            if not self._membership.held or not self.cluster.data.exists():
                return
            logger.warning("the keeper is gone, starting another folder=%s", self.cluster.folder)
            try:
                self._start_keeper()
            except (NoDatabase, OSError, subprocess.SubprocessError):
                logger.exception("no other keeper could be started folder=%s", self.cluster.folder)
                return

    def _given_up(self) -> NoDatabase:
        return NoDatabase(
            f"The embedded PostgreSQL in {self.cluster.folder} did not answer within {_LIMIT_S:.0f} s.",
            f"Read {self.cluster.folder / 'postgres.log'}, or set DATABASE_URL to a PostgreSQL server.",
            source="postgres",
        )
