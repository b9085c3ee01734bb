"""A gate's result, made of the commands that were run and of what they found; and how it is told."""

import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from langgraph.runtime import Runtime

from backend_developer.contract import Finding, GateName, GateResult, GateStatus, NoDatabase
from backend_developer.contract.state import State
from backend_developer.nodes.context import Context
from backend_developer.nodes.gates.installs import install_before
from backend_developer.nodes.gates.steps import Ran

logger = logging.getLogger(__name__)

MAX_FINDINGS = 100
"""How many findings are kept one by one."""

Work = Callable[[Context], Awaitable[GateResult]]


async def run_gate(gate: GateName, attempt: int, runtime: Runtime[Context], work: Work) -> GateResult:
    """Do the gate's work, tell its beginning and its end, and note how long it took.

    Surroundings that broke get a second try. A database that cannot be had counts as such; other `Blocked` errors go
    through. What the project depends on is installed first, where the user wants that.
    """
    uninstalled = await install_before(gate, attempt, runtime)
    event = {"event": "gate", "gate": gate, "attempt": attempt}
    runtime.stream_writer(event)
    began = time.perf_counter()
    result = uninstalled or await _tried(gate, runtime.context, work)
    if result.status == "error":
        logger.warning("%s, attempt %d: surroundings broke, once more: %s", gate, attempt, result.reason)
        result = await _tried(gate, runtime.context, work)
    result = result.model_copy(update={"attempt": attempt, "duration_s": round(time.perf_counter() - began, 3)})
    ended: dict[str, Any] = {
        "status": result.status,
        "duration_s": result.duration_s,
        "findings": len(result.errors),
    }
    if result.reason:
        ended["reason"] = result.reason
    runtime.stream_writer({**event, **ended})
    logger.info("%s, attempt %d: %s, %d errors", gate, attempt, result.status, len(result.errors))
    return result


async def _tried(gate: GateName, context: Context, work: Work) -> GateResult:
    try:
        return await work(context)
    except NoDatabase as error:
        return GateResult(gate=gate, status="error", reason=f"{error.message} {error.way_out}")


def before(state: State, gate: GateName) -> GateResult | None:
    """The gate's result on the untouched project; None where there is none."""
    found = (state.get("baseline") or {}).get(gate)
    return GateResult.model_validate(found) if found else None


def skipped(gate: GateName, reason: str) -> GateResult:
    """A gate with nothing to do, which is not a pass."""
    return GateResult(gate=gate, status="skip", reason=reason)


def result(gate: GateName, ran: Sequence[Ran], findings: Sequence[Finding], evidence: dict[str, Any]) -> GateResult:
    """The result of the commands that were run.

    Command, exit code and log are those of the first that did not end well, else of the last; all are in the evidence.
    """
    outcomes = [one.outcome for one in ran if one.outcome]
    shown = next((outcome for outcome in outcomes if not outcome.ok), outcomes[-1] if outcomes else None)
    return GateResult(
        gate=gate,
        status=_status(ran, findings),
        command=shown.command if shown else None,
        exit_code=shown.exit_code if shown else None,
        findings=_bounded(findings, gate),
        log=str(shown.log) if shown else None,
        reason="; ".join(one.error for one in ran if one.error) or None,
        evidence={"steps": [one.evidence() for one in ran], **evidence},
    )


def _status(ran: Sequence[Ran], findings: Sequence[Finding]) -> GateStatus:
    if any(finding.level == "error" for finding in findings):
        return "fail"
    return "error" if any(one.error for one in ran) else "pass"


def _bounded(findings: Sequence[Finding], gate: GateName) -> list[Finding]:
    if len(findings) <= MAX_FINDINGS:
        return list(findings)
    rest = findings[MAX_FINDINGS:]
    level = rest[0].level
    more = Finding(source=gate, code="more", message=f"and {len(rest)} more findings; all are in the log", level=level)
    return [*findings[:MAX_FINDINGS], more]
