"""What the model wants verified on the running service."""

import logging
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from backend_developer.contract import CallFailed

logger = logging.getLogger(__name__)

MAX_CHECKS = 50
SHAPE = '{"method", "path", "json"?, "headers"?, "expect": {"status", "contains"?}}'


def _absolute(path: str) -> str:
    if not path.startswith("/") or path.startswith("//"):
        raise ValueError("must begin with one / and name no host: the service runs here")
    return path


def _not_500(status: int) -> int:
    if status == 500:
        raise ValueError("a 500 is a crash, never what is wanted; expect the status that the task asks for")
    return status


class Expect(BaseModel):
    """What the answer has to be."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    status: Annotated[int, AfterValidator(_not_500)] = Field(ge=100, le=599, description="Status of the answer.")
    contains: str | None = Field(
        default=None, description="Text that stands in the body; how JSON is spaced or escaped makes no difference."
    )


class Check(BaseModel):
    """One request and what is expected of its answer.

    A later check can use the JSON of an earlier answer in its path, headers, JSON and `contains`: `{last.id}` is the
    field `id` of the answer before it, `{1.items.0.id}` goes by the number of the check, from 1. A JSON string that
    is nothing but such a reference becomes the value itself, a number stays a number.
    With the header `Content-Type: application/x-www-form-urlencoded` the JSON object is sent as a form.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True)

    method: Annotated[
        Literal["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"],
        BeforeValidator(lambda value: value.upper() if isinstance(value, str) else value),
    ]
    path: Annotated[str, AfterValidator(_absolute)]
    body: Any = Field(default=None, alias="json")
    headers: dict[str, str] = Field(default_factory=dict)
    expect: Expect

    @property
    def has_body(self) -> bool:
        """Whether it sends JSON; `null` is JSON too."""
        return "body" in self.model_fields_set


_CHECKS = TypeAdapter(Annotated[list[Check], Field(max_length=MAX_CHECKS)])


def parse_checks(raw: object) -> list[Check]:
    """Read the checks that a model wrote.

    Raises `CallFailed` with every fault at once and the shape that a check has.
    """
    try:
        checks = _CHECKS.validate_python(raw)
    except ValidationError as error:
        faults = "\n".join(f"- {_sentence(fault)}" for fault in error.errors())
        raise CallFailed(f"these checks cannot be played:\n{faults}\nA check is {SHAPE}.") from None
    logger.info("checks=%d", len(checks))
    return checks


def _sentence(fault: Mapping[str, Any]) -> str:
    number, *where = fault["loc"] or ("checks",)
    subject = f"check {number + 1}" if isinstance(number, int) else str(number)
    names = ".".join(str(part) for part in where)
    return f"{subject}{': ' if names else ''}{names}: {fault['msg'].removeprefix('Value error, ')}"
