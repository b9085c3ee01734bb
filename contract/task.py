"""The task that an orchestrator hands over."""

import json
import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from backend_developer.contract.errors import InvalidTask

TASK_ID_PATTERN = r"^[A-Za-z0-9._-]{1,64}$"

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def _storable(text: str) -> str:
    if _UNSTORABLE.search(text):
        raise ValueError("contains a NUL or half a surrogate pair, which PostgreSQL cannot store")
    return text


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("is blank: say what is to be done, in any language")
    return text


def _slug(text: str) -> str:
    if not re.fullmatch(TASK_ID_PATTERN, text) or not text.strip("."):
        raise ValueError("must be 1 to 64 characters of A-Z a-z 0-9 . _ - and more than dots")
    return text


def _inside(text: str) -> str:
    path = PurePosixPath(text.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or re.match(r"^[A-Za-z]:", text):
        raise ValueError("must be a path inside the workspace, relative to it")
    return text


Text = Annotated[str, AfterValidator(_storable)]
Line = Annotated[Text, AfterValidator(_not_blank)]
RelativePath = Annotated[Line, AfterValidator(_inside)]


class Task(BaseModel):
    """One job for the agent, as an orchestrator writes it."""

    model_config = ConfigDict(title="Task", extra="forbid", frozen=True)

    task_id: Annotated[str, AfterValidator(_slug)] = Field(
        description="Name of the task, unique within the workspace: 1 to 64 of A-Z a-z 0-9 . _ -",
        examples=["feat-user-api"],
        json_schema_extra={"pattern": TASK_ID_PATTERN},
    )
    main_task: Line = Field(
        description="What is to be done, in any language.", examples=["Create an API for users"], min_length=1
    )
    extras: list[Line] = Field(
        default_factory=list,
        description="Further jobs to do along with the main one.",
        examples=[["Split auth.py into modules"]],
    )
    files_involved: list[RelativePath] = Field(
        default_factory=list,
        description="Files and folders the task is about, relative to the workspace. A hint, not a limit.",
        examples=[["src/api/users/", "src/models/"]],
    )
    requirements: list[Line] = Field(
        default_factory=list,
        description="Conditions that the result must meet.",
        examples=[["Scan the project for duplication"]],
    )
    workspace: Path = Field(
        default_factory=Path.cwd, description="Folder of the project to work on; the current directory by default."
    )

    def dump(self) -> dict[str, Any]:
        """The task as plain JSON, the form in which it travels in the graph's state."""
        return self.model_dump(mode="json")


def parse_task(raw: "str | bytes | Mapping[str, Any] | Task", *, workspace: Path | None = None) -> Task:
    """Read a task from JSON text or a mapping.

    `workspace` is used where the task names none.
    Raises `InvalidTask` with every fault at once.
    """
    if isinstance(raw, Task):
        return raw
    fields = _as_mapping(raw)
    if workspace is not None and fields.get("workspace") is None:
        fields["workspace"] = workspace
    try:
        task = Task.model_validate(fields)
    except ValidationError as error:
        raise InvalidTask([_sentence(fault) for fault in error.errors()]) from None
    return task.model_copy(update={"workspace": task.workspace.expanduser().absolute()})


def _as_mapping(raw: str | bytes | Mapping[str, Any]) -> dict[str, Any]:
    if isinstance(raw, Mapping):
        return dict(raw)
    try:
        value = json.loads(raw)
    except UnicodeDecodeError:
        raise InvalidTask(["the task is not UTF-8 text"]) from None
    except json.JSONDecodeError as error:
        raise InvalidTask([f"not valid JSON: {error.msg} at line {error.lineno}, column {error.colno}"]) from None
    if not isinstance(value, dict):
        raise InvalidTask([f"the task must be a JSON object, not {type(value).__name__}"])
    return value


def _sentence(fault: Mapping[str, Any]) -> str:
    where = ".".join(str(part) for part in fault["loc"])
    if fault["type"] == "extra_forbidden":
        known = ", ".join(Task.model_fields)
        return f"{where}: unknown field; a task has {known}"
    if fault["type"] == "missing":
        return f"{where}: missing"
    return f"{where}: {fault['msg'].removeprefix('Value error, ')}"
