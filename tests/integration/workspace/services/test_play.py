import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest

from backend_developer.contract import CallFailed
from backend_developer.workspace.services import Playback, Stage, parse_checks, play, player, probe
from backend_developer.workspace.toolchains.base import ServiceSpec

MakeStage = Callable[..., Stage]
MakeService = Callable[..., ServiceSpec]


def check(
    path: str, status: int = 200, method: str = "GET", contains: str | None = None, **fields: Any
) -> dict[str, Any]:
    return {"method": method, "path": path, "expect": {"status": status, "contains": contains}, **fields}


async def played(stage: Stage, spec: ServiceSpec, *checks: dict[str, Any]) -> Playback:
    return await play(spec, parse_checks(list(checks)), stage)


def codes(playback: Playback) -> list[tuple[str, str]]:
    return [(finding.code, finding.level) for finding in playback.findings]


async def test_right_answers_leave_no_finding_and_are_kept(make_stage: MakeStage, service: MakeService) -> None:
    playback = await played(
        make_stage(),
        service(),
        check("/users", 201, "POST", contains='"name":"Анна"', json={"name": "Анна"}),
        check("/users/{last.id}", headers={"Authorization": "Bearer {1.token}"}, contains='"id": {1.id}'),
        check("/form", method="POST", json={"a": "b c"}, headers={"content-type": "application/x-www-form-urlencoded"},
              contains="a=b+c"),
    )  # fmt: skip

    assert codes(playback) == []
    assert [answer.status for answer in playback.answers] == [201, 200, 200]
    assert playback.answers[1].path == "/users/7"
    assert playback.ready_s is not None
    assert playback.url is not None
    assert playback.url.rpartition(":")[2] in playback.command
    assert "serving on" in playback.log_tail


async def test_a_crash_behind_a_500_is_found_with_its_place(make_stage: MakeStage, service: MakeService) -> None:
    playback = await played(make_stage(), service(), check("/fails"), check("/users/7", 401))

    (finding,) = playback.findings
    assert finding.code == "answer-unexpected"
    assert finding.file == "base.py"
    assert finding.line is not None
    for part in ("GET /fails", "expected 200, got 500: Internal Server Error", "KeyError: 'id' at base.py:"):
        assert part in finding.message
    assert [answer.fault is None for answer in playback.answers] == [False, True]


async def test_a_traceback_behind_a_right_answer_is_found(make_stage: MakeStage, service: MakeService) -> None:
    playback = await played(make_stage(), service(), check("/fails/quietly"))

    assert codes(playback) == [("traceback", "error")]
    assert "during GET /fails/quietly" in playback.findings[0].message


async def test_a_refusal_that_was_expected_may_be_logged(make_stage: MakeStage, service: MakeService) -> None:
    assert codes(await played(make_stage(), service(), check("/nowhere", 404))) == [("error-logged", "warning")]


async def test_a_wrong_body_and_a_reference_to_nothing_are_told(make_stage: MakeStage, service: MakeService) -> None:
    playback = await played(
        make_stage(),
        service(),
        check("/users", 201, "POST", json={"name": "Ann"}, contains="Bob"),
        check("/users/{last.key}"),
    )

    assert codes(playback) == [("answer-unexpected", "error")] * 2
    assert "does not contain 'Bob'" in playback.findings[0].message
    assert "the object with id, name, token has no 'key'" in playback.findings[1].message
    assert playback.answers[1].status is None


async def test_a_service_that_dies_under_a_request_ends_the_play(make_stage: MakeStage, service: MakeService) -> None:
    playback = await played(make_stage(), service(), check("/dies"), check("/users/7", 401))

    assert codes(playback) == [("service-died", "error"), ("answer-unexpected", "error")]
    assert "exit code 3 after GET /dies" in playback.findings[0].message
    assert len(playback.answers) == 1


async def test_an_answer_that_does_not_come_or_end_is_bounded(
    make_stage: MakeStage, service: MakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(player, "REQUEST_S", 1.2)
    began = time.monotonic()

    playback = await played(make_stage(), service(), check("/streams", contains="data: 0"), check("/hangs"))

    assert time.monotonic() - began < 10
    assert [answer.fault for answer in playback.answers] == [None, "no answer came: nothing within 1.2 s"]
    assert codes(playback)[0] == ("answer-unexpected", "error")


async def test_a_cancelled_play_stops_its_service(make_stage: MakeStage, service: MakeService) -> None:
    task = asyncio.create_task(played(make_stage(), service(), check("/hangs")))
    await asyncio.sleep(1.0)
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task


async def test_the_model_is_told_what_came_of_its_probe(make_stage: MakeStage, service: MakeService) -> None:
    text = await probe([check("/users/7", 401), check("/fails")], service(), make_stage())

    assert "1. GET /users/7 -> 401" in text
    assert "2. GET /fails -> 500" in text
    assert "NOT as expected: expected 200, got 500" in text
    assert "KeyError: 'id'" in text


async def test_a_probe_without_service_or_checks_is_refused(make_stage: MakeStage, service: MakeService) -> None:
    with pytest.raises(CallFailed, match="no service"):
        await probe([check("/")], None, make_stage())
    with pytest.raises(CallFailed, match="cannot be played"):
        await probe([{"method": "GET"}], service(), make_stage())
