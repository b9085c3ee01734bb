"""What one model call costs beside the model: ours and a plain `ChatOpenAI`, on the same scripted server.

    .venv/bin/python -m benchmarks.model_call [--rounds 25]

The server is a process of its own and answers every request with one tool call. Reported are medians of the wall time
from the call to the parsed answer, the server's own time (about 1 ms at 400 KB) included.
"""

import argparse
import asyncio
import json
import os
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage
from pydantic import SecretStr

from backend_developer.contract import load_settings
from tests.support.model_server import server_process

SIZES = (2, 100, 400, 800)
TOOLS: list[dict[str, Any]] = [
    {
        "type": "function",
        "function": {
            "name": name,
            "description": f"{name.capitalize()} something in the project.",
            "parameters": {"type": "object", "properties": {"path": {"type": "string"}}, "required": ["path"]},
        },
    }
    for name in ("read", "list", "glob", "grep", "edit", "write", "delete", "bash", "probe", "finish")
]

Ask = Callable[[list[BaseMessage]], Awaitable[object]]


def conversation(messages: int) -> list[BaseMessage]:
    """A system prompt of 4 KB, a task, and then edits of 300 bytes with results of 600."""
    said: list[BaseMessage] = [SystemMessage("rule\n" * 800, id="system"), HumanMessage("Do it.", id="task")]
    for turn in range((messages - 2) // 2):
        arguments = {"path": f"app/module_{turn}.py", "old": "x" * 80, "new": "y" * 80}
        called = {"name": "edit", "args": arguments, "id": f"call_{turn}", "type": "tool_call"}
        said.append(AIMessage("", id=f"a{turn}", tool_calls=[called]))
        said.append(ToolMessage("line of output\n" * 40, id=f"t{turn}", tool_call_id=f"call_{turn}"))
    return said


async def median_ms(ask: Ask, messages: int, rounds: int) -> float:
    """The median of calls in a growing conversation, as in a run: each adds what the model and a tool said."""
    said = conversation(messages)
    await ask(said)
    took = []
    for turn in range(rounds):
        grown = [*said, HumanMessage(f"go on {turn}", id=f"h{turn}")]
        began = time.perf_counter()
        await ask(grown)
        took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took)


async def measure(base_url: str, rounds: int) -> None:
    began = time.perf_counter()
    from backend_developer.graph.model import open_model  # noqa: PLC0415 - what is timed

    model = await open_model(load_settings(base_url=base_url, model="openai:scripted"))
    opened = time.perf_counter()
    await model.ask(conversation(2), tools=TOOLS, purpose="bench")
    first = time.perf_counter()
    print(f"open (imports included) {1000 * (opened - began):.0f} ms, first call {1000 * (first - opened):.1f} ms")

    from langchain_openai import ChatOpenAI  # noqa: PLC0415 - must not be loaded before ours is timed

    chat = ChatOpenAI(model="scripted", api_key=SecretStr("none"), base_url=base_url, use_responses_api=False)
    plain = chat.bind_tools(TOOLS)

    async def ours(said: list[BaseMessage]) -> object:
        return await model.ask(said, tools=TOOLS, purpose="bench")

    async def theirs(said: list[BaseMessage]) -> object:
        return await plain.ainvoke(said)

    print(f"{'messages':>8} {'ours ms':>9} {'ChatOpenAI ms':>14}")
    for size in SIZES:
        print(f"{size:>8} {await median_ms(ours, size, rounds):>9.2f} {await median_ms(theirs, size, rounds):>14.2f}")
    await model.aclose()


async def main() -> None:
    parser = argparse.ArgumentParser(description="Cost of one model call, ours and ChatOpenAI's.")
    parser.add_argument("--rounds", type=int, default=25)
    rounds: int = parser.parse_args().rounds
    os.environ.pop("OPENAI_BASE_URL", None)
    step = {"tool_calls": [{"name": "read", "arguments": {"path": "app/main.py"}}]}
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder, "steps.json")
        script.write_text(json.dumps([step] * (max(SIZES) // 2 + 1)), encoding="utf-8")
        async with server_process(script) as base_url:
            await measure(base_url, rounds)


if __name__ == "__main__":
    asyncio.run(main())
