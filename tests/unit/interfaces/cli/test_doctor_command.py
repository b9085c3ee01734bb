import json
from typing import Any

import pytest

from backend_developer.contract import Settings
from backend_developer.interfaces.cli import doctor
from backend_developer.interfaces.doctor import Check

MODEL = Check("model", "missing", "no key", "Set a key.", essential=True)
RG = Check("rg", "missing", "not found", "Install it.")
STATE = Check("state folder", "ok", "writable", essential=True)


def examined(monkeypatch: pytest.MonkeyPatch, *checks: Check) -> None:
    async def examine(_settings: Settings) -> list[Check]:
        return list(checks)

    monkeypatch.setattr(doctor, "examine", examine)


def test_nothing_essential_is_missing(call: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    examined(monkeypatch, STATE, RG)
    ended = call("doctor")
    assert ended.code == 0
    assert "✓  state folder  writable" in ended.out
    assert "–  rg            not found" in ended.out
    assert "Install it." in ended.out
    assert ended.out.endswith("fit for a run\n")


def test_something_essential_is_missing(call: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    examined(monkeypatch, MODEL, STATE)
    ended = call("doctor")
    assert ended.code == 2
    assert "✗  model" in ended.out
    assert "not fit for a run: model" in ended.out


def test_json(call: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    examined(monkeypatch, MODEL)
    ended = call("doctor", "--json")
    assert ended.code == 2
    assert json.loads(ended.out) == {
        "fit": False,
        "checks": [{"name": "model", "status": "missing", "detail": "no key", "fix": "Set a key.", "essential": True}],
    }
