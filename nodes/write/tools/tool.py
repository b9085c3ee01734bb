"""What a tool is, and how it is described to the model."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from backend_developer.prompts import text

Args = TypeVar("Args", bound=BaseModel)

_NOISE = ("title", "default", "additionalProperties", "description")
"""Keywords that cost tokens and tell a model nothing that names and the tool's own text do not."""


class ToolArgs(BaseModel):
    """Base of a tool's arguments: no others than those named."""

    model_config = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True)
class ToolAnswer:
    """What a call gives back to the model."""

    text: str
    ok: bool = True
    """False where it was refused or failed."""


@dataclass(frozen=True, slots=True)
class Tool(Generic[Args]):
    """One thing that the model can do."""

    name: str
    args: type[Args]
    run: Callable[[Args, str], Awaitable[ToolAnswer]]
    """Gets the arguments and the call's id. Raises `ToolRefused` with what the model can do about it."""
    mutates: bool = False
    """Whether it changes anything: then it runs alone, and never twice for one call id."""
    description: str | None = None
    """By default the text of `prompts/tools/<name>.md`."""
    schema: Mapping[str, Any] | None = None
    """JSON schema of the arguments where it is not that of `args`, as for a tool of an MCP server."""

    def spec(self) -> dict[str, Any]:
        """The OpenAI function definition; the same bytes each time."""
        schema = dict(self.schema) if self.schema is not None else lean(self.args.model_json_schema())
        return {
            "type": "function",
            "function": {
                "name": self.name,
                "description": self.description or text(f"tools/{self.name}"),
                "parameters": schema,
            },
        }


def lean(schema: Any) -> Any:
    """A JSON schema without the noise; properties that are called like a keyword stay."""
    if isinstance(schema, list):
        return [lean(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: {name: lean(part) for name, part in value.items()} if key in ("properties", "$defs") else lean(value)
        for key, value in schema.items()
        if key not in _NOISE
    }
