"""Running the commands of a gate: which they are, and how each ended."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from backend_developer.contract import CallFailed, Finding, GateResult
from backend_developer.contract.ports import Outcome
from backend_developer.nodes.context import Context
from backend_developer.workspace.postgres.extensions import refusals, tried_until_had
from backend_developer.workspace.toolchains.base import Step, StepKind, Toolchain
from backend_developer.workspace.toolchains.files import one_look
from backend_developer.workspace.toolchains.make.toolchain import NAME as MAKE
from backend_developer.workspace.toolchains.make.toolchain import MakeToolchain
from backend_developer.workspace.toolchains.placeholders import fill_all, wants_database
from backend_developer.workspace.toolchains.planning import plan_steps

logger = logging.getLogger(__name__)

_NOT_FOUND = (126, 127)
"""What a shell ends with where the command cannot be executed or is not there."""


@dataclass(frozen=True, slots=True)
class Job:
    """A step, and the toolchain that reads its output."""

    toolchain: Toolchain
    step: Step

    @property
    def key(self) -> str:
        """What it is called in evidence: the same before and after the change."""
        command = self.step.argv if isinstance(self.step.argv, str) else self.step.tool
        return f"{self.step.package.root}:{command}"


@dataclass(frozen=True, slots=True)
class Ran:
    """A job that was run; no outcome means that it could not be started."""

    job: Job
    outcome: Outcome | None
    error: str | None = None
    """Why it could not be executed."""

    def evidence(self) -> dict[str, Any]:
        """What is kept of it."""
        package = self.job.step.package
        fields: dict[str, Any] = {"tool": self.job.step.tool, "package": package.root, "toolchain": package.toolchain}
        if self.error:
            fields["error"] = self.error
        if self.outcome:
            fields |= {
                "command": self.outcome.command,
                "exit_code": self.outcome.exit_code,
                "timed_out": self.outcome.timed_out,
                "duration_s": round(self.outcome.duration_s, 3),
                "log": str(self.outcome.log),
            }
        return fields


async def plan(context: Context, kind: StepKind, baseline: GateResult | None) -> list[Job]:
    """The commands of a gate, by the project's present files; which of them win, `planning` says.

    A Makefile that has not judged the untouched package, while something else has, is no measure of the change to it.
    Raises `NoToolchain` where a tool that the project is configured for is not installed.
    """
    before = baseline.evidence.get("steps", ()) if baseline else ()
    judged: dict[str, frozenset[str]] = {}
    for step in (step for step in before if step["tool"] == MAKE):
        folder, target = step["package"], step.get("command", "").rpartition(" ")[2]
        judged[folder] = judged.get(folder, frozenset()) | {target}
    known = [
        replace(one, judged=judged) if before and isinstance(one, MakeToolchain) else one for one in context.toolchains
    ]
    return await asyncio.to_thread(_plan, known, context.workspace.root, kind)


def _plan(toolchains: Sequence[Toolchain], root: Path, kind: StepKind) -> list[Job]:
    with one_look():
        jobs = [Job(*planned) for planned in plan_steps(toolchains, root, kind)]
    logger.info("%s: %s", kind, [job.key for job in jobs])
    return jobs


async def run_side_by_side(context: Context, jobs: Sequence[Job]) -> list[Ran]:
    """All of them, as many at a time as there are processors."""
    slots = asyncio.Semaphore(os.cpu_count() or 1)

    async def in_turn(job: Job) -> Ran:
        async with slots:
            return await run_job(context, job)

    return list(await asyncio.gather(*map(in_turn, jobs)))


async def run_job(context: Context, job: Job) -> Ran:
    """One command, with a fresh database where it wants one, and one that has the extensions which it is refused.

    Raises `NoDatabase` where that cannot be had.
    """
    return await tried_until_had(context.with_extensions, partial(_run_once, context, job), _lacking)


def _lacking(ran: Ran) -> set[str]:
    if ran.outcome is None or ran.outcome.ok or not wants_database(ran.job.step.env):
        return set()
    return {one.name for one in refusals(ran.outcome.output)}


async def _run_once(context: Context, job: Job) -> Ran:
    step = job.step
    if step.writable:
        await asyncio.to_thread(_make_folders, step.writable)
    async with _environment(context, step) as env:
        try:
            outcome = await context.commands.run(
                step.argv,
                cwd=context.workspace.root / step.package.root,
                env=env,
                timeout_s=context.settings.gate_timeout_s,
                writable=step.writable,
            )
        except CallFailed as error:
            logger.warning("%s cannot be started: %s", job.key, error)
            return Ran(job, None, str(error))
    if isinstance(step.argv, str) and outcome.exit_code in _NOT_FOUND:
        return Ran(job, outcome, f"`{step.argv}` cannot be executed: {outcome.output.strip()[-300:]}")
    return Ran(job, outcome)


def time_limit(ran: Ran, limit_s: float) -> list[Finding]:
    """The finding for a command that had to be ended; held against the change whatever was before it, for such a
    command proves nothing.
    """
    if ran.outcome is None or not ran.outcome.timed_out:
        return []
    step = ran.job.step
    message = f"`{ran.outcome.command}` did not end within {limit_s:g} s"
    return [Finding(source=f"{step.kind}/{step.tool}", code="time-limit", message=message)]


def _make_folders(folders: Sequence[Path]) -> None:
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)


@asynccontextmanager
async def _environment(context: Context, step: Step) -> AsyncIterator[dict[str, str]]:
    if not wants_database(step.env):
        yield dict(step.env)
        return
    async with context.scratch_database() as url:
        yield fill_all(step.env, database_url=url)
