"""House rules on 1,000 changed files of one language, in a process of its own.

    python -m benchmarks.gates.rules .py 5

Prints seconds by the clock and of the processor as JSON: with an index that is up to date, with one that has yet to
read the change, with one that has read it while the model answered as in a run, of that reading, and of parsing each of
the files once, below which nothing can come that reads them.
"""

import ast
import asyncio
import json
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from langchain_core.messages import AIMessage

from backend_developer.nodes.gates.house_rules import house_rules
from backend_developer.nodes.write.turn import write
from backend_developer.workspace.collector import without_collector
from backend_developer.workspace.index.languages import language_of
from backend_developer.workspace.index.languages.tree import TreeLanguage
from benchmarks.gates.files import Pair, pairs
from tests.support.fakes import Bench, ScriptedModel, answer, call, make_bench

FILES = 1_000
LOGGING = 0.95
"""Share of functions with the log call that the rule asks for."""
CONSULTED = {name: {"server": name, "tool": "any", "ok": True} for name in ("pg-aiguide", "context7", "code-index")}
SETTLED_S = 2.5
"""Younger files are read again at each question, since their stamps do not tell them apart."""

Times = tuple[float, float]
"""By the clock, and of the processor."""


async def judge(bench: Bench) -> Times:
    """One run of the gate."""
    began, before = time.perf_counter(), time.process_time()
    judged = (await house_rules(bench.state(consult=CONSULTED), bench.runtime))["gates"]["1/house_rules"]
    took = time.perf_counter() - began, time.process_time() - before
    if judged["evidence"]["files"] != FILES or not any(one["code"] == "log-missing" for one in judged["findings"]):
        raise RuntimeError(f"the gate has judged something else: {judged['evidence']}, {judged['reason']}")
    return took


class Thinking(ScriptedModel):
    """Takes as long for its answer as the index does for the change."""

    def __init__(self) -> None:
        super().__init__(answer(call("finish", summary="Done.")))

    async def ask(self, messages: Any, **options: Any) -> AIMessage:
        while any(thread.name == "index" for thread in threading.enumerate()):
            await asyncio.sleep(0.01)
        return await super().ask(messages, **options)


async def change(bench: Bench, files: Sequence[Pair], time_of: int = 0) -> None:
    """The task's writes; another `time_of` makes them others, by a blank line at the end."""
    for number, one in enumerate(files):
        text = one.after + "\n" * time_of
        await bench.context.workspace.journal.write(one.path, text.encode(), call_id=f"{time_of}-{number}")


async def in_a_run(bench: Bench, files: Sequence[Pair], time_of: int) -> tuple[Times, Times]:
    """The gate after the turn of the model that follows a change, and that turn."""
    await change(bench, files, time_of)
    told = [answer(call("bash", command="change them all"), id="turn-1")]
    began, before = time.perf_counter(), time.process_time()
    thinking = replace(bench, context=replace(bench.context, model=Thinking()))
    await write(bench.state(messages=told), thinking.runtime)
    took = time.perf_counter() - began, time.process_time() - before
    return await judge(bench), took


def parse(suffix: str, files: Sequence[Pair]) -> Times:
    """Each changed file once, by the parser that the rule on logging has."""
    parser = _parser(suffix)
    with without_collector():
        began, before = time.perf_counter(), time.process_time()
        for one in files:
            parser(one.after)
        return time.perf_counter() - began, time.process_time() - before


def _parser(suffix: str) -> Callable[[str], object]:
    if suffix == ".py":
        return ast.parse
    language = language_of(suffix)
    assert isinstance(language, TreeLanguage)
    return lambda text: language.parse(text.encode())


async def measure(suffix: str, rounds: int) -> dict[str, list[Times]]:
    """All figures of one language."""
    files = pairs(suffix, FILES, logging=LOGGING)
    with tempfile.TemporaryDirectory() as folder:
        bench = await make_bench(Path(folder), files={one.path: one.before for one in files})
        await bench.context.index.duplicates(set())
        await change(bench, files)
        reading = [await judge(bench)]
        await asyncio.sleep(SETTLED_S)
        # What had to be read again once more, for being young at the first time.
        await bench.context.index.duplicates(set())
        warm = [await judge(bench) for _ in range(rounds)]
        ahead = [await in_a_run(bench, files, number + 1) for number in range(rounds)]
        bench.context.index.close()
    return {
        "warm": warm,
        "reading": reading,
        "ahead": [gate for gate, _ in ahead],
        "meanwhile": [turn for _, turn in ahead],
        "parse": [parse(suffix, files) for _ in range(rounds)],
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(measure(sys.argv[1], int(sys.argv[2])))))
