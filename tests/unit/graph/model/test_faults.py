from email.utils import formatdate
from time import time
from typing import Any

import pytest

from backend_developer.contract import Blocked, ContextTooLong, ModelRefused, load_settings
from backend_developer.graph.model.answers import BrokenAnswerError
from backend_developer.graph.model.faults import Faults, Passing, secrets_of

KEY = "sk-0123456789"
FAULTS = Faults("gpt-x", "api.example.com", (KEY,))


class StatusError(Exception):
    """Has what the errors of the providers' clients have in common."""

    def __init__(self, status: int, body: object = None, headers: dict[str, str] | None = None) -> None:
        super().__init__(f"Error code: {status}")
        self.status_code = status
        self.body = body
        self.response = type("Response", (), {"headers": headers or {}})()


def read(error: Exception) -> Passing | Blocked:
    fault = FAULTS.read(error)
    assert fault is not None
    return fault


@pytest.mark.parametrize("status", [408, 409, 425, 429, 500, 502, 503, 529])
def test_some_statuses_pass(status: int) -> None:
    assert isinstance(read(StatusError(status)), Passing)


@pytest.mark.parametrize(
    ("status", "way_out"),
    [(301, "BASE_URL"), (400, "--model"), (401, "API_KEY"), (403, "API_KEY"), (404, "BASE_URL"), (422, "--model")],
)
def test_others_do_not(status: int, way_out: str) -> None:
    fault = read(StatusError(status, {"error": {"message": "the server's own words"}}))
    assert isinstance(fault, ModelRefused)
    assert way_out in fault.way_out
    for part in ("gpt-x", "api.example.com", str(status), "the server's own words"):
        assert part in fault.message


@pytest.mark.parametrize(
    "body",
    [
        {"message": "said"},
        {"error": "said"},
        {"error": {"message": "said"}},
        {"detail": "said"},
        {"error": {"detail": "said"}},
    ],
)
def test_the_words_are_found_wherever_a_server_puts_them(body: dict[str, Any]) -> None:
    assert FAULTS.said(StatusError(400, body)) == "said"


@pytest.mark.parametrize("body", [None, "text", [], {"error": None}, {"error": {"message": 3}}])
def test_without_words_the_error_speaks(body: object) -> None:
    assert FAULTS.said(StatusError(400, body)) == "Error code: 400"


@pytest.mark.parametrize(
    "words",
    [
        "This model's maximum context length is 8192 tokens.",
        "context_length_exceeded",
        "the request exceeds the available context size",
        "prompt is too long: 210000 tokens > 200000 maximum",
        "Your input exceeds the context window of this model",
    ],
)
@pytest.mark.parametrize("status", [400, 413])
def test_too_long_a_conversation_is_told_apart(words: str, status: int) -> None:
    assert isinstance(read(StatusError(status, {"error": {"message": words}})), ContextTooLong)
    assert isinstance(read(BrokenAnswerError(words)), ContextTooLong)


def test_a_spent_account_is_not_retried() -> None:
    body = {"error": {"message": "You exceeded your quota", "code": "insufficient_quota"}}
    fault = read(StatusError(429, body))
    assert isinstance(fault, ModelRefused)
    assert "credit" in fault.way_out


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "250", "retry-after": "1"}, 0.25),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-1"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": formatdate(0, usegmt=True)}, 0.0),
    ],
)
def test_the_wait_that_a_server_asks_for(headers: dict[str, str], seconds: float | None) -> None:
    fault = read(StatusError(429, headers=headers))
    assert isinstance(fault, Passing)
    assert fault.retry_after_s == seconds


def test_the_wait_as_a_date() -> None:
    fault = read(StatusError(503, headers={"retry-after": formatdate(time() + 60, usegmt=True)}))
    assert isinstance(fault, Passing)
    assert fault.retry_after_s == pytest.approx(60, abs=3)


@pytest.mark.parametrize("status", [401, 500])
def test_a_key_that_the_server_echoes_is_not_shown(status: int) -> None:
    fault = read(StatusError(status, {"error": {"message": f"Incorrect API key: {KEY}"}}))
    shown = fault.reason if isinstance(fault, Passing) else str(fault)
    assert KEY not in shown
    assert "***" in shown


def test_what_is_not_the_servers_fault_is_not_taken_for_it() -> None:
    assert FAULTS.read(KeyError("a bug of ours")) is None


def test_used_up_retries_say_how_often_and_why() -> None:
    error = FAULTS.unavailable(Passing("status 503: overloaded"), 5)
    assert "asked 5 times" in error.message
    assert "overloaded" in error.message
    assert "BASE_URL" in FAULTS.unavailable(Passing("refused", reached=False), 1).way_out


def test_a_stand_in_for_a_key_is_no_secret() -> None:
    assert secrets_of(load_settings(api_key="none", database_url="postgresql://u:p@h/d")) == ("postgresql://u:p@h/d",)
    assert secrets_of(load_settings(api_key=f" {KEY} "))[0] == KEY
