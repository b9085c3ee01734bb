"""Around a run: two at once, undo, record and replay, a task from a file."""

import json
from pathlib import Path

from tests.support.model_server import ModelServer, call
from tests.support.postgres import until
from tests.support.product import (
    ADD_DISCOUNT,
    ANEW,
    BYPRODUCTS,
    CORRECT,
    FINISH,
    Product,
    killed_at_the_end,
    picture,
    script,
    slow,
    write_shop,
)


async def test_of_two_at_once_the_second_is_told_of_the_first(product: Product, server: ModelServer) -> None:
    server.play(script(slow(ADD_DISCOUNT, 60), FINISH))
    process = await product.start("run", product.task("first"), "--base-url", server.base_url)
    async with killed_at_the_end(process):
        assert await until(lambda: any(not request.forced for request in server.requests))
        second = await product.run(server, product.task("second"))
        assert process.returncode is None
    assert (second.code, second.report["status"]) == (2, "blocked")
    (fault,) = second.report["errors"]
    assert fault["code"] == "workspace-busy"
    assert "task `first`" in fault["message"]
    assert f"process {process.pid}" in fault["message"]
    assert second.report["files_changed"] == []


async def test_undo_puts_back_the_bytes_and_keeps_later_edits(product: Product, server: ModelServer) -> None:
    prices, taxes = product.workspace / "shop" / "prices.py", product.workspace / "shop" / "taxes.py"
    taxes.write_bytes(b'"""Taxes."""\r\nRATE = 0.2\r\n')
    (product.workspace / "notes.md").write_bytes(b"no newline at the end")
    prices.chmod(0o755)
    before = picture(product.workspace)
    turns = [
        ADD_DISCOUNT,
        call("edit", path="shop/taxes.py", old="0.2", new="0.25"),
        call("write", path="shop/new/rules.py", content='"""Rules."""\n'),
        call("bash", command="rm notes.md && printf '\\0\\377' > data.bin"),
        FINISH,
    ]
    server.play(script(*turns))
    ended = await product.run(server)
    assert ended.report["files_changed"] == [
        "data.bin", "notes.md", "shop/new/rules.py", "shop/prices.py", "shop/taxes.py",
    ]  # fmt: skip
    taxes.write_text("mine now\n")
    undone = await product.call("undo", "t1", "-w", str(product.workspace))
    assert undone.code == 1
    assert "kept shop/taxes.py" in undone.out
    assert "4 files restored, 1 kept" in undone.out
    after = picture(product.workspace, leave_out=BYPRODUCTS)
    assert {path for path in before | after if before.get(path) != after.get(path)} == {"shop/taxes.py"}
    assert prices.stat().st_mode & 0o777 == 0o755
    assert not (product.workspace / "shop" / "new").exists()
    assert taxes.read_text() == "mine now\n"


async def test_a_recorded_run_replays_without_a_server(product: Product, server: ModelServer, tmp_path: Path) -> None:
    cassette = tmp_path / "run.jsonl"
    server.play(script(*CORRECT))
    recorded = await product.run(server, None, "--record", str(cassette))
    assert recorded.code == 0, recorded.err
    assert "sk-acceptance" not in cassette.read_text()
    copy = Product(
        product.starter, product.state_dir, write_shop(tmp_path / "copy" / "shop"), {"BACKEND_DEVELOPER_API_KEY": ""}
    )
    asked = len(server.requests)
    replayed = await copy.call("run", copy.task(), "--replay", str(cassette))
    assert (replayed.code, replayed.report) == (0, recorded.report), replayed.err
    assert "recorded" in replayed.err
    assert len(server.requests) == asked
    one = picture(product.workspace, leave_out=BYPRODUCTS)
    assert picture(copy.workspace, leave_out=BYPRODUCTS) == one


async def test_the_task_comes_as_a_file_too_and_nothing_else_is_on_stdout(
    product: Product, server: ModelServer, tmp_path: Path
) -> None:
    file = tmp_path / "task.json"
    fields = json.loads(product.task())
    file.write_text(json.dumps({name: fields[name] for name in ("task_id", "main_task")}), encoding="utf-8")
    server.play(script(*CORRECT))
    words = ["run", str(file), "-w", str(product.workspace), "--base-url", server.base_url, "-q"]
    ended = await product.call(*words, through=ANEW)
    assert (ended.code, ended.report["status"], ended.err) == (0, "success", "")
