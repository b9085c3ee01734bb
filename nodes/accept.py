"""Node `accept`: the task comes in.

Reads `task`, and on a thread that has seen one before `accepted`, `report`, `blocked`.
Writes `task` as plain JSON with its whole path, whatever an embedder handed in; `accepted`, `resume_at`, `usage`; and
clears what an earlier task left on the thread.
Raises `InvalidTask` with every fault; whatever keeps the run from opening its workspace is raised on the way in.

The same task on a thread that has ended keeps its report; one that was blocked or cut off goes on where it stood, its
wall clock set back; a new task starts afresh. Needs no context.
"""

import asyncio
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

ENDED = ("success", "failed")


async def accept(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
    """Check the task and decide whether it is new, known or blocked before."""
    # In a thread: where the task names no folder, the system is asked for the current one.
    task = (await asyncio.to_thread(parse_task, state["task"])).dump()
    if state.get("accepted") != task:
        logger.info("new task %s in %s", task["task_id"], task["workspace"])
        return _fresh(task)
    status = (state.get("report") or {}).get("status")
    logger.info("task %s again; it was %s", task["task_id"], status or "unfinished")
    if status in ENDED:
        # Written once more, for langgraph gives back what this very run has written.
        return {"task": task, "resume_at": "end", "report": state["report"]}
    usage = {**state["usage"], "began": time.time()}
    return {"task": task, "blocked": Overwrite({}), "report": {}, "resume_at": _stood_at(state), "usage": usage}


def _fresh(task: dict[str, Any]) -> dict[str, Any]:
    return {
        "task": task,
        "accepted": task,
        "resume_at": "start",
        "baseline": {},
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
    # Once there is a conversation the project may be changed, so a new baseline would excuse what the change broke.
    if not state.get("messages"):
        return "start"
    return "gates" if state.get("finish") else "write"
