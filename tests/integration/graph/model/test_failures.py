"""Everything that a model's server does wrong, over the real client and a real socket."""

import asyncio
import logging
import time

import pytest
from langchain_core.messages import HumanMessage

from backend_developer.contract import Blocked, ContextTooLong, ModelRefused, ModelUnavailable
from backend_developer.graph.model import chat
from tests.integration.graph.model.conftest import Opener
from tests.support.model_server import (
    ModelServer,
    Reply,
    Request,
    call,
    cut,
    fail,
    garbage,
    hang,
    say,
    too_long,
    trickle,
)

TASK = [HumanMessage("Do it.")]
READ = {"type": "function", "function": {"name": "read", "parameters": {"type": "object", "properties": {}}}}
EDIT = {"type": "function", "function": {"name": "edit", "parameters": {"type": "object", "properties": {}}}}
LONG = say("a text that takes a while " * 10)
either = pytest.mark.parametrize("stream", [False, True])


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chat, "FIRST_PAUSE_S", 0.02)


@either
@pytest.mark.parametrize(
    "failure",
    [
        fail(429, retry_after=0.01),
        fail(500),
        fail(503),
        fail(408),
        garbage(),
        garbage("", content_type="application/json"),
        garbage('{"choices": []}', content_type="application/json"),
        garbage("data: {broken\n\n", content_type="text/event-stream"),
        garbage('data: {"error": {"message": "overloaded"}}\n\n', content_type="text/event-stream"),
        garbage('data: {"choices": [{"delta": {"content": "half"}}]}\n\n', content_type="text/event-stream"),
        cut(LONG),
    ],
)
async def test_what_may_pass_is_tried_again(server: ModelServer, opened: Opener, failure: Reply, stream: bool) -> None:
    server.play([[failure, failure, say("at last")]])
    model = await opened(stream=stream, model_retries=2)
    assert (await model.ask(TASK, purpose="write")).text == "at last"
    assert len(server.requests) == 3


@either
@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        (fail(503, "overloaded"), "status 503: overloaded"),
        (garbage("<h1>Proxy login</h1>"), "an unusable answer"),
        (cut(LONG), "gave no usable answer"),
    ],
)
async def test_used_up_retries(server: ModelServer, opened: Opener, failure: Reply, reason: str, stream: bool) -> None:
    server.play(lambda _: failure)
    model = await opened(stream=stream, model_retries=1)
    with pytest.raises(ModelUnavailable) as caught:
        await model.ask(TASK, purpose="write")
    assert len(server.requests) == 2
    for part in ("scripted", f"127.0.0.1:{server.port}", "asked 2 times", reason):
        assert part in caught.value.message
    assert caught.value.source == "model"
    assert "Try again later" in caught.value.way_out


async def test_the_server_says_how_long_to_wait(server: ModelServer, opened: Opener) -> None:
    server.play([[fail(429, retry_after=0.4), say("ok")]])
    await (await opened()).ask(TASK, purpose="write")
    first, second = (request.arrived for request in server.requests)
    assert 0.4 <= second - first < 2.0


async def test_a_server_that_wants_an_hour_is_not_waited_for(server: ModelServer, opened: Opener) -> None:
    server.play([[fail(429, "come back later", retry_after=3600), say("ok")]])
    model = await opened()
    with pytest.raises(ModelUnavailable, match="come back later"):
        await model.ask(TASK, purpose="write")
    assert len(server.requests) == 1


@either
@pytest.mark.parametrize("slow", [hang(), trickle(LONG)])
async def test_the_limit_holds_for_the_whole_answer(
    server: ModelServer, opened: Opener, slow: Reply, stream: bool
) -> None:
    server.play([[slow, say("quick")]])
    model = await opened(stream=stream, model_timeout_s=0.4, model_retries=1)
    began = time.perf_counter()
    assert (await model.ask(TASK, purpose="write")).text == "quick"
    assert 0.4 <= time.perf_counter() - began < 3.0


