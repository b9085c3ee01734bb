"""Models that are asked over the network: OpenAI-compatible servers, and whatever langchain has a package for."""

import ssl
from typing import Any
from urllib.parse import urlsplit

import httpx2
from langchain.chat_models import base as langchain_models
from langchain.chat_models import init_chat_model
from openai import AsyncOpenAI

from backend_developer.contract import InvalidSettings, NoModel, Settings
from backend_developer.graph.model.chat import LangChainModel, Limits
from backend_developer.graph.model.faults import SOURCE, Faults, secrets_of
from backend_developer.graph.model.openai_chat import open_chat
from backend_developer.graph.model.transport import Completions

OPENAI = "https://api.openai.com/v1"
CONNECT_S = 10.0
IDLE_S = 60.0
"""A connection is kept over the tools' time; the SDK's own 5 s would mean a new handshake at most calls."""
NO_KEY = "none"
"""What a server that wants no key is sent, since the SDK insists on one."""


def open_live(settings: Settings) -> LangChainModel:
    """The model of the settings.

    Raises `NoModel` without a key or the provider's package, `InvalidSettings` for a model or address that is none.
    """
    provider, name = split_model(settings.model, compatible=bool(settings.base_url))
    return _open_openai(settings, name) if provider == "openai" else _open_other(settings, provider, name)


def split_model(model: str, *, compatible: bool) -> tuple[str, str]:
    """Provider and name; names may hold colons themselves (`qwen3:8b`).

    A name without a provider is OpenAI's, and so is any at an OpenAI-compatible address.
    Raises `InvalidSettings` where the provider is not known.
    """
    # Private, and read only to tell a provider from the first half of a name.
    known = getattr(langchain_models, "_BUILTIN_PROVIDERS", {})
    prefix, colon, name = model.strip().partition(":")
    if colon and prefix in {*known, "openai"} and name:
        return prefix, name
    if model.strip() and (compatible or not colon):
        return "openai", model.strip()
    raise InvalidSettings(
        [
            f"BACKEND_DEVELOPER_MODEL: {model!r} names no known provider; write provider:name, such as "
            "openai:gpt-5.2 or anthropic:claude-sonnet-4-5, or set BACKEND_DEVELOPER_BASE_URL for a server of your own"
        ]
    )


def _open_openai(settings: Settings, name: str) -> LangChainModel:
    address = (settings.base_url or OPENAI).rstrip("/")
    server = _server(address)
    key = _key(settings)
    client = AsyncOpenAI(
        api_key=key or NO_KEY, base_url=address, max_retries=0, http_client=_http_client(address, settings)
    )
    return LangChainModel(
        open_chat(name, Completions(client), stream=settings.stream),
        label=f"openai:{name} at {server}" if settings.base_url else f"openai:{name}",
        faults=Faults(name, server, secrets_of(settings)),
        limits=Limits(settings.model_timeout_s, settings.model_retries),
        close=client.close,
    )


def _open_other(settings: Settings, provider: str, name: str) -> LangChainModel:
    """Any other provider, with the key that its own package reads (such as `ANTHROPIC_API_KEY`)."""
    model = f"{provider}:{name}"
    options: dict[str, Any] = {"streaming": True} if settings.stream else {}
    try:
        chat = init_chat_model(
            name, model_provider=provider, max_retries=0, timeout=settings.model_timeout_s, **options
        )
    except ImportError as error:
        way_out = "Install that package, or choose a model of another provider with --model."
        raise NoModel(f"The model {model} cannot be used: {error}.", way_out, source=SOURCE) from error
    except Exception as error:
        way_out = f"Set the key that {provider} asks for, or choose another model with --model."
        raise NoModel(f"The model {model} cannot be used: {error}", way_out, source=SOURCE) from error
    limits = Limits(settings.model_timeout_s, settings.model_retries)
    return LangChainModel(
        chat, label=model, faults=Faults(name, provider, secrets_of(settings)), limits=limits, keep_extras=True
    )


def _key(settings: Settings) -> str:
    key = settings.api_key.get_secret_value().strip() if settings.api_key else ""
    if not key.isascii() or not key.isprintable():
        raise InvalidSettings(["BACKEND_DEVELOPER_API_KEY: holds characters that no key has; copy it again"])
    return key


def _server(address: str) -> str:
    """Host and port for messages; never the user and password that an address may hold."""
    try:
        parts = urlsplit(address)
        if parts.scheme in {"http", "https"} and parts.hostname:
            return parts.hostname if parts.port is None else f"{parts.hostname}:{parts.port}"
    except ValueError:
        pass
    raise InvalidSettings(["BACKEND_DEVELOPER_BASE_URL: must be an address such as http://localhost:11434/v1"])


def _http_client(address: str, settings: Settings) -> httpx2.AsyncClient:
    """Loading the machine's certificates takes 50 ms, which an http address has no use for.

    A context without any trusts nobody, should such a server redirect to https.
    """
    plain = address.startswith("http://")
    return httpx2.AsyncClient(
        verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if plain else True,
        timeout=httpx2.Timeout(settings.model_timeout_s, connect=min(CONNECT_S, settings.model_timeout_s)),
        limits=httpx2.Limits(keepalive_expiry=IDLE_S),
        follow_redirects=True,
    )
