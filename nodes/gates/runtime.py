"""Node `runtime`: the service really starts, answers what the model wants checked, logs no crash and stops.

Reads `attempt`, `baseline`, `gates`, `finish`. Writes `gates`, with every request and answer as evidence.
Judged against expectations alone: the baseline starts no service, so one that cannot start is an error, whoever
broke it. A library is imported instead; what was a service before the task may not end as one.
"""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Any

from langgraph.runtime import Runtime

from backend_developer.contract import CallFailed, EnvironmentBroken, Finding, GateResult, GateStatus
from backend_developer.contract.state import State
from backend_developer.nodes.context import Context
from backend_developer.nodes.gates.extensions import refuse_new_needs
from backend_developer.nodes.gates.result import result, run_gate, skipped
from backend_developer.nodes.gates.steps import Job, Ran, run_job, time_limit
from backend_developer.workspace.services import Check, Playback, Stage, choose_service, parse_checks, play
from backend_developer.workspace.services.verdict import fault
from backend_developer.workspace.toolchains import output
from backend_developer.workspace.toolchains.base import ServiceSpec

SERVICE = "service"
"""Where the baseline's build keeps the framework of the service that the untouched project has."""

_NOTHING_THERE = (404, 405)


async def runtime_gate(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
    """Prove this attempt's change on the running service."""
    attempt = state["attempt"]
    proved = await run_gate("runtime", attempt, runtime, partial(_prove_attempt, state=state))
    return {"gates": {f"{attempt}/runtime": proved.dump()}}


async def _prove_attempt(context: Context, state: State) -> GateResult:
    build = state.get("gates", {}).get(f"{state['attempt']}/build", {}).get("status")
    if build in ("fail", "error"):
        return skipped("runtime", "the build gate is red, so there is nothing to start")
    finish = state.get("finish") or {}
    wanted = finish.get("checks", []) if finish and "ended" not in finish else None
    built = (state.get("baseline") or {}).get("build", {})
    was = built.get("evidence", {}).get(SERVICE)
    return await prove(context, wanted, await context.workspace.journal.files_changed(), was=was)


async def prove(
    context: Context, wanted: list[Any] | None, touched: Sequence[str] = (), *, was: str | None = None
) -> GateResult:
    """Start the project's service, or import its packages, and judge it.

    `wanted` are the checks that the model asked for; None where it could not ask for any, or there is no task. `was` is
    the framework of the service before the task.
    Raises `NoDatabase` where the service wants one that cannot be had, `NoToolchain` where what starts it is missing,
    `NoExtension` where the change is the first to want one that the database lacks.
    """
    spec = await asyncio.to_thread(service_of, context, touched)
    if spec is None:
        lost = _unplayed(wanted, was)
        return GateResult(gate="runtime", status="fail", findings=lost) if lost else await _prove_library(context)
    try:
        return await _prove_service(spec, wanted, context)
    except EnvironmentBroken as error:
        return GateResult(gate="runtime", status="error", reason=error.message)


def service_of(context: Context, touched: Sequence[str] = ()) -> ServiceSpec | None:
    """The service that the gate starts and the tool `probe` asks; None for a library. Reads the disk."""
    return choose_service(context.workspace.root, context.toolchains, context.project_settings, touched)


def stage_of(context: Context) -> Stage:
    """What the run's services are played on."""
    return Stage.of(
        context.workspace.root,
        context.commands,
        context.project_settings.runtime,
        context.scratch_database,
        context.with_extensions,
        context.settings,
    )


async def _prove_service(spec: ServiceSpec, wanted: list[Any] | None, context: Context) -> GateResult:
    checks, unread = _read_checks(wanted)
    playback = await play(spec, checks, stage_of(context))
    findings = [*unread, *([] if unread else _demand_checks(wanted, checks)), *playback.findings]
    if not any(finding.level == "error" for finding in findings):
        await refuse_new_needs(context, playback.refused, "runtime")
    return GateResult(
        gate="runtime",
        status=_status(findings, playback),
        reason=playback.unproven or playback.partly,
        command=playback.command,
        exit_code=playback.exit_code,
        findings=findings,
        log=str(playback.log) if playback.log else None,
        evidence=playback.evidence(),
    )


def _status(findings: Sequence[Finding], playback: Playback) -> GateStatus:
    if any(finding.level == "error" for finding in findings):
        return "fail"
    return "skip" if playback.unproven else "pass"


def _read_checks(wanted: list[Any] | None) -> tuple[list[Check], list[Finding]]:
    try:
        return parse_checks(wanted or []), []
    except CallFailed as error:
        return [], [fault("check-invalid", str(error))]


def _unplayed(wanted: list[Any] | None, was: str | None) -> list[Finding]:
    """Why a project without a service cannot be judged as a library."""
    if was:
        message = f"the project had a {was} service, and none can be found to start now: keep its application in place"
        return [fault("service-lost", message)]
    if wanted:
        return [fault("no-service", "checks were given, and there is no service to play them on: `finish` without any")]
    return []


def shows_nothing(checks: Sequence[Check]) -> bool:
    """Whether the checks, if there are any, expect only that nothing is there, which any broken service satisfies."""
    return all(check.expect.status in _NOTHING_THERE for check in checks)


def _demand_checks(wanted: list[Any] | None, checks: Sequence[Check]) -> list[Finding]:
    """A service whose change nobody checked is not finished; it was started all the same."""
    if wanted is None or (wanted and not shows_nothing(checks)):
        return []
    message = (
        "no check shows what was changed: give `finish` checks for it (method, path, json, expect), not 404s alone"
    )
    return [fault("no-checks", message)]


async def _prove_library(context: Context) -> GateResult:
    """Import each package; skipped where there is nothing to import either."""
    jobs = await asyncio.to_thread(_imports, context)
    if not jobs:
        return skipped("runtime", "the project has no service to start and no package to import")
    ran = [await run_job(context, job) for job in jobs]
    findings = [*await asyncio.to_thread(_import_findings, ran, context), *_late(ran, context)]
    return result("runtime", ran, findings, {"library": True})


def _imports(context: Context) -> list[Job]:
    root = context.workspace.root
    found = [
        (toolchain, toolchain.import_check(root, package))
        for toolchain in context.toolchains
        for package in toolchain.packages(root)
    ]
    return [Job(toolchain, step) for toolchain, step in found if step]


def _import_findings(ran: Sequence[Ran], context: Context) -> list[Finding]:
    findings: list[Finding] = []
    for one in ran:
        if one.error or one.outcome is None or one.outcome.ok or one.outcome.timed_out:
            continue
        step = one.job.step
        told = one.job.toolchain.findings(step, one.outcome, context.workspace.root)
        findings += told or [output.unexplained(step, one.outcome)]
    return findings


def _late(ran: Sequence[Ran], context: Context) -> list[Finding]:
    return [finding for one in ran for finding in time_limit(one, context.settings.gate_timeout_s)]
