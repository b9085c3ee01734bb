"""What a caller can set for one run: the graph's context schema, plain JSON."""

from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from pydantic import ConfigDict

from backend_developer.contract import Settings, load_settings


@dataclass(frozen=True, kw_only=True)
class Options:
    """Settings of one run; what is not given comes from the environment."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(use_attribute_docstrings=True)
    """So that the schema, and Studio with it, shows the descriptions below."""

    model: str | None = None
    """Model, as `provider:name`."""
    base_url: str | None = None
    """Address of an OpenAI-compatible server."""
    record: str | None = None
    """Write the model's answers to this cassette."""
    replay: str | None = None
    """Take the model's answers from this cassette."""
    stream: bool | None = None
    """Ask the model to stream its answers."""
    attempts: int | None = None
    """Attempts before the task goes back, 3 at most."""


def settings_for(options: object, base: Settings | None) -> Settings:
    """The settings of a run; a parent graph's own context, of another type, is passed over.

    Raises `InvalidSettings` with every fault at once.
    """
    given: dict[str, Any] = {}
    if isinstance(options, Options):
        given = {name: value for name, value in asdict(options).items() if value is not None}
    if base is None:
        return load_settings(**given)
    return base if not given else load_settings(**{**base.model_dump(), **given})
