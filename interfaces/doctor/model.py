"""Whether there is a model, and whether it answers."""

import asyncio
import logging

import httpx2

from backend_developer.contract import Settings
from backend_developer.interfaces.doctor.check import Check, Surroundings

logger = logging.getLogger(__name__)

NAME = "model"
OPENAI = "https://api.openai.com/v1"
LIMIT_S = 5.0

WAYS_OUT = (
    "Set OPENAI_API_KEY; or OPENAI_BASE_URL for a server of your own; or replay a cassette with --replay. "
    "`backend-developer demo` needs none of them."
)


async def look(surroundings: Surroundings) -> Check:
    """Ask the model's server for its list of models: that costs nothing. No secret is shown."""
    settings = surroundings.settings
    if settings.replay is not None:
        return await asyncio.to_thread(_cassette, settings)
    if settings.api_key is None and settings.base_url is None:
        return Check(NAME, "missing", f"{settings.model}: neither a key nor a server's address is set", WAYS_OUT)
    if settings.base_url is None and not settings.model.startswith("openai:"):
        return Check(NAME, "ok", f"{settings.model}: a key is set; this provider is not asked")
    return await _ask(settings)


def _cassette(settings: Settings) -> Check:
    path = settings.replay
    if path is not None and path.is_file():
        return Check(NAME, "ok", f"answers are recorded: {path}")
    return Check(NAME, "missing", f"no cassette at {path}", "Name an existing cassette, or unset the setting.")


async def _ask(settings: Settings) -> Check:
    base = (settings.base_url or OPENAI).rstrip("/")
    headers = {"Authorization": f"Bearer {settings.api_key.get_secret_value()}"} if settings.api_key else {}
    try:
        host = httpx2.URL(base).netloc.decode("ascii", "replace")
        async with httpx2.AsyncClient(timeout=LIMIT_S) as client:
            answer = await client.get(f"{base}/models", headers=headers)
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        logger.warning("model server not reached: %s", type(error).__name__)
        detail = f"{settings.model}: {_place(base)} cannot be reached ({type(error).__name__})"
        return Check(NAME, "missing", detail, "Check the address and the network.")
    logger.info("host=%s status=%d", host, answer.status_code)
    return _judged(settings, host, answer.status_code)


def _place(base: str) -> str:
    # Only the part behind the last @: what stands before it may be a password.
    return base.rpartition("@")[2]


def _judged(settings: Settings, host: str, status: int) -> Check:
    key = "a key is set" if settings.api_key else "no key is set"
    label = f"{settings.model}: {host}"
    if status in (401, 403):
        return Check(NAME, "missing", f"{label} refuses ({status}); {key}", "Set OPENAI_API_KEY to a valid key.")
    if status >= 500:
        return Check(NAME, "warning", f"{label} answers {status}; {key}", "Wait, or choose another server.")
    return Check(NAME, "ok", f"{label} answers; {key}")
