import os
from pathlib import Path

import pytest

from backend_developer.contract import InvalidSettings, load_settings
from backend_developer.contract.settings import default_state_dir


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("BASE_URL", "API_KEY", "DATABASE_URL", "STATE_DIR", "MODEL", "ATTEMPTS"):
        for prefix in ("BACKEND_DEVELOPER_", "OPENAI_", ""):
            monkeypatch.delenv(f"{prefix}{name}", raising=False)


def test_the_defaults_hold_the_users_three_attempts() -> None:
    made = load_settings()
    assert (made.attempts, made.api_key, made.sandbox) == (3, None, "auto")


def test_our_own_name_wins_over_the_one_that_others_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://theirs/v1")
    assert load_settings().base_url == "http://theirs/v1"
    monkeypatch.setenv("BACKEND_DEVELOPER_BASE_URL", "http://ours/v1")
    assert load_settings().base_url == "http://ours/v1"


def test_an_override_wins_and_none_is_no_override(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BACKEND_DEVELOPER_MODEL", "openai:env")
    assert load_settings(model="openai:given").model == "openai:given"
    assert load_settings(model=None).model == "openai:env"
    assert load_settings(base_url="http://given/v1").base_url == "http://given/v1"


def test_a_key_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:secret@h/d")
    assert "secret" not in repr(load_settings())


def test_every_fault_is_named_with_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BACKEND_DEVELOPER_ATTEMPTS", "4")
    monkeypatch.setenv("BACKEND_DEVELOPER_MODEL_TIMEOUT_S", "soon")
    with pytest.raises(InvalidSettings) as caught:
        load_settings(nonsense=1)
    assert sorted(fault.split(":")[0] for fault in caught.value.faults) == [
        "BACKEND_DEVELOPER_ATTEMPTS",
        "BACKEND_DEVELOPER_MODEL_TIMEOUT_S",
        "nonsense",
    ]


def test_as_root_the_state_is_where_another_user_can_reach_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0, raising=False)
    assert default_state_dir() == Path("/var/lib/backend-developer")
    monkeypatch.setattr(os, "geteuid", lambda: 1000, raising=False)
    assert default_state_dir().is_relative_to(Path.home())
