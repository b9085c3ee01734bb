"""What can be wrong before or beside the work: one clear message each, and the right exit code."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.model_script import Reply, Request, Step, say
from tests.support.model_server import ModelServer, fail, hang, too_long
from tests.support.product import (
    ANALYSIS,
    CORRECT,
    FINISH,
    Ended,
    Product,
    alive_in,
    last_request,
    picture,
    script,
    slow,
)


def assert_blocked(ended: Ended, code: str, *words: str) -> None:
    report = ended.report
    assert (ended.code, report["status"], report["files_changed"]) == (2, "blocked", []), ended.err
    (fault,) = report["errors"]
    assert fault["code"] == code, fault
    assert report["next_action"]
    said = f"{fault['message']} {report['next_action']}"
    assert [word for word in words if word not in said] == [], said
    assert "Traceback" not in ended.err


async def test_no_key_and_no_cassette(product: Product) -> None:
    product.environment["BACKEND_DEVELOPER_API_KEY"] = ""
    ended = await product.call("run", product.task())
    assert_blocked(ended, "no-model", "BACKEND_DEVELOPER_API_KEY", "--replay", "BACKEND_DEVELOPER_BASE_URL")


async def test_a_wrong_key(product: Product, server: ModelServer) -> None:
    server.play(script(analysis=fail(401, "Incorrect API key provided: sk-acceptance-0123456789")))
    ended = await product.run(server)
    assert_blocked(ended, "model-refused", "status 401", "BACKEND_DEVELOPER_API_KEY")
    assert "sk-acceptance" not in ended.out + ended.err
    assert len(server.requests) == 1


MODEL_FAILURES: dict[str, tuple[Step, dict[str, str], str, int]] = {
    "a storm of 429": (fail(429, "slow down", retry_after=0.05), {"MODEL_RETRIES": "2"}, "model-unavailable", 3),
    "a server that never answers": (hang(), {"MODEL_TIMEOUT_S": "0.5", "MODEL_RETRIES": "1"}, "model-unavailable", 2),
    "a task that is too long": (too_long(), {}, "context-too-long", 1),
}


@pytest.mark.parametrize("name", MODEL_FAILURES)
async def test_a_model_that_fails(name: str, product: Product, server: ModelServer) -> None:
    step, environment, code, asked = MODEL_FAILURES[name]
    product.environment.update({f"BACKEND_DEVELOPER_{key}": value for key, value in environment.items()})
    server.play(script(analysis=step))
    assert_blocked(await product.run(server), code)
    assert len(server.requests) == asked
    assert not alive_in(product.workspace)
    # What was in the way is gone: the same run goes on to its end.
    server.play(script(*CORRECT))
    ended = await product.resume(server)
    assert (ended.code, ended.report["status"]) == (0, "success"), ended.err


async def test_a_conversation_that_is_too_long_is_summarised(product: Product, server: ModelServer) -> None:
    served = iter([CORRECT[0], too_long(), FINISH])

    def reply(request: Request) -> Reply:
        if request.forced:
            return ANALYSIS
        return next(served) if request.body.get("tools") else say("The discount is written.")

    server.play(reply)
    ended = await product.run(server)
    assert (ended.code, ended.report["status"]) == (0, "success"), ended.err
    roles = [message["role"] for message in last_request(server)]
    assert roles == ["system", "user", "user"]
    assert "The discount is written." in last_request(server)[-1]["content"]


def _missing(root: Path) -> None:
    shutil.rmtree(root)


def _empty(root: Path) -> None:
    shutil.rmtree(root)
    root.mkdir()


def _file(root: Path) -> None:
    shutil.rmtree(root)
    root.write_text("no folder")


@pytest.mark.parametrize(
    ("spoil", "words"), [(_missing, "does not exist"), (_empty, "is empty"), (_file, "is not a folder")]
)
async def test_a_workspace_that_is_none(
    spoil: Callable[[Path], None], words: str, product: Product, server: ModelServer
) -> None:
    spoil(product.workspace)
    ended = await product.run(server)
    assert_blocked(ended, "workspace-unusable", words, str(product.workspace))
    assert not server.requests


async def test_a_workspace_that_is_read_only(product: Product, server: ModelServer) -> None:
    through: list[str] = []
    if os.geteuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("root may write anywhere, and there is no setpriv to give that up")
        # Root without these two is held by permissions like anybody else.
        through = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--"]
    product.workspace.chmod(0o555)
    before = picture(product.workspace)
    try:
        ended = await product.call("run", product.task(), "--base-url", server.base_url, through=through)
    finally:
        product.workspace.chmod(0o755)
    assert_blocked(ended, "workspace-unusable", "is read-only")
    assert picture(product.workspace) == before
    assert not server.requests


async def test_a_broken_task_names_every_fault_and_touches_nothing(product: Product, server: ModelServer) -> None:
    before = picture(product.workspace)
    faulty = '{"task_id": "a/b", "main_task": " ", "files_involved": ["../x"], "extras": "no list", "priority": 1}'
    ended = await product.call("run", faulty, "-w", str(product.workspace), "--base-url", server.base_url)
    assert (ended.code, ended.report["status"]) == (2, "blocked")
    assert {fault["code"] for fault in ended.report["errors"]} == {"invalid-task"}
    said = [fault["message"].partition(":")[0] for fault in ended.report["errors"]]
    assert sorted(said) == ["extras", "files_involved.0", "main_task", "priority", "task_id"]
    assert all(fault["message"] in ended.err for fault in ended.report["errors"])
    assert picture(product.workspace) == before
    assert not server.requests


async def test_a_spent_budget_is_raised_and_the_run_goes_on(product: Product, server: ModelServer) -> None:
    server.play(script(*CORRECT))
    product.environment["BACKEND_DEVELOPER_MAX_MODEL_CALLS"] = "2"
    spent = await product.run(server)
    assert (spent.code, spent.report["status"], spent.report["files_changed"]) == (2, "blocked", ["shop/prices.py"])
    assert [fault["code"] for fault in spent.report["errors"]] == ["budget-spent"]
    assert "BACKEND_DEVELOPER_MAX_MODEL_CALLS" in spent.report["next_action"]
    again = await product.resume(server)
    assert (again.code, again.report) == (2, spent.report), again.err
    assert len(server.requests) == 2
    product.environment["BACKEND_DEVELOPER_MAX_MODEL_CALLS"] = "20"
    ended = await product.resume(server)
    assert (ended.code, ended.report["status"]) == (0, "success"), ended.err
    assert len(server.requests) == 3


async def test_a_database_that_is_not_there(product: Product, server: ModelServer) -> None:
    product.environment["DATABASE_URL"] = "postgresql://user:secret-word@127.0.0.1:1/none"
    ended = await product.run(server)
    assert_blocked(ended, "no-database", "127.0.0.1")
    assert "secret-word" not in ended.out + ended.err


async def test_faulty_settings_are_all_named(product: Product, server: ModelServer) -> None:
    product.environment.update({"BACKEND_DEVELOPER_ATTEMPTS": "9", "BACKEND_DEVELOPER_MAX_WALL_S": "soon"})
    ended = await product.run(server)
    assert (ended.code, ended.report["status"]) == (2, "blocked")
    said = "\n".join(fault["message"] for fault in ended.report["errors"])
    assert "BACKEND_DEVELOPER_ATTEMPTS" in said
    assert "BACKEND_DEVELOPER_MAX_WALL_S" in said


async def test_the_wall_time_is_a_limit_also_on_an_answer(product: Product, server: ModelServer) -> None:
    server.play(script(slow(CORRECT[0], 2), *CORRECT[1:]))
    product.environment["BACKEND_DEVELOPER_MAX_WALL_S"] = "2"
    ended = await product.run(server)
    assert (ended.code, ended.report["errors"][0]["code"]) == (2, "budget-spent"), ended.err
