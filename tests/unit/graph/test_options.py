from pathlib import Path

import pytest

from backend_developer.contract import InvalidSettings, Settings
from backend_developer.graph.options import Options, settings_for


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MODEL", "REPLAY", "BASE_URL", "ATTEMPTS"):
        monkeypatch.delenv(f"BACKEND_DEVELOPER_{name}", raising=False)


def test_without_options_the_environment_speaks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BACKEND_DEVELOPER_MODEL", "openai:small")
    assert settings_for(None, None).model == "openai:small"


def test_an_option_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BACKEND_DEVELOPER_MODEL", "openai:small")
    made = settings_for(Options(model="openai:big", replay="tape.jsonl", attempts=2), None)
    assert (made.model, made.replay, made.attempts) == ("openai:big", Path("tape.jsonl"), 2)


def test_an_option_wins_over_the_sessions_settings_and_the_rest_of_these_stays() -> None:
    base = Settings(model="openai:small", api_key="secret", max_model_calls=7)  # type: ignore[arg-type]  # pydantic reads it
    made = settings_for(Options(model="openai:big"), base)
    assert (made.model, made.max_model_calls, made.api_key) == ("openai:big", 7, base.api_key)


def test_a_session_without_options_keeps_its_settings() -> None:
    base = Settings(max_model_calls=7)
    assert settings_for(None, base) is base
    assert settings_for(Options(), base) is base


@pytest.mark.parametrize("foreign", [{"model": "x"}, object(), "text", 3])
def test_a_parents_own_context_is_passed_over(foreign: object) -> None:
    base = Settings(model="openai:small")
    assert settings_for(foreign, base) is base
    assert settings_for(foreign, None).model == Settings().model


def test_a_faulty_option_is_named() -> None:
    with pytest.raises(InvalidSettings, match="ATTEMPTS"):
        settings_for(Options(attempts=9), None)
