import functools
from pathlib import Path
from typing import cast

import httpx2
import pytest

from backend_developer.contract import load_settings
from backend_developer.contract.ports import Commands
from backend_developer.interfaces.doctor import model
from backend_developer.interfaces.doctor.check import Check, Surroundings

KEY = "sk-very-secret"


async def looked(**settings: object) -> Check:
    return await model.look(Surroundings(load_settings(**settings), cast("Commands", None)))


def answering(monkeypatch: pytest.MonkeyPatch, status: int | None) -> list[httpx2.Request]:
    """The model's server answers with this status, or cannot be reached; gives the requests."""
    requests: list[httpx2.Request] = []

    def handle(request: httpx2.Request) -> httpx2.Response:
        requests.append(request)
        if status is None:
            raise httpx2.ConnectError("refused")
        return httpx2.Response(status, json={"data": []})

    client = functools.partial(httpx2.AsyncClient, transport=httpx2.MockTransport(handle))
    monkeypatch.setattr(httpx2, "AsyncClient", client)
    return requests


async def test_nothing_is_set() -> None:
    check = await looked()
    assert check.status == "missing"
    for way in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "--replay", "demo"):
        assert way in check.fix


@pytest.mark.parametrize(
    ("status", "verdict"), [(200, "ok"), (404, "ok"), (401, "missing"), (403, "missing"), (503, "warning")]
)
async def test_the_server_is_asked(monkeypatch: pytest.MonkeyPatch, status: int, verdict: str) -> None:
    requests = answering(monkeypatch, status)
    check = await looked(api_key=KEY, base_url="https://user:hunter2@models.example/v1/")
    assert check.status == verdict
    (request,) = requests
    assert str(request.url).endswith("models.example/v1/models")
    assert "models.example" in check.detail
    assert KEY not in repr(check)
    assert "hunter2" not in repr(check)
    assert bool(check.fix) == (verdict != "ok")


async def test_a_server_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, None)
    check = await looked(base_url="http://user:hunter2@localhost:9/v1")
    assert check.status == "missing"
    assert "localhost:9/v1 cannot be reached (ConnectError)" in check.detail
    assert "hunter2" not in repr(check)


async def test_a_server_of_ones_own_needs_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    requests = answering(monkeypatch, 200)
    check = await looked(base_url="http://localhost:9/v1")
    assert (check.status, check.detail.endswith("no key is set")) == ("ok", True)
    assert "authorization" not in requests[0].headers


async def test_an_address_that_is_none() -> None:
    assert (await looked(base_url="nonsense")).status == "missing"


async def test_another_provider_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    requests = answering(monkeypatch, 200)
    check = await looked(model="anthropic:claude", api_key=KEY)
    assert (check.status, requests) == ("ok", [])


async def test_cassette(tmp_path: Path) -> None:
    cassette = tmp_path / "run.jsonl"
    assert (await looked(replay=cassette)).status == "missing"
    cassette.write_text("{}\n", encoding="utf-8")
    assert (await looked(replay=cassette)).status == "ok"
