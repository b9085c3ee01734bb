"""What a project says about itself in `backend-developer.toml`: commands, rules and how its service starts."""

import logging
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator

from backend_developer.contract import InvalidSettings

logger = logging.getLogger(__name__)

SETTINGS_FILE = "backend-developer.toml"


def _as_tuple(value: object) -> object:
    if isinstance(value, list):
        return tuple(value)
    return (value,) if isinstance(value, str) else value


def _not_blank(value: str) -> str:
    if not value.strip():
        raise ValueError("is blank")
    return value


Word = Annotated[str, AfterValidator(_not_blank)]
Words = Annotated[tuple[Word, ...], BeforeValidator(_as_tuple)]
"""A list of strings; a single one may stand as a plain string."""


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class CommandTable(_Table):
    """`[commands]`: what replaces the toolchain's own commands of a gate."""

    lint: Words = Field(default=(), description="Commands of the gate lint.")
    build: Words = Field(default=(), description="Commands of the gate build.")
    tests: Words = Field(default=(), description="Commands of the gate tests.")
    start: Word | None = Field(default=None, description="The same as `start` in [runtime].")


class GuardTable(_Table):
    """`[guard]`: what the agent may not write."""

    protected: Words = Field(default=(), description="Globs as in .gitignore.")


class HouseRulesTable(_Table):
    """`[house_rules]`: the project's measure for the house rules."""

    max_lines: int = Field(default=300, ge=1, description="Lines that a source file may have.")
    log_prefix: bool = Field(default=True, description="Every function that was written logs as [Module:function].")
    duplicates: Literal["warning", "error", "off"] = Field(
        default="warning", description="Weight of a new function that is a near-copy of an existing one."
    )
    index_files: Literal["warning", "error", "off"] = Field(
        default="warning", description="Weight of an index file that is more than a list of exports, or lacks one."
    )
    exclude: Words = Field(default=(), description="Globs as in .gitignore of files that the rules leave alone.")


class DatabaseTable(_Table):
    """`[database]`: whether and which migrations the gate applies."""

    gate: bool = Field(default=True, description="Apply touched migrations to a real PostgreSQL.")
    exclude: Words = Field(default=(), description="Globs as in .gitignore of files that the gate leaves alone.")


class RuntimeTable(_Table):
    """`[runtime]`: how the service is started and when it is ready.

    `start` and the values of `env` may hold `{port}` and `{database_url}`.
    """

    start: Word | None = Field(default=None, description="Command that starts the service and stays in front.")
    cwd: str = Field(default=".", description="Folder to start it in, relative to the workspace.")
    port_env: Word | None = Field(default=None, description="Variable from which the service reads its port.")
    ready_path: str | None = Field(default=None, description="Path that answers below 400 once the service is ready.")
    database: bool | Word | None = Field(
        default=None,
        description="Whether it gets a scratch PostgreSQL, or the variable that takes its address. "
        "Where it is not set, the toolchain decides.",
    )
    env: dict[str, str] = Field(default_factory=dict, description="Further variables for the service.")

    @field_validator("cwd")
    @classmethod
    def _inside(cls, cwd: str) -> str:
        path = Path(cwd)
        if path.is_absolute() or ".." in path.parts:
            raise ValueError("must be a folder inside the workspace, relative to it")
        return cwd

    @field_validator("ready_path")
    @classmethod
    def _absolute(cls, path: str | None) -> str | None:
        if path is not None and not path.startswith("/"):
            raise ValueError("must begin with /")
        return path


class ProjectSettings(_Table):
    """The whole file; everything in it is optional."""

    python: Word | None = Field(default=None, description="Interpreter of the project, absolute or in the workspace.")
    commands: CommandTable = CommandTable()
    guard: GuardTable = GuardTable()
    house_rules: HouseRulesTable = HouseRulesTable()
    database: DatabaseTable = DatabaseTable()
    runtime: RuntimeTable = RuntimeTable()

    @property
    def start(self) -> str | None:
        """The command that starts the service, where the project names one."""
        return self.runtime.start or self.commands.start


def load_project_settings(root: Path) -> ProjectSettings:
    """Read the project's settings; the defaults where it has no such file.

    Raises `InvalidSettings` with every fault at once.
    """
    path = root / SETTINGS_FILE
    try:
        fields = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return ProjectSettings()
    except tomllib.TOMLDecodeError as error:
        raise InvalidSettings([f"{SETTINGS_FILE}: not valid TOML: {error}"]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidSettings([f"{SETTINGS_FILE}: cannot be read: {error}"]) from None
    settings = _validated(fields)
    logger.info("tables=%s", sorted(fields))
    return settings


def _validated(fields: dict[str, Any]) -> ProjectSettings:
    faults = []
    settings = ProjectSettings()
    try:
        settings = ProjectSettings.model_validate(fields)
    except ValidationError as error:
        faults = [_sentence(fault) for fault in error.errors()]
    if _sets(fields, "commands", "start") and _sets(fields, "runtime", "start"):
        faults.append(f"{SETTINGS_FILE}: start is set in [commands] and in [runtime]: keep one of them")
    if faults:
        raise InvalidSettings(faults)
    return settings


def _sets(fields: Mapping[str, Any], table: str, key: str) -> bool:
    return isinstance(fields.get(table), dict) and key in fields[table]


def _sentence(fault: Mapping[str, Any]) -> str:
    where = ".".join(str(part) for part in fault["loc"])
    prefix = f"{SETTINGS_FILE}: {where}" if where else SETTINGS_FILE
    if fault["type"] == "extra_forbidden":
        return f"{prefix}: unknown key; there are {', '.join(_keys_beside(fault['loc']))}"
    return f"{prefix}: {fault['msg'].removeprefix('Value error, ')}"


def _keys_beside(loc: tuple[int | str, ...]) -> list[str]:
    if len(loc) == 1:
        return list(ProjectSettings.model_fields)
    table = ProjectSettings.model_fields[str(loc[0])].annotation
    assert isinstance(table, type)
    assert issubclass(table, BaseModel)
    return list(table.model_fields)
