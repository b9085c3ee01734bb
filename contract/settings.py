"""Every default of the product, in one place."""

import os
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

import platformdirs
from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from backend_developer.contract.errors import InvalidSettings

ENV_PREFIX = "BACKEND_DEVELOPER_"


def default_state_dir() -> Path:
    """The folder for runs, logs and the embedded PostgreSQL.

    As root it is below /var/lib: PostgreSQL runs as another user then, and must reach its files through every
    parent folder, which the home folder of root does not allow.
    """
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return Path("/var/lib/backend-developer")
    return platformdirs.user_state_path("backend-developer")


class Settings(BaseSettings):
    """What a user can set, each as `BACKEND_DEVELOPER_<NAME>` in the environment."""

    model_config = SettingsConfigDict(env_prefix=ENV_PREFIX, frozen=True, extra="forbid", populate_by_name=True)

    model: str = Field(default="openai:gpt-5.2", description="Model, as `provider:name` for init_chat_model.")
    base_url: str | None = Field(
        default=None,
        validation_alias=AliasChoices(f"{ENV_PREFIX}BASE_URL", "OPENAI_BASE_URL", "base_url"),
        description="Address of an OpenAI-compatible server.",
    )
    api_key: SecretStr | None = Field(
        default=None,
        validation_alias=AliasChoices(f"{ENV_PREFIX}API_KEY", "OPENAI_API_KEY", "api_key"),
        description="Key for the model's server.",
    )
    record: Path | None = Field(default=None, description="Write the model's answers to this cassette.")
    replay: Path | None = Field(default=None, description="Take the model's answers from this cassette.")
    stream: bool = Field(default=False, description="Ask the model to stream its answers.")
    model_timeout_s: float = Field(default=180.0, gt=0, description="Limit of one model request.")
    model_retries: int = Field(default=4, ge=0, description="Retries of a request that failed in passing.")

    database_url: SecretStr | None = Field(
        default=None,
        validation_alias=AliasChoices(f"{ENV_PREFIX}DATABASE_URL", "DATABASE_URL", "database_url"),
        description="PostgreSQL for runs; an embedded one starts by itself where this is not set.",
    )
    scratch_database_url: SecretStr | None = Field(
        default=None,
        description="PostgreSQL for projects under test: databases are made and dropped there, no other is touched; "
        "without it an embedded one.",
    )
    installed_postgres: bool = Field(
        default=True,
        description="Take a PostgreSQL that is installed here for a project under test which wants an extension that "
        "the embedded one lacks.",
    )
    state_dir: Path = Field(
        default_factory=default_state_dir, description="Folder for logs, the journal and the embedded PostgreSQL."
    )

    attempts: int = Field(default=3, ge=1, le=3, description="Attempts before the task goes back, 3 at most.")
    max_model_calls: int = Field(default=200, ge=1, description="Budget of model calls a task.")
    max_tokens: int = Field(default=5_000_000, ge=1, description="Budget of tokens a task, in and out.")
    max_cost_usd: Decimal | None = Field(default=None, gt=0, description="Budget of money a task; needs prices.")
    price_in_usd: Decimal = Field(default=Decimal(0), ge=0, description="Price of a million tokens in.")
    price_out_usd: Decimal = Field(default=Decimal(0), ge=0, description="Price of a million tokens out.")
    max_wall_s: float = Field(default=3600.0, gt=0, description="Budget of wall time a task.")
    context_tokens: int = Field(default=120_000, ge=8_000, description="Conversation size at which it is compacted.")

    command_timeout_s: float = Field(default=120.0, gt=0, description="Limit of a `bash` call that names none.")
    gate_timeout_s: float = Field(default=600.0, gt=0, description="Limit of one command of a gate.")
    install_dependencies: bool = Field(
        default=False, description="Install a project's dependencies where they are missing, instead of `blocked`."
    )
    """Off by default: an install runs the code of strangers with the network at hand (lifecycle scripts, builds) and
    fills folders of the user's project, which nobody gets who has not asked for it. An orchestrator whose machines are
    thrown away switches it on once; everyone else is told the command."""
    install_timeout_s: float = Field(default=900.0, gt=0, description="Limit of one command of an install.")
    service_start_s: float = Field(default=30.0, gt=0, description="Limit for a service to listen.")
    output_chars: int = Field(default=10_000, ge=1_000, description="Characters of output that the model sees.")
    scan_tokens: int = Field(default=1_200, ge=0, description="Size of the scan's digest in the first prompt.")
    scan_choice: bool = Field(
        default=True,
        description="The model chooses, in one call, which definitions that the scan found serve the task.",
    )
    skill_tokens: int = Field(default=700, ge=0, description="Size of the skills in the first prompt.")
    skill_dirs: Annotated[tuple[Path, ...], NoDecode] = Field(
        default_factory=tuple, description="Folders of skills that win over all others, separated as in PATH."
    )
    consult_tokens: int = Field(default=700, ge=0, description="Size of the MCP servers' answers in the first prompt.")
    mcp_config: Path | None = Field(default=None, description="MCP servers to ask, a file of the form of `.mcp.json`.")
    trust_project_mcp: bool = Field(default=False, description="Ask the servers of the project's own `.mcp.json` too.")
    mcp_start_s: float = Field(default=10.0, gt=0, description="Limit for an MCP server to start.")
    mcp_call_s: float = Field(default=30.0, gt=0, description="Limit of one call to an MCP server.")
    sandbox: Literal["auto", "off"] = Field(default="auto", description="Hold commands inside the workspace.")

    @field_validator("scratch_database_url")
    @classmethod
    def _is_url(cls, given: SecretStr | None) -> SecretStr | None:
        """Services get the addresses of their databases as URLs, which are made from it."""
        if given is not None and not given.get_secret_value().startswith(("postgresql://", "postgres://")):
            raise ValueError("must be a URL that begins with postgresql://")
        return given

    @field_validator("skill_dirs", mode="before")
    @classmethod
    def _split(cls, given: object) -> object:
        if not isinstance(given, str):
            return given
        return tuple(Path(part).expanduser() for part in given.split(os.pathsep) if part)


def load_settings(**overrides: Any) -> Settings:
    """Read the settings from the environment; overrides that are not None win.

    Raises `InvalidSettings` with every fault at once.
    """
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Settings(**given)
    except ValidationError as error:
        raise InvalidSettings([_sentence(fault["loc"], fault["msg"]) for fault in error.errors()]) from None


def _sentence(loc: tuple[int | str, ...], message: str) -> str:
    where = ".".join(str(part) for part in loc)
    known = f"{ENV_PREFIX}{where.upper()}" if where in Settings.model_fields else where
    return f"{known}: {message}"
