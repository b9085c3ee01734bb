"""What the gates of an attempt said, as it stands in the state."""

from typing import Any

from backend_developer.contract import GATES, Finding, GateResult

DONE: dict[str, Any] = {"summary": "done", "checks": []}


def finding(number: int = 1, **fields: Any) -> Finding:
    """One of several findings that differ by their number."""
    usual = {"source": "lint/ruff", "code": "F401", "message": f"unused {number}", "file": "a.py", "line": 3}
    return Finding.model_validate(usual | fields)


def gates(attempt: int = 1, /, **statuses: Any) -> dict[str, Any]:
    """All gates of an attempt; those not named pass. A list of findings is a red gate."""
    results = {}
    for gate in GATES:
        said = statuses.get(gate, "pass")
        fields = {"status": said} if isinstance(said, str) else {"status": "fail", "findings": said}
        made = GateResult(gate=gate, attempt=attempt, command=f"{gate} .", reason=f"why {gate}", **fields)
        results[f"{attempt}/{gate}"] = made.dump()
    return results
