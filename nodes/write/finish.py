"""The call `finish`: the model's word that an attempt is ready for the gates."""

import asyncio
from functools import cache
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from backend_developer.nodes.context import Context
from backend_developer.nodes.gates.runtime import service_of, shows_nothing
from backend_developer.nodes.write.tools.tool import lean
from backend_developer.prompts import text
from backend_developer.workspace.services import Check

FINISH = "finish"


class Finish(BaseModel):
    """Arguments of `finish`."""

    model_config = ConfigDict(extra="forbid")

    summary: str = Field(min_length=1)
    checks: list[Check] = Field(default_factory=list)


@cache
def finish_spec() -> dict[str, Any]:
    """The OpenAI function definition; the same bytes each time."""
    parameters = lean(Finish.model_json_schema())
    return {
        "type": "function",
        "function": {"name": FINISH, "description": text("tools/finish"), "parameters": parameters},
    }


async def read_finish(args: dict[str, Any], context: Context) -> tuple[str, dict[str, Any]]:
    """What to answer, and the attempt's end: empty where the call is refused."""
    try:
        finish = Finish.model_validate(args)
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()[:8])
        return f"Not finished: {faults}. Call `finish` again.", {}
    if shows_nothing(finish.checks) and await asyncio.to_thread(service_of, context) is not None:
        return text("nudges/no_checks"), {}
    checks = [check.model_dump(mode="json", exclude_unset=True) for check in finish.checks]
    return "The gates are running.", {"summary": finish.summary, "checks": checks}
