import json
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage

from backend_developer.contract import BudgetSpent, ModelRefused
from backend_developer.contract.analysis import Usage
from backend_developer.nodes.analyze import analyze
from backend_developer.nodes.structured import TRIES
from tests.support.fakes import Bench, Line, answer, call, make_bench

GOOD = {"summary": "Пользователи", "keywords": ["user"], "api": True}
RUSSIAN = {"main_task": "Создать API для пользователей", "extras": ["Разбить auth.py на модули"]}


async def analysed(folder: Path, *lines: Line, **task: Any) -> tuple[Bench, dict[str, Any]]:
    bench = await make_bench(folder, *lines, task=task or RUSSIAN)
    return bench, await analyze(bench.state(), bench.runtime)


async def test_one_forced_call_gives_the_analysis(tmp_path: Path) -> None:
    bench, update = await analysed(tmp_path, answer(call("analysis", **GOOD)))
    assert update["analysis"]["summary"] == "Пользователи"
    assert update["analysis"]["database"] is False
    assert update["usage"]["calls"] == 1
    (asked,) = bench.model.asked
    assert (asked.purpose, asked.choice, asked.tools[0]["function"]["name"]) == ("analyze", "analysis", "analysis")
    assert bench.events == [
        {"event": "model", "purpose": "analyze", "model": "scripted", "calls": 1}
        | {"tokens_in": 100, "tokens_out": 10, "cost_usd": "0"}
    ]


async def test_the_question_holds_the_task_and_the_files(tmp_path: Path) -> None:
    bench, _ = await analysed(tmp_path, answer(call("analysis", **GOOD)), **RUSSIAN, files_involved=["app/"])
    question = bench.model.asked[0].messages[1].text
    for part in ("Создать API", "Also: Разбить auth.py", "Files named: app/", "python with fastapi", "users.py"):
        assert part in question


async def test_json_in_the_text_serves_as_well(tmp_path: Path) -> None:
    text = f"Here it is:\n```json\n{json.dumps(GOOD)}\n```"
    _, update = await analysed(tmp_path, answer(text=text))
    assert update["analysis"]["api"] is True


@pytest.mark.parametrize(
    ("faulty", "told"),
    [
        (answer(call("analysis", keywords="user")), "summary: Field required"),
        (answer(text="I would first look at the files."), "neither a call"),
        (answer(text="{not json}"), "Expecting property name"),
        (answer(), "neither a call"),
    ],
)
async def test_a_faulty_answer_is_asked_for_again_with_its_fault(tmp_path: Path, faulty: AIMessage, told: str) -> None:
    bench, update = await analysed(tmp_path, faulty, answer(call("analysis", **GOOD)))
    assert update["usage"]["calls"] == 2
    again = bench.model.asked[1].messages
    assert told in again[-1].text
    assert again[-2].text
    assert not any(isinstance(message, AIMessage) and message.tool_calls for message in again)


async def test_after_three_the_tasks_own_words_serve(tmp_path: Path) -> None:
    bench, update = await analysed(tmp_path, *[answer(text="hm")] * TRIES)
    assert update["analysis"]["summary"] == RUSSIAN["main_task"]
    assert update["analysis"]["requirements"] == [RUSSIAN["main_task"], *RUSSIAN["extras"]]
    assert update["analysis"]["api"] is True
    assert update["usage"]["calls"] == TRIES
    assert bench.events[-1]["event"] == "notice"


async def test_what_the_model_refuses_goes_through(tmp_path: Path) -> None:
    with pytest.raises(ModelRefused):
        await analysed(tmp_path, ModelRefused("wrong key.", "Set another."))


async def test_the_budget_holds_here_too(tmp_path: Path) -> None:
    bench = await make_bench(tmp_path, max_model_calls=1)
    with pytest.raises(BudgetSpent):
        await analyze(bench.state(usage=Usage(calls=1).dump()), bench.runtime)
