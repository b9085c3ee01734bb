"""How a task can end, seen from outside."""

from tests.support.model_server import ModelServer, call
from tests.support.product import (
    ADD_DISCOUNT,
    ANEW,
    BREAK,
    BYPRODUCTS,
    CORRECT,
    FINISH,
    GROSS,
    WRONG,
    Product,
    last_request,
    picture,
    script,
)


async def test_a_correct_change_succeeds(product: Product, server: ModelServer) -> None:
    server.play(script(*CORRECT))
    before = picture(product.workspace)
    ended = await product.call("run", product.task(), "--base-url", server.base_url, through=ANEW)
    assert ended.code == 0, ended.err
    assert ended.report == {
        "status": "success",
        "files_changed": ["shop/prices.py"],
        "errors": [],
        "next_action": "@test-automator: cover the change in shop/prices.py",
    }
    after = picture(product.workspace, leave_out=BYPRODUCTS)
    assert {path for path in after if before.get(path) != after[path]} == {"shop/prices.py"}
    assert "gate tests (attempt 1): pass" in ended.err
    assert "attempt 1 of 3" in ended.err
    assert ended.err.splitlines()[-1] == "report: success"


async def test_a_change_that_breaks_a_test_fails_after_three_attempts(product: Product, server: ModelServer) -> None:
    say_done = call("finish", summary="I believe it is fine.", checks=[])
    server.play(script(BREAK, FINISH, say_done, say_done))
    ended = await product.run(server)
    report = ended.report
    assert (ended.code, report["status"]) == (1, "failed")
    assert report["files_changed"] == ["shop/prices.py"]
    (fault,) = report["errors"]
    assert (fault["source"], fault["file"], fault["line"]) == ("tests/pytest", "tests/test_prices.py", 5)
    assert fault["message"].startswith("tests/test_prices.py::test_gross: assert 80.0 == 120")
    assert "after 3 attempts tests" in report["next_action"]
    findings = [m["content"] for m in last_request(server) if m["role"] == "user"][1:]
    assert len(findings) == 2
    assert all("test_gross" in words for words in findings)
    gates = (await product.show())["gates"]
    assert [gates[f"{attempt}/tests"]["status"] for attempt in (0, 1, 2, 3)] == ["pass", "fail", "fail", "fail"]


async def test_the_findings_let_the_model_mend_its_change(product: Product, server: ModelServer) -> None:
    mend = call("edit", path="shop/prices.py", old=WRONG, new=GROSS)
    server.play(script(ADD_DISCOUNT, BREAK, FINISH, mend, FINISH))
    ended = await product.run(server)
    assert (ended.code, ended.report["status"]) == (0, "success")
    # The prefix of the conversation is the same bytes in every request: what providers cache.
    loop = [request for request in server.requests if not request.forced]
    assert all(request.messages[:2] == loop[0].messages[:2] for request in loop)
    assert all(request.body["tools"] == loop[0].body["tools"] for request in loop)


async def test_a_change_that_does_nothing_is_no_success(product: Product, server: ModelServer) -> None:
    server.play(script(FINISH, FINISH, FINISH))
    ended = await product.run(server)
    report = ended.report
    assert (ended.code, report["status"], report["files_changed"]) == (1, "failed", [])
    assert [fault["code"] for fault in report["errors"]] == ["nothing-changed"]


async def test_an_old_failing_test_does_not_block(product: Product, server: ModelServer) -> None:
    old = product.workspace / "tests" / "test_old.py"
    old.write_text("def test_old():\n    assert 1 == 2\n")
    server.play(script(*CORRECT))
    ended = await product.run(server)
    assert (ended.code, ended.report["status"]) == (0, "success")
    assert ended.report["errors"] == []
    assert "test_old" in last_request(server)[1]["content"], "the model is told of old failures"


async def test_what_cannot_go_on_is_blocked(product: Product, server: ModelServer) -> None:
    (product.workspace / "backend-developer.toml").write_text('python = "no/such/python"\n')
    server.play(script(*CORRECT))
    ended = await product.run(server)
    assert (ended.code, ended.report["status"]) == (2, "blocked")
    assert ended.report["files_changed"] == []
    (fault,) = ended.report["errors"]
    assert fault["code"] == "no-toolchain"
    assert "no/such/python" in fault["message"]
    assert "Create it" in ended.report["next_action"]
    assert not server.requests


async def test_a_change_that_is_the_first_to_want_an_extension_is_blocked(
    product: Product, server: ModelServer
) -> None:
    trigrams = "CREATE EXTENSION pg_trgm;\nCREATE TABLE words (id bigint PRIMARY KEY);\n"
    server.play(script(ADD_DISCOUNT, call("write", path="migrations/0001_words.sql", content=trigrams), FINISH))
    product.environment["BACKEND_DEVELOPER_INSTALLED_POSTGRES"] = "false"
    ended = await product.run(server)
    report = ended.report
    assert (ended.code, report["status"]) == (2, "blocked")
    (fault,) = report["errors"]
    assert (fault["source"], fault["code"]) == ("database", "no-extension")
    assert "(migrations/0001_words.sql:1): it lacks the extension pg_trgm" in fault["message"]
    assert report["next_action"].startswith(
        "Set BACKEND_DEVELOPER_SCRATCH_DATABASE_URL to the URL of a PostgreSQL server"
    )
