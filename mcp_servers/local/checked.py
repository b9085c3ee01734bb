"""Tools whose arguments are checked before they are answered."""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from backend_developer.contract import CallFailed
from backend_developer.mcp_servers.local.server import LocalTool
from backend_developer.prompts import text

logger = logging.getLogger(__name__)

MOST_FAULTS = 8

Args = TypeVar("Args", bound=BaseModel)


class ToolArgs(BaseModel):
    """Base of a tool's arguments: no others than those named."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


def checked_tool(
    name: str, args: type[Args], answer: Callable[[Args], Awaitable[str]], *, offered: bool = True
) -> LocalTool:
    """A tool described by `prompts/mcp/<name>.md`; its schema is that of `args`, under the names that callers use."""
    schema = _plain(args.model_json_schema())

    async def checked(given: Mapping[str, Any]) -> str:
        # Models send null for what they leave out.
        said = {key: value for key, value in given.items() if value is not None}
        try:
            parsed = args.model_validate(said)
        except ValidationError as error:
            raise CallFailed(_faulty(name, schema, error)) from None
        logger.info("tool=%s arguments=%s", name, sorted(said))
        return await answer(parsed)

    return LocalTool(name, text(f"mcp/{name.replace('-', '_')}"), schema, checked, offered)


def _plain(schema: dict[str, Any]) -> dict[str, Any]:
    """Without the titles and nulls that pydantic adds: they say nothing that a caller needs."""
    return {
        "type": "object",
        "properties": {name: _property(part) for name, part in schema.get("properties", {}).items()},
        "required": schema.get("required", []),
        "additionalProperties": False,
    }


def _property(part: Mapping[str, Any]) -> dict[str, Any]:
    inner: Mapping[str, Any] = next((one for one in part.get("anyOf", []) if one.get("type") != "null"), {})
    return {key: value for key, value in {**part, **inner}.items() if key not in {"anyOf", "default", "title"}}


def _faulty(name: str, schema: Mapping[str, Any], error: ValidationError) -> str:
    faults = "; ".join(_sentence(fault["loc"], fault["msg"]) for fault in error.errors()[:MOST_FAULTS])
    return f"{name} was not called: {faults}. Its arguments are: {_signature(schema)}."


def _sentence(loc: Sequence[int | str], message: str) -> str:
    return f"`{'.'.join(map(str, loc))}`: {message.removeprefix('Value error, ')}"


def _signature(schema: Mapping[str, Any]) -> str:
    required = schema["required"]
    return ", ".join(
        f"{name}{'' if name in required else '?'} ({_kind(part)})" for name, part in schema["properties"].items()
    )


def _kind(part: Mapping[str, Any]) -> str:
    return " | ".join(f'"{one}"' for one in part["enum"]) if "enum" in part else str(part.get("type", "any"))
