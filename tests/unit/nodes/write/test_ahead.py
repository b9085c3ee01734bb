"""The index reads while the model thinks, the project first and then what it changes, and no node waits for it."""

import asyncio
import logging
import shutil
import threading
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage

from backend_developer.nodes.analyze import analyze
from backend_developer.nodes.write.turn import write
from tests.support.fakes import Bench, ScriptedModel, answer, call, make_bench

LONG_S = 10.0
CHANGED = answer(call("bash", command="codemod"), id="turn-1")
LOOKED = answer(call("read", path="app/users.py"), id="turn-1")


class Thinking(ScriptedModel):
    """Answers when the test lets it."""

    def __init__(self) -> None:
        super().__init__(answer(call("finish", summary="x")))
        self.thinks, self.may_answer = asyncio.Event(), asyncio.Event()

    async def ask(self, messages: Any, **options: Any) -> AIMessage:
        self.thinks.set()
        await self.may_answer.wait()
        return await super().ask(messages, **options)


@pytest.fixture
def model() -> Thinking:
    return Thinking()


@pytest.fixture
async def bench(tmp_path: Path, model: Thinking) -> AsyncIterator[Bench]:
    made = await make_bench(tmp_path)
    await made.context.index.long_files()
    yield replace(made, context=replace(made.context, model=model), model=model)
    made.context.index.close()


def turn(bench: Bench, last: AIMessage) -> asyncio.Task[dict[str, Any]]:
    told = ToolMessage("done", tool_call_id=last.tool_calls[0]["id"])
    history: list[BaseMessage] = [SystemMessage("you are", id="system"), HumanMessage("task", id="task"), last, told]
    return asyncio.create_task(write(bench.state(messages=history), bench.runtime))


def change(bench: Bench) -> None:
    (bench.root / "app/zebra.py").write_text("def zebra(): ...\n", encoding="utf-8")


async def indexed(caplog: pytest.LogCaptureFixture, by: str) -> None:
    """Returns when a thread of this name has indexed one file."""
    async with asyncio.timeout(LONG_S):
        while not [one for one in caplog.records if "1 files indexed" in one.message and one.threadName == by]:
            await asyncio.sleep(0.005)


async def test_a_change_is_read_while_the_answer_is_pending(
    bench: Bench, model: Thinking, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    change(bench)
    asked = turn(bench, CHANGED)
    await indexed(caplog, by="index")
    assert not asked.done()
    model.may_answer.set()
    assert (await asked)["messages"][-1].id == "turn-1"


async def test_the_project_is_read_while_the_analysis_is_pending(
    tmp_path: Path, model: Thinking, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    made = await make_bench(tmp_path, files={"app/users.py": "def users(): ...\n"})
    model.lines[:] = [answer(call("Analysis", summary="x"))]
    bench = replace(made, context=replace(made.context, model=model), model=model)
    asked = asyncio.create_task(analyze(bench.state(), bench.runtime))
    await indexed(caplog, by="index")
    assert not asked.done()
    model.may_answer.set()
    assert (await asked)["analysis"]["summary"] == "x"
    bench.context.index.close()


async def test_a_turn_after_one_that_only_read_reads_nothing(
    bench: Bench, model: Thinking, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[str] = []
    monkeypatch.setattr(bench.context.index, "freshen", lambda: started.append("once"))
    model.may_answer.set()
    await turn(bench, LOOKED)
    assert started == []
    model.lines.append(answer(call("finish", summary="x")))
    await turn(bench, CHANGED)
    assert started == ["once"]


async def test_an_index_that_fails_does_not_fail_the_turn(
    bench: Bench, model: Thinking, caplog: pytest.LogCaptureFixture
) -> None:
    moved = bench.root.rename(bench.root.with_name("moved"))
    asked = turn(bench, CHANGED)
    async with asyncio.timeout(LONG_S):
        while "left to the next question" not in caplog.text:
            await asyncio.sleep(0.005)
    model.may_answer.set()
    assert (await asked)["messages"][-1].tool_calls[0]["name"] == "finish"
    shutil.move(moved, bench.root)


async def test_a_cancelled_turn_leaves_nothing_that_the_end_of_the_run_does_not_end(
    bench: Bench, model: Thinking
) -> None:
    change(bench)
    asked = turn(bench, CHANGED)
    await model.thinks.wait()
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    bench.context.index.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "index"]
