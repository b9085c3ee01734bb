"""`backend-developer scan QUERY --ask`: the model's part."""

import asyncio
import logging
from dataclasses import dataclass
from typing import Any

from backend_developer.contract import Settings
from backend_developer.graph.model import OpenModel, open_model
from backend_developer.nodes.scan_ask import serving
from backend_developer.workspace.index import CodeIndex, Hit
from backend_developer.workspace.profile import detect

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Asking:
    """Who asks: nobody but this command."""

    settings: Settings
    model: OpenModel


async def ask(index: CodeIndex, need: str, settings: Settings) -> list[Hit]:
    """What serves the need, by the choice of the model that the settings name. Raises what the model raises."""
    profile = await asyncio.to_thread(detect, index.root)
    model = await open_model(settings)
    try:
        return await serving(index, need, profile.sentence(), _Asking(settings, model), _log)
    finally:
        await model.aclose()


def _log(event: Any) -> None:
    logger.info("%s", event)
