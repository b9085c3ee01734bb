"""Where a run goes next: each conditional edge of the graph is one function here.

Asynchronous, though nothing waits: langgraph hands a plain function to a thread at every step.
"""

from typing import Literal

from langgraph.graph import END

from backend_developer.contract.state import State
from backend_developer.nodes.verdict import is_green

BEGIN = ["baseline", "analyze"]
FIRST_GATES = ["house_rules", "lint", "build", "database"]


async def after_accept(state: State) -> list[str]:
    """A new task begins; a blocked one goes on where it stood; one that has ended keeps its report."""
    if state.get("blocked"):
        return ["report"]
    match state["resume_at"]:
        case "write":
            return ["write"]
        case "gates":
            return FIRST_GATES
        case "end":
            return [END]
        case _:
            return BEGIN


async def after_tools(state: State) -> list[str]:
    """Back to the model, or to the gates where the attempt has ended."""
    if state.get("blocked"):
        return ["report"]
    return FIRST_GATES if state.get("finish") else ["write"]


async def after_verdict(state: State) -> Literal["write", "report"]:
    """Green, blocked or out of attempts: report. Else the findings are with the model already."""
    if state.get("blocked") or is_green(state):
        return "report"
    # `verdict` clears `finish` where it grants another attempt.
    return "report" if state.get("finish") else "write"
