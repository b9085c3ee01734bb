"""What the gates lint and build have in common: run all commands, read their findings, judge them."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from backend_developer.contract import Finding, GateResult
from backend_developer.nodes.context import Context
from backend_developer.nodes.gates.judge import judge, known
from backend_developer.nodes.gates.result import result, skipped
from backend_developer.nodes.gates.steps import Job, Ran, plan, run_side_by_side, time_limit
from backend_developer.workspace.toolchains.custom import NAME as CUSTOM

logger = logging.getLogger(__name__)

KNOWN = "known"
"""Where a result keeps the fingerprints of what was found, for the judgement of later ones."""


FALLBACK = "compile"
"""What lint runs where no linter is configured: the first linter of a project takes its place."""


async def check(
    context: Context, kind: Literal["lint", "build"], baseline: GateResult | None, *, reconfigured: bool = False
) -> GateResult:
    """Run the gate's commands and hold against the change what `baseline` did not have.

    A tool that judged the untouched project must still judge it, unless the task itself asks for it to be
    `reconfigured`.
    Raises `NoToolchain` where a tool that the project is configured for is not installed.
    """
    jobs = await plan(context, kind, baseline)
    lost = _lost(kind, jobs, baseline) if baseline and not reconfigured else []
    if not jobs and not lost:
        return skipped(kind, f"no toolchain of ours knows how to {kind} this project")
    ran = await run_side_by_side(context, jobs)
    found = await asyncio.to_thread(_findings, ran, context.workspace.root)
    late = [finding for one in ran for finding in time_limit(one, context.settings.gate_timeout_s)]
    old: Mapping[str, int] = baseline.evidence.get(KNOWN, {}) if baseline else {}
    evidence = {} if baseline else {KNOWN: known(found)}
    return result(kind, ran, [*lost, *late, *judge(found, old)], evidence)


def _lost(kind: str, jobs: Sequence[Job], baseline: GateResult) -> list[Finding]:
    """The project's own commands may take any tool's place: they stand where only its user can write."""
    if any(job.step.tool == CUSTOM for job in jobs):
        return []
    now = {(job.step.tool, job.step.package.root) for job in jobs}
    before = {(step["tool"], step["package"]) for step in baseline.evidence.get("steps", ())}
    return [
        Finding(
            source=f"{kind}/{tool}",
            code="tool-lost",
            message=f"{tool} has judged {package} before the change and is not configured any more: put that back",
        )
        for tool, package in sorted(before - now)
        if (kind, tool) != ("lint", FALLBACK)
    ]


def _findings(ran: Sequence[Ran], root: Path) -> list[Finding]:
    return [
        finding
        for one in ran
        if one.outcome and not one.error
        for finding in one.job.toolchain.findings(one.job.step, one.outcome, root)
    ]
