"""Which model answers: a live one, a live one that is recorded, or a cassette.

Nothing of openai or langchain-openai is imported before a model is opened: that is 0.4 s of a start.
"""

import asyncio
import logging

from backend_developer.contract import InvalidSettings, NoModel, Settings
from backend_developer.graph.model.chat import OpenModel
from backend_developer.graph.model.faults import SOURCE, secrets_of
from backend_developer.graph.startup import quick_imports

logger = logging.getLogger(__name__)


async def open_model(settings: Settings) -> OpenModel:
    """The model that the settings name, opened in a thread; close it with `aclose`.

    Raises `NoModel` where there is neither a key, nor a server that wants none, nor a cassette, and
    `InvalidSettings` where a setting or a cassette is wrong. No request is made yet.
    """
    if settings.record and settings.replay:
        raise InvalidSettings(["record, replay: a run is either recorded or played; leave one of the two out"])
    if settings.replay is None:
        _require_key(settings)
    model = await asyncio.to_thread(_open_quickly, settings)
    logger.info("model=%s", model.label)
    return model


def _open_quickly(settings: Settings) -> OpenModel:
    with quick_imports():
        return _open(settings)


def _open(settings: Settings) -> OpenModel:
    from backend_developer.graph.model.cassette import Cassette, Tape  # noqa: PLC0415 - on opening only, see above

    if settings.replay is not None:
        from backend_developer.graph.model.recorded import RecordedModel  # noqa: PLC0415 - likewise

        return RecordedModel(Cassette.read(settings.replay))
    from backend_developer.graph.model.live import open_live  # noqa: PLC0415 - likewise

    if settings.record is None:
        return open_live(settings)
    from backend_developer.graph.model.recorded import RecordingModel  # noqa: PLC0415 - likewise

    tape = Tape(settings.record, secrets=secrets_of(settings))
    tape.begin(settings.model)
    return RecordingModel(open_live(settings), tape)


def _require_key(settings: Settings) -> None:
    """Other providers than OpenAI have keys of their own, which their packages look for."""
    openai = settings.model.startswith("openai:") or ":" not in settings.model
    key = settings.api_key.get_secret_value().strip() if settings.api_key else ""
    if openai and not key and not settings.base_url:
        raise NoModel(
            f"There is no key for {settings.model} and no cassette to replay.",
            "Set BACKEND_DEVELOPER_API_KEY (or OPENAI_API_KEY); or set BACKEND_DEVELOPER_BASE_URL to an "
            "OpenAI-compatible server of your own, such as http://localhost:11434/v1; or play a recorded run "
            "with --replay FILE.",
            source=SOURCE,
        )
