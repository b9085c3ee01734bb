"""The rule on places: no tests, which another agent writes, and nothing that the guard protects."""

from collections.abc import Iterable

from backend_developer.contract import Finding
from backend_developer.workspace.guard import Guard


def check_paths(paths: Iterable[str], guard: Guard) -> list[Finding]:
    """Judge the changed paths; the guard keeps them out at every write, this proves that it did."""
    found = [_judge(path, guard) for path in paths]
    return [finding for finding in found if finding]


def _judge(path: str, guard: Guard) -> Finding | None:
    refusal = guard.refusal(path)
    if refusal is None:
        return None
    return Finding(
        source="house_rules",
        code="test-written" if refusal.rule == "tests" else "path-forbidden",
        message=f"{path} {refusal.why}, but differs from before the task: put it back. Instead: {refusal.instead}.",
        file=path,
    )
