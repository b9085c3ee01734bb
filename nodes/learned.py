"""What runs learn about a project, kept in the LangGraph store: commands that work, how it starts, conventions.

Written by `report`, by code and from evidence alone; read by `load_skills`, so that the next run's first prompt holds
it. One bounded entry a project. A store that is missing, fails or is slow never stops a run.
"""

import asyncio
import hashlib
import logging
import re
from pathlib import Path
from typing import Any

from langgraph.store.base import BaseStore, GetOp, PutOp
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from backend_developer.contract.findings import GATES
from backend_developer.contract.state import State

logger = logging.getLogger(__name__)

KEY = "learned"
LINE_CHARS = 160
CONVENTIONS = 5
STORE_S = 5.0

_SECRET = re.compile(r"(?i)(passw|secret|token|api_?-?key|credential|bearer )|://[^/\s]*@|\bsk-\w{8}")
_PORT = re.compile(r"(?i)(port[ =]|:)\d{4,5}\b")
_CONVENTIONS = re.compile(r"^## Conventions seen\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)


class Learned(BaseModel):
    """One project's entry."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    commands: dict[str, str] = Field(default_factory=dict, max_length=len(GATES))
    """Gate to the command that last passed."""
    conventions: list[str] = Field(default_factory=list, max_length=CONVENTIONS)

    def lines(self) -> list[str]:
        """For the prompt, each in a line that is bounded whoever wrote the entry."""
        commands = [f"{gate}: {self.commands[gate]}" for gate in GATES if gate in self.commands]
        return [_line(line) for line in [*commands, *self.conventions] if not _SECRET.search(line)]


async def recall(store: BaseStore | None, root: Path) -> list[str]:
    """What earlier runs on this project learned, in lines; none where there is no store or no sound entry."""
    known = await _get(store, root)
    return known.lines() if known else []


async def remember(store: BaseStore | None, root: Path, state: State) -> None:
    """Keep what this run has shown to work, over what was known before."""
    if store is None:
        return
    fresh = learn(state, root)
    known = await _get(store, root) or Learned()
    merged = Learned(commands={**known.commands, **fresh.commands}, conventions=fresh.conventions or known.conventions)
    if merged == known:
        return
    try:
        async with asyncio.timeout(STORE_S):
            await store.abatch([PutOp(await _namespace(root), KEY, merged.model_dump(mode="json"), index=False)])
    except Exception:
        logger.exception("what was learned about %s is not kept", root)


def learn(state: State, root: Path) -> Learned:
    """The commands of the last gates that passed, and the conventions of the scan's digest; secrets are left out."""
    results: list[dict[str, Any]] = [*(state.get("baseline") or {}).values(), *(state.get("gates") or {}).values()]
    commands = {
        result["gate"]: _PORT.sub(r"\1{port}", _line(result["command"].replace(f"{root}/", "")))
        for result in sorted(results, key=lambda result: int(result.get("attempt", 0)))
        if result.get("status") == "pass" and result.get("command") and not _SECRET.search(result["command"])
    }
    found = _CONVENTIONS.search((state.get("scan") or {}).get("digest", ""))
    seen = [line.removeprefix("- ") for line in found[1].splitlines() if line.startswith("- ")] if found else []
    return Learned(
        commands=commands, conventions=[_line(line) for line in seen if not _SECRET.search(line)][:CONVENTIONS]
    )


async def _get(store: BaseStore | None, root: Path) -> Learned | None:
    if store is None:
        return None
    try:
        async with asyncio.timeout(STORE_S):
            (item,) = await store.abatch([GetOp(await _namespace(root), KEY)])
        return Learned.model_validate(getattr(item, "value", None)) if item else None
    except ValidationError as error:
        logger.warning("what was learned about %s is not sound and passed over: %d faults", root, error.error_count())
    except Exception:
        logger.exception("what was learned about %s cannot be read", root)
    return None


async def _namespace(root: Path) -> tuple[str, ...]:
    """A project is known by its folder: two copies may have different commands."""
    place = await asyncio.to_thread(root.resolve)
    digest = hashlib.sha256(str(place).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return "backend_developer", "projects", digest


def _line(text: str) -> str:
    return " ".join(text.replace("\0", "").split())[:LINE_CHARS]
