"""The one executor: every command of the project under work goes through it."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from backend_developer.contract import Settings
from backend_developer.contract.ports import Outcome
from backend_developer.workspace.commands.launch import Order
from backend_developer.workspace.commands.output import read_output
from backend_developer.workspace.commands.process import Supervised
from backend_developer.workspace.commands.sandbox import probe_sandbox
from backend_developer.workspace.commands.service import RunningService
from backend_developer.workspace.commands.talk import Talk

logger = logging.getLogger(__name__)


class Executor:
    """Runs commands in `root`, each in a process tree of its own that is gone when the command is.

    Whatever is asked for: standard input is empty, the environment is an allow-list, the whole output is in a file of
    `logs`, and where the machine has Landlock, writes are held inside `root`, a private TMPDIR and `cache`.
    """

    def __init__(self, root: Path, logs: Path, settings: Settings, cache: Path | None = None) -> None:
        self._root = root.absolute()
        self._logs = logs.absolute()
        self._settings = settings
        self._cache = None if cache is None else cache.absolute()

    async def run(
        self,
        argv: str | Sequence[str],
        *,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        timeout_s: float | None = None,
        writable: Sequence[Path] = (),
    ) -> Outcome:
        """Run to the end; a string goes through `bash -c`. `writable` are folders beside the workspace.

        On the limit, and when the calling task is cancelled, everything gets TERM and 2 s later KILL. What the command
        leaves running is ended too. Raises `CallFailed` where it cannot be started.
        """
        limit_s = self._settings.command_timeout_s if timeout_s is None else timeout_s
        order = await self._order(argv, cwd, env, writable, limit_s)
        supervised = Supervised(order)
        try:
            await supervised.start()
            ending = await supervised.wait(limit_s)
        finally:
            await supervised.close()
        log = supervised.launched.log
        outcome = Outcome(
            command=order.command,
            exit_code=ending.exit_code,
            timed_out=ending.timed_out,
            duration_s=ending.duration_s,
            output=await asyncio.to_thread(read_output, log, self._settings.output_chars),
            log=log,
            killed=ending.ended,
        )
        logger.info(
            "log=%s exit_code=%s timed_out=%s seconds=%.2f killed=%d",
            log.name,
            outcome.exit_code,
            outcome.timed_out,
            outcome.duration_s,
            outcome.killed,
        )
        return outcome

    async def serve(
        self,
        argv: str | Sequence[str],
        *,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        writable: Sequence[Path] = (),
    ) -> RunningService:
        """Start and return at once, when the program runs. It lives until `stop`, or until this process ends.

        Raises `CallFailed` where it cannot be started.
        """
        order = await self._order(argv, cwd, env, writable, None)
        supervised = Supervised(order)
        try:
            await supervised.start()
            await supervised.running()
        except BaseException:
            await supervised.close()
            raise
        logger.info("log=%s supervisor=%d", supervised.launched.log.name, supervised.launched.pid)
        return RunningService(order.command, supervised, self._settings.output_chars)

    async def talk(
        self, argv: Sequence[str], *, env: Mapping[str, str] | None = None, line_limit: int = 65_536
    ) -> Talk:
        """Start, with byte streams to its standard input and output; its standard error is the log.

        Where the machine has Landlock it can write to its TMPDIR and the cache, not to the workspace.
        A line of its output over `line_limit` bytes raises in the reader. Raises `CallFailed` where it cannot start.
        """
        order = replace(await self._order(argv, None, env, (), None), talks=True)
        supervised = Supervised(order)
        try:
            await supervised.start()
            await supervised.running()
            talk = await Talk.open(order.command, supervised, self._settings.output_chars, line_limit)
        except BaseException:
            await supervised.close()
            raise
        logger.info("log=%s supervisor=%d", supervised.launched.log.name, supervised.launched.pid)
        return talk

    async def _order(
        self,
        argv: str | Sequence[str],
        cwd: Path | None,
        env: Mapping[str, str] | None,
        writable: Sequence[Path],
        limit_s: float | None,
    ) -> Order:
        report = await probe_sandbox(self._settings)
        return Order(
            argv=argv,
            root=self._root,
            logs=self._logs,
            cwd=self._root if cwd is None else self._root / cwd,
            env=env or {},
            limit_s=limit_s,
            cache=self._cache,
            writable=[path.absolute() for path in writable],
            held=report.kind == "landlock",
        )
