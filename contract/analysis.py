"""What the model makes of a task before anything is written."""

from contextlib import suppress
from typing import Annotated, Any, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator

NEED_CHARS = 200
"""Of a need, which is to be one sentence."""


def _listed(value: object) -> object:
    """What models write for a list: nothing for an empty one, the thing itself for one of one."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


class Reuse(BaseModel):
    """Something that the task needs and that the project may already have."""

    model_config = ConfigDict(title="reuse", frozen=True, extra="ignore")

    need: str = Field(description="What it does, in one English sentence.")
    names: Annotated[list[str], BeforeValidator(_listed)] = Field(
        default_factory=list, description="Names that code for it may bear."
    )

    @field_validator("need")
    @classmethod
    def _on_one_line(cls, need: str) -> str:
        return " ".join(need.split())[:NEED_CHARS]


def _usable(value: object) -> object:
    """An entry that does not fit is left out: it is no reason to have the whole analysis written again."""
    entries = [{"need": one} if isinstance(one, str) else one for one in cast("list[Any]", _listed(value))]
    fitting = []
    for entry in entries:
        with suppress(ValidationError):
            fitting.append(Reuse.model_validate(entry))
    return [one for one in fitting if one.need]


class Analysis(BaseModel):
    """The answer of the node `analyze`."""

    model_config = ConfigDict(title="analysis", frozen=True, extra="ignore")

    summary: str = Field(description="The task in one or two sentences, in the task's language.")
    requirements: list[str] = Field(default_factory=list, description="What the result must do, one point each.")
    acceptance: list[str] = Field(
        default_factory=list, description="How each point can be seen to work on the running project."
    )
    plan: list[str] = Field(default_factory=list, description="Steps in order, files named.")
    keywords: list[str] = Field(
        default_factory=list, description="English identifiers to search the code for: nouns and verbs of the task."
    )
    reuse: Annotated[list[Reuse], BeforeValidator(_usable)] = Field(
        default_factory=list, description="What the task needs that code of the project may already do."
    )
    database: bool = Field(default=False, description="Tables, queries or migrations are touched.")
    api: bool = Field(default=False, description="An endpoint or its contract is touched.")
    rag: bool = Field(default=False, description="Retrieval, vectors or embeddings are touched.")
    performance: bool = Field(default=False, description="Speed or memory is the point.")
    complex: bool = Field(default=False, description="Several parts depend on each other, or the wording is unclear.")

    def dump(self) -> dict[str, Any]:
        """As plain JSON, the form in which it travels in the graph's state."""
        return self.model_dump(mode="json")


class Names(BaseModel):
    """What code for a need may be called."""

    model_config = ConfigDict(title="names", frozen=True, extra="ignore")

    names: Annotated[list[str], BeforeValidator(_listed)] = Field(
        description="As unlike each other as the words that people choose."
    )


class Serving(BaseModel):
    """What of the candidates for one need serves it."""

    model_config = ConfigDict(title="serving", frozen=True, extra="ignore")

    need: int = Field(description="Number of the need, from 1.")
    serves: Annotated[list[int], BeforeValidator(_listed)] = Field(
        default_factory=list, description="Numbers of the candidates, the best first."
    )


class Choice(BaseModel):
    """The answer of the node `scan`: what of all that the index found is worth reusing."""

    model_config = ConfigDict(title="choose", frozen=True, extra="ignore")

    choices: Annotated[list[Serving], BeforeValidator(_listed)] = Field(description="One entry for each need.")


class Usage(BaseModel):
    """What a task has used up of the model; sums over all attempts and resumptions."""

    model_config = ConfigDict(title="Usage", frozen=True, extra="forbid")

    calls: int = Field(default=0, description="Model calls.")
    tokens_in: int = Field(default=0, description="Tokens sent.")
    tokens_cached: int = Field(default=0, description="Of these, tokens that the server had cached.")
    tokens_out: int = Field(default=0, description="Tokens received.")
    cost_usd: str = Field(default="0", description="Cost by the prices in the settings, as a decimal.")
    last_in: int = Field(default=0, description="Tokens sent with the last call of the write loop.")
    compacted_at: int = Field(default=0, description="Number of the call before which the conversation was compacted.")
    crowded: int = Field(default=0, description="Compactions in a row that were needed again at once.")
    began: float = Field(default=0.0, description="When the task began, in seconds since the epoch.")

    def dump(self) -> dict[str, Any]:
        """As plain JSON, the form in which it travels in the graph's state."""
        return self.model_dump(mode="json")
