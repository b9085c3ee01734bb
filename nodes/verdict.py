"""Node `verdict`: judges an attempt by its gates, and nothing else.

Reads `gates`, `attempt`, `finish`, `messages`. Writes `attempt`, `messages`, `finish` where there is another attempt.
Raises `EnvironmentBroken` where a gate could not be run, and `NoToolchain` where no gate could prove anything.
"""

import logging
from typing import Any

from langchain_core.messages import HumanMessage
from langgraph.runtime import Runtime

from backend_developer.contract import GATES, UNPROVEN, EnvironmentBroken, Finding, GateResult, NoToolchain
from backend_developer.contract.state import State
from backend_developer.nodes.context import Context
from backend_developer.nodes.write.conversation import line_of
from backend_developer.nodes.write.repetition import FINDINGS
from backend_developer.prompts import render

logger = logging.getLogger(__name__)

SHOWN = 15
"""Findings of one gate that go back to the model; the rest is counted."""


async def verdict(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
    """Let a red attempt go back with its findings while there are attempts left."""
    attempt, results = state["attempt"], results_of(state)
    broken = [result for result in results if result.status == "error"]
    if broken:
        raise EnvironmentBroken(
            f"The gate {broken[0].gate} could not be run: {broken[0].reason or 'see its log'}.",
            "Mend the surroundings (`backend-developer doctor` tells what is missing) and resume.",
            source=broken[0].gate,
        )
    if is_green(state):
        _refuse_unproven(results)
        logger.info("attempt %d is green", attempt)
        return {}
    attempts = runtime.context.settings.attempts
    logger.info("attempt %d of %d is red: %s", attempt, attempts, [r.gate for r in results if r.status == "fail"])
    if attempt >= attempts:
        return {}
    runtime.stream_writer({"event": "attempt", "attempt": attempt + 1, "of": attempts})
    message = HumanMessage(_message(state, results, attempts), id=f"{FINDINGS}{attempt}")
    return {"attempt": attempt + 1, "finish": {}, "messages": [message]}


def results_of(state: State) -> list[GateResult]:
    """The gates of the present attempt, in their fixed order."""
    found = state.get("gates") or {}
    keys = [f"{state['attempt']}/{gate}" for gate in GATES]
    return [GateResult.model_validate(found[key]) for key in keys if key in found]


def is_green(state: State) -> bool:
    """Whether every gate has run and none is red, and the attempt ended by `finish`."""
    results = results_of(state)
    ran = {result.gate for result in results}
    return ran == set(GATES) and all(r.status in ("pass", "skip") for r in results) and "ended" not in state["finish"]


def faults_of(state: State) -> list[Finding]:
    """What keeps the present attempt from being green."""
    found = [finding for result in results_of(state) if result.status == "fail" for finding in _errors(result)]
    if ended := (state.get("finish") or {}).get("ended"):
        found.append(Finding(source="write", code="attempt-ended", message=f"The model did not finish: {ended}."))
    return found


def unproven_of(state: State) -> list[str]:
    """What of the present attempt no gate could prove, with the gate and the reason."""
    return [f"{one.gate}: {told}" for one in results_of(state) if (told := one.evidence.get(UNPROVEN))]


def _errors(result: GateResult) -> list[Finding]:
    told = Finding(source=result.gate, code="gate-failed", message=result.reason or "failed without a finding")
    return result.errors or [told]


def _refuse_unproven(results: list[GateResult]) -> None:
    if not any(result.status == "pass" for result in results if result.gate != "house_rules"):
        reasons = "; ".join(f"{result.gate}: {result.reason}" for result in results if result.status == "skip")
        raise NoToolchain(
            f"No gate could prove the change ({reasons}).",
            "Name the project's lint, build or test command in backend-developer.toml and resume.",
            source="gates",
        )


def _message(state: State, results: list[GateResult], attempts: int) -> str:
    red = [_gate(result) for result in results if result.status == "fail"]
    if ended := state["finish"].get("ended"):
        told = [f"the attempt was ended: {ended}"]
        red.append({"name": "write", "status": "fail", "command": None, "findings": told, "more": 0})
    passed = [result.gate for result in results if result.status == "pass"]
    return render("findings", attempt=state["attempt"], attempts=attempts, gates=red, passed=passed)


def _gate(result: GateResult) -> dict[str, Any]:
    found = _errors(result)
    return {
        "name": result.gate,
        "status": result.status,
        "command": result.command,
        "findings": [line_of(finding) for finding in found[:SHOWN]],
        "more": max(0, len(found) - SHOWN),
    }