async def test_a_hang_without_retries(server: ModelServer, opened: Opener) -> None:
    server.play([hang()])
    model = await opened(model_timeout_s=0.3, model_retries=0)
    with pytest.raises(ModelUnavailable, match="asked once: no answer within the time limit"):
        await model.ask(TASK, purpose="write")


async def test_nobody_listens(opened: Opener, unused_tcp_port: int) -> None:
    model = await opened(base_url=f"http://127.0.0.1:{unused_tcp_port}/v1", model_retries=1)
    with pytest.raises(ModelUnavailable) as caught:
        await model.ask(TASK, purpose="write")
    assert f"127.0.0.1:{unused_tcp_port}" in caught.value.way_out
    assert "BACKEND_DEVELOPER_BASE_URL" in caught.value.way_out


@either
@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
async def test_what_will_not_pass_is_asked_once(
    server: ModelServer, opened: Opener, status: int, stream: bool, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    key = "sk-0123456789abcdef"
    server.play([fail(status, f"No: {key}")])
    model = await opened(stream=stream, api_key=key)
    with pytest.raises(ModelRefused) as caught:
        await model.ask(TASK, purpose="write")
    assert len(server.requests) == 1
    assert f"status {status}: No: ***" in caught.value.message
    assert key not in str(caught.value)
    ours = [record for record in caplog.records if record.name.startswith("backend_developer")]
    assert ours
    assert not any(key in record.getMessage() for record in ours)


async def test_a_wrong_address_is_named(server: ModelServer, opened: Opener) -> None:
    model = await opened(base_url=server.base_url.removesuffix("/v1"))
    with pytest.raises(ModelRefused) as caught:
        await model.ask(TASK, purpose="write")
    assert "status 404" in caught.value.message
    assert "/v1" in caught.value.way_out


@either
async def test_too_long_a_conversation(server: ModelServer, opened: Opener, stream: bool) -> None:
    server.play([too_long()])
    model = await opened(stream=stream)
    with pytest.raises(ContextTooLong) as caught:
        await model.ask(TASK, purpose="write")
    assert caught.value.code == "context-too-long"
    assert len(server.requests) == 1


@pytest.mark.parametrize("part", ["stream_options", "stream"])
async def test_a_server_that_cannot_stream_is_not_asked_to_again(
    server: ModelServer, opened: Opener, part: str
) -> None:
    def picky(request: Request) -> Reply:
        return fail(400, f"Unsupported parameter: {part}") if request.body.get(part) else say("ok")

    server.play(picky)
    model = await opened(stream=True)
    for _ in range(2):
        assert (await model.ask(TASK, purpose="write")).text == "ok"
    assert [bool(request.body.get(part)) for request in server.requests] == [True, False, False]


async def test_a_model_that_takes_no_forced_tool_is_offered_only_that(server: ModelServer, opened: Opener) -> None:
    def picky(request: Request) -> Reply:
        return fail(400, "tool_choice is not supported in thinking mode") if request.forced else call("read")

    server.play(picky)
    model = await opened()
    for _ in range(2):
        assert (await model.ask(TASK, tools=[READ, EDIT], purpose="analyze", choice="read")).tool_calls
    assert [len(request.body["tools"]) for request in server.requests] == [2, 1, 1]


async def test_what_is_refused_twice_is_refused(server: ModelServer, opened: Opener) -> None:
    server.play(lambda _: fail(400, "stream is not supported"))
    model = await opened(stream=True)
    with pytest.raises(ModelRefused):
        await model.ask(TASK, purpose="write")
    assert len(server.requests) == 2


async def test_a_caller_that_gives_up_is_obeyed(server: ModelServer, opened: Opener) -> None:
    server.play([[hang(), say("ok")]])
    model = await opened()
    asked = asyncio.create_task(model.ask(TASK, purpose="write"))
    while not server.requests:
        await asyncio.sleep(0.01)
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    assert (await model.ask(TASK, purpose="write")).text == "ok"


async def test_beyond_the_script_the_run_ends_at_once(server: ModelServer, opened: Opener) -> None:
    model = await opened()
    with pytest.raises(Blocked, match="the script has 0 replies for the loop; turn 0 was asked"):
        await model.ask(TASK, purpose="write")
