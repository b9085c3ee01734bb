"""Node `accept`: the task comes in.

Reads `task`, and on a thread that has seen one before `accepted`, `report`, `blocked`.
Writes `accepted`, and clears what an earlier task left on the thread.
Raises `InvalidTask` with every fault; whatever keeps the run from opening its workspace is raised on the way in.

The same task on a thread that has ended keeps its report; one that was blocked goes on where it stood; a new task
starts afresh.
"""

import logging
import time
from typing import Any

from langgraph.runtime import Runtime
from langgraph.types import Overwrite

from backend_developer.contract import parse_task
from backend_developer.contract.analysis import Usage
from backend_developer.contract.state import State
from backend_developer.nodes.context import Context

logger = logging.getLogger(__name__)


async def accept(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
    """Check the task and decide whether it is new, known or blocked before."""
    task = parse_task(state["task"]).dump()
    if state.get("accepted") != task:
        logger.info("new task %s in %s", task["task_id"], task["workspace"])
        return _fresh(task)
    status = (state.get("report") or {}).get("status")
    logger.info("task %s again; it was %s", task["task_id"], status or "unfinished")
    if status == "blocked":
        return {"blocked": Overwrite({}), "report": {}, "resume_at": _stood_at(state)}
    return {"resume_at": "end" if status else "start"}


def _fresh(task: dict[str, Any]) -> dict[str, Any]:
    return {
        "accepted": task,
        "resume_at": "start",
        "analysis": {},
        "scan": {},
        "skills": {},
        "finish": {},
        "report": {},
        "attempt": 1,
        "usage": Usage(began=time.time()).dump(),
        "consult": Overwrite({}),
        "gates": Overwrite({}),
        "blocked": Overwrite({}),
        "messages": Overwrite([]),
    }


def _stood_at(state: State) -> str:
    if not state.get("messages"):
        return "start"
    return "gates" if state.get("finish") else "write"
