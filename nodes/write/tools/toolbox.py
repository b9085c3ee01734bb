"""The tools of a run: described, called, bounded, and never run twice."""

import asyncio
import difflib
import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from backend_developer.contract import ToolRefused
from backend_developer.nodes.write.tools.tool import Tool, ToolAnswer
from backend_developer.workspace.journal import Journal
from backend_developer.workspace.text import clip, harmless

logger = logging.getLogger(__name__)

_ROOM_FOR_REMARKS = 2_000
"""Characters beside a command's output, which is within the limit already, for what is said about it."""


class Toolbox:
    """The registry. Reads the tools' descriptions from disk when it is made."""

    def __init__(self, tools: Iterable[Tool[Any]], journal: Journal, *, output_chars: int) -> None:
        self._tools = {tool.name: tool for tool in tools}
        self._journal = journal
        self._limit = output_chars + _ROOM_FOR_REMARKS
        self._specs = [tool.spec() for tool in self._tools.values()]
        self._turn = asyncio.Lock()

    def specs(self) -> list[dict[str, Any]]:
        """OpenAI function definitions, in the order in which the tools were given; the same bytes each time."""
        return self._specs

    def mutates(self, name: str) -> bool:
        """Whether a call of this tool can change anything."""
        tool = self._tools.get(name)
        return tool is not None and tool.mutates

    async def call(self, name: str, args: Mapping[str, Any], call_id: str) -> ToolAnswer:
        """Do what the model asks for, or say why not; never raises for what a model can get wrong.

        `call_id` must be unique in the run, and the same when the call is made again after a crash: a call that
        changed the project is then answered from the journal.
        """
        tool = self._tools.get(name)
        if tool is None:
            return self._bounded(ToolAnswer(self._unknown(name), ok=False))
        try:
            parsed = tool.args.model_validate({key: value for key, value in args.items() if value is not None})
        except ValidationError as error:
            return self._bounded(ToolAnswer(_faulty(tool, error), ok=False))
        if not tool.mutates:
            return self._bounded(await _attempt(tool, parsed, call_id))
        async with self._turn:
            return self._bounded(await self._once(tool, parsed, call_id))

    async def _once(self, tool: Tool[Any], args: BaseModel, call_id: str) -> ToolAnswer:
        known = await self._journal.recall(call_id)
        if known is not None:
            logger.info("%s was done before: call %s", tool.name, call_id)
            return ToolAnswer(known.answer, known.ok)
        answer = await _attempt(tool, args, call_id)
        if answer.ok and not self._journal.ended(call_id):
            await self._journal.remember(call_id, answer.text)
        return answer

    def _bounded(self, answer: ToolAnswer) -> ToolAnswer:
        return ToolAnswer(clip(harmless(answer.text), self._limit), answer.ok)

    def _unknown(self, name: str) -> str:
        near = difflib.get_close_matches(name, self._tools, n=1)
        hint = f" Did you mean `{near[0]}`?" if near else ""
        return f"There is no tool `{name}`.{hint} The tools are: {', '.join(self._tools)}."


async def _attempt(tool: Tool[Any], args: BaseModel, call_id: str) -> ToolAnswer:
    try:
        return await tool.run(args, call_id)
    except ToolRefused as refusal:
        return ToolAnswer(str(refusal), ok=False)
    except OSError as error:
        logger.warning("%s failed: %s", tool.name, error)
        return ToolAnswer(f"{tool.name} failed: {error.strerror or error}. Nothing was changed.", ok=False)


def _faulty(tool: Tool[Any], error: ValidationError) -> str:
    faults = "; ".join(_sentence(fault["loc"], fault["msg"]) for fault in error.errors()[:8])
    return f"{tool.name} was not run: {faults}. Its arguments are: {_signature(tool)}."


def _sentence(loc: Sequence[int | str], message: str) -> str:
    return f"`{'.'.join(map(str, loc))}`: {message.removeprefix('Value error, ')}"


def _signature(tool: Tool[Any]) -> str:
    schema = tool.spec()["function"]["parameters"]
    required = schema.get("required", [])
    named = (
        f"{name}{'' if name in required else '?'} ({part.get('type', 'see its schema')})"
        for name, part in schema.get("properties", {}).items()
    )
    return ", ".join(named) or "none"
