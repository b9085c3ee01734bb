from pathlib import Path

import pytest

from backend_developer.contract import InvalidSettings, NoModel, load_settings
from backend_developer.graph.model import open_model
from backend_developer.graph.model.live import split_model


@pytest.mark.parametrize(
    ("model", "compatible", "split"),
    [
        ("openai:gpt-5.2", False, ("openai", "gpt-5.2")),
        ("gpt-5.2", False, ("openai", "gpt-5.2")),
        ("openai:qwen3:8b", True, ("openai", "qwen3:8b")),
        ("qwen3:8b", True, ("openai", "qwen3:8b")),
        ("anthropic/claude", True, ("openai", "anthropic/claude")),
        ("anthropic:claude-x", False, ("anthropic", "claude-x")),
        ("anthropic:claude-x", True, ("anthropic", "claude-x")),
    ],
)
def test_provider_and_name(model: str, compatible: bool, split: tuple[str, str]) -> None:
    assert split_model(model, compatible=compatible) == split


@pytest.mark.parametrize("model", ["", " ", "nobody:x", "openai:"])
async def test_a_model_that_is_none_is_refused(model: str) -> None:
    with pytest.raises(InvalidSettings, match="BACKEND_DEVELOPER_MODEL"):
        await open_model(load_settings(model=model, api_key="sk-0123456789"))


@pytest.mark.parametrize("key", [None, "", "  "])
async def test_without_key_server_and_cassette_there_are_three_ways_out(key: str | None) -> None:
    with pytest.raises(NoModel) as caught:
        await open_model(load_settings(api_key=key))
    for way in ("OPENAI_API_KEY", "BACKEND_DEVELOPER_BASE_URL", "--replay"):
        assert way in caught.value.way_out


async def test_a_provider_whose_package_is_missing_is_named() -> None:
    with pytest.raises(NoModel) as caught:
        await open_model(load_settings(model="ibm:granite"))
    assert "langchain-ibm" in caught.value.message
    assert "--model" in caught.value.way_out


@pytest.mark.parametrize("base_url", ["localhost:11434", "ftp://host/v1", "http://", "http://[oops"])
async def test_an_address_that_is_none_is_refused(base_url: str) -> None:
    with pytest.raises(InvalidSettings, match="BACKEND_DEVELOPER_BASE_URL"):
        await open_model(load_settings(base_url=base_url))


async def test_a_key_with_strange_characters_is_refused_without_showing_it() -> None:
    with pytest.raises(InvalidSettings) as caught:
        await open_model(load_settings(api_key="sk-ключ-123"))
    assert "ключ" not in str(caught.value)


async def test_recording_and_replaying_at_once_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings, match="record, replay"):
        await open_model(load_settings(record=tmp_path / "a", replay=tmp_path / "b"))


@pytest.mark.parametrize(
    ("base_url", "label"),
    [
        (None, "openai:gpt-x"),
        ("http://user:password@localhost:11434/v1/", "openai:gpt-x at localhost:11434"),
        ("https://models.example.com/v1", "openai:gpt-x at models.example.com"),
    ],
)
async def test_the_label_says_who_answers_and_where(base_url: str | None, label: str) -> None:
    model = await open_model(load_settings(model="openai:gpt-x", base_url=base_url, api_key="sk-0123456789"))
    assert model.label == label
    await model.aclose()
