"""A service's whole life as evidence: database, preparation, start, checks, log, stop.

The gate `runtime` and the tool `probe` share `play`.
"""

import asyncio
import logging
import shlex
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from backend_developer.contract import CallFailed, Finding, Settings
from backend_developer.contract.ports import Commands
from backend_developer.workspace.migrations.partial import Gaps
from backend_developer.workspace.postgres.extensions import WithExtensions, tried_until_had
from backend_developer.workspace.postgres.stand_ins import used_stand_ins
from backend_developer.workspace.project_settings import RuntimeTable
from backend_developer.workspace.services import service_log, verdict
from backend_developer.workspace.services.checks import Check, parse_checks
from backend_developer.workspace.services.excuse import excuse, excuse_gaps
from backend_developer.workspace.services.launch import Launch, fill_in, free_port
from backend_developer.workspace.services.playback import Answer, Playback
from backend_developer.workspace.services.player import play_checks
from backend_developer.workspace.services.readiness import Died, Ready, Silent, wait_until_ready
from backend_developer.workspace.services.schema import PlainSchema, contradicts, find_schema
from backend_developer.workspace.services.service_log import LogFault
from backend_developer.workspace.services.watch import LogWatch
from backend_developer.workspace.toolchains.base import ServiceSpec

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What a service is played on."""

    root: Path
    commands: Commands
    project: RuntimeTable
    scratch_database: Callable[[], AbstractAsyncContextManager[str]]
    with_extensions: WithExtensions
    start_s: float
    """Limit for the service to listen."""
    prepare_s: float
    """Limit of one command before it."""

    @classmethod
    def of(
        cls,
        root: Path,
        commands: Commands,
        project: RuntimeTable,
        scratch_database: Callable[[], AbstractAsyncContextManager[str]],
        with_extensions: WithExtensions,
        settings: Settings,
    ) -> "Stage":
        """With the limits that the settings give."""
        return cls(
            root=root,
            commands=commands,
            project=project,
            scratch_database=scratch_database,
            with_extensions=with_extensions,
            start_s=settings.service_start_s,
            prepare_s=settings.gate_timeout_s,
        )

    def folder(self, spec: ServiceSpec) -> Path:
        """Where the service is started: as the project says, else in its package."""
        return self.root / (self.project.cwd if self.project.cwd != "." else spec.package.root)


async def probe(raw_checks: object, spec: ServiceSpec | None, stage: Stage) -> str:
    """Play the checks that a model wrote and tell it what came of them.

    Raises `CallFailed` where the checks are none, or there is no service to ask; `NoDatabase` where it wants a
    database that cannot be had.
    """
    if spec is None:
        raise CallFailed("this project has no service that can be started, so there is nothing to probe")
    return (await play(spec, parse_checks(raw_checks), stage)).describe()


async def play(spec: ServiceSpec, checks: Sequence[Check], stage: Stage) -> Playback:
    """Start the service on a free port, send the checks, read its log, stop it; nothing of it is alive afterwards.

    The project's plain SQL migrations are applied first, unless the service does it. Where PostgreSQL's words show that
    this was misjudged, it is played once more the other way; where they refuse an extension that another one at hand
    has, once more there.
    Raises `NoDatabase` where it wants a database that cannot be had, `EnvironmentBroken` where no port is free.
    """
    return await tried_until_had(stage.with_extensions, partial(_play, spec, checks, stage), _lacking)


def _lacking(playback: Playback) -> set[str]:
    return {one.name for one in playback.refused}


async def _play(spec: ServiceSpec, checks: Sequence[Check], stage: Stage) -> Playback:
    schema = await asyncio.to_thread(find_schema, stage.root, spec)
    apply = bool(schema.folders) and not schema.by_service
    playback = await _play_on_a_port(spec, checks, stage, schema if apply else None)
    if schema.folders and contradicts(playback, applied=apply):
        logger.warning("the service %s its migrations by itself", "applies" if apply else "does not apply")
        other = await _play_on_a_port(spec, checks, stage, None if apply else schema)
        playback = playback if contradicts(other, applied=not apply) else other
    return playback


async def _play_on_a_port(
    spec: ServiceSpec, checks: Sequence[Check], stage: Stage, schema: PlainSchema | None
) -> Playback:
    playback = await _play_once(spec, checks, stage, schema)
    if _lost_its_port(playback):
        logger.warning("another process took the port; trying another one")
        playback = await _play_once(spec, checks, stage, schema)
    return replace(playback, migrated=schema.files) if schema else playback


def _lost_its_port(playback: Playback) -> bool:
    told = playback.log_tail.lower()
    return playback.url is None and ("address already in use" in told or "eaddrinuse" in told)


async def _play_once(spec: ServiceSpec, checks: Sequence[Check], stage: Stage, schema: PlainSchema | None) -> Playback:
    async with _database(spec, stage) as url:
        port = await asyncio.to_thread(free_port)
        launch = fill_in(spec, cwd=stage.folder(spec), port=port, database_url=url)
        await asyncio.to_thread(_make_folders, launch.writable)
        gaps = Gaps()
        if url and schema and (finding := await schema.apply(url, gaps)):
            return excuse(Playback(command=_typed(launch), findings=(finding,)))
        try:
            playback = await _prepare(launch, stage) or await _run(launch, checks, stage)
        except CallFailed as error:
            return Playback(command=_typed(launch), findings=(verdict.fault("start-failed", str(error)),))
        played = excuse(replace(playback, stand_ins=await used_stand_ins(url)) if url else playback)
        return excuse_gaps(played, gaps)


def _make_folders(folders: Sequence[Path]) -> None:
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)


@asynccontextmanager
async def _database(spec: ServiceSpec, stage: Stage) -> AsyncIterator[str | None]:
    if not spec.wants_database:
        yield None
        return
    async with stage.scratch_database() as url:
        yield url


async def _prepare(launch: Launch, stage: Stage) -> Playback | None:
    """Run the commands before the service; the end of the story where one fails."""
    for command in launch.prepare:
        outcome = await stage.commands.run(
            command, cwd=launch.cwd, env=launch.env, timeout_s=stage.prepare_s, writable=launch.writable
        )
        if outcome.ok:
            continue
        ended = "did not end in time" if outcome.timed_out else f"ended with exit code {outcome.exit_code}"
        logger.error("%s %s", outcome.command, ended)
        faults, tail = await _read_log(outcome.log, [], launch, stage)
        finding = verdict.failed_start("prepare-failed", f"{outcome.command} {ended}", faults, tail)
        return Playback(
            command=outcome.command,
            findings=(finding,),
            exit_code=outcome.exit_code,
            log=outcome.log,
            log_tail=tail,
        )
    return None


async def _run(launch: Launch, checks: Sequence[Check], stage: Stage) -> Playback:
    service = await stage.commands.serve(launch.argv, cwd=launch.cwd, env=launch.env, writable=launch.writable)
    watch = LogWatch(service)
    began = time.monotonic()
    answers: list[Answer] = []
    try:
        ready = await wait_until_ready(service, launch.port, limit_s=stage.start_s, ready_path=stage.project.ready_path)
        ready_s = time.monotonic() - began
        if isinstance(ready, Ready):
            answers = await play_checks(ready.url, checks, watch)
        exited = service.exited()
        await watch.before()
    finally:
        outcome = await service.stop()
    faults, tail = await _read_log(service.log, watch.marks, launch, stage)
    findings = _judge(ready, exited, answers, faults, tail)
    logger.info("ready=%s answers=%d findings=%d", type(ready).__name__, len(answers), len(findings))
    return Playback(
        command=outcome.command,
        findings=(*findings, *verdict.judge_stop(outcome)),
        answers=tuple(answers),
        url=ready.url if isinstance(ready, Ready) else None,
        ready_s=round(ready_s, 3) if isinstance(ready, Ready) else None,
        exit_code=outcome.exit_code if exited is None else exited,
        log=service.log,
        log_tail=tail,
    )


async def _read_log(log: Path, marks: Sequence[int], launch: Launch, stage: Stage) -> tuple[list[LogFault], str]:
    faults = await asyncio.to_thread(service_log.find_faults, log, marks, stage.root, launch.cwd)
    return faults, await asyncio.to_thread(service_log.tail, log)


def _judge(
    ready: Ready | Died | Silent,
    exited: int | None,
    answers: Sequence[Answer],
    faults: Sequence[LogFault],
    tail: str,
) -> list[Finding]:
    if isinstance(ready, Died):
        message = f"the service ended with exit code {ready.exit_code} before it listened"
        return [verdict.failed_start("service-died", message, faults, tail)]
    if isinstance(ready, Silent):
        return [verdict.failed_start("service-silent", f"the service did not get ready: {ready.reason}", faults, tail)]
    findings = [*verdict.judge_answers(answers, faults), *verdict.judge_log(faults, answers)]
    if exited is not None:
        last = f" after {answers[-1].request}" if answers else ""
        message = f"the service ended by itself with exit code {exited}{last}"
        findings.insert(0, verdict.failed_start("service-died", message, faults, tail))
    return findings


def _typed(launch: Launch) -> str:
    return launch.argv if isinstance(launch.argv, str) else shlex.join(launch.argv)
