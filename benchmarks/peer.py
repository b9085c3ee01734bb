"""The process under test: `langchain.agents.create_agent` with four bare tools and langgraph's PostgreSQL saver.

`python -m benchmarks.peer JOB.json`
"""

import asyncio
import json
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from langchain.agents import create_agent
from langchain_core.runnables import RunnableConfig
from langchain_openai import ChatOpenAI
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from pydantic import SecretStr

from benchmarks.process import cpu_s, peak_mib


class Tools:
    """Bare tools on one folder, each timed from within."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.times: list[list[Any]] = []
        self.cpu: list[float] = []

    async def read(self, path: str) -> str:
        """Read a file."""
        return await self._timed("read", lambda: (self._root / path).read_text(encoding="utf-8"))

    async def grep(self, pattern: str) -> str:
        """Search the files for a regular expression."""
        return await self._timed("grep", lambda: self._found(re.compile(pattern)))

    async def edit(self, path: str, old: str, new: str) -> str:
        """Replace a text in a file."""
        return await self._timed("edit", lambda: self._replace(self._root / path, old, new))

    async def bash(self, command: str) -> str:
        """Run a command."""
        return await self._timed("bash", lambda: self._run(command))

    async def _timed(self, name: str, work: Callable[[], str]) -> str:
        began = time.perf_counter()
        text = await asyncio.to_thread(work)
        self.times.append([name, time.perf_counter() - began])
        self.cpu.append(cpu_s())
        return text

    def _found(self, pattern: re.Pattern[str]) -> str:
        lines = [
            f"{path.relative_to(self._root)}:{number}: {line}"
            for path in sorted(self._root.rglob("*.py"))
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
            if pattern.search(line)
        ]
        return "\n".join(lines)

    def _replace(self, path: Path, old: str, new: str) -> str:
        path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
        return "Done."

    def _run(self, command: str) -> str:
        done = subprocess.run(command, shell=True, cwd=self._root, capture_output=True, text=True, check=False)
        return done.stdout + done.stderr


async def run(job: dict[str, Any]) -> dict[str, Any]:
    tools = Tools(Path(job["workspace"]))
    model = ChatOpenAI(model="scripted", api_key=SecretStr("none"), base_url=job["base_url"])
    async with AsyncPostgresSaver.from_conn_string(job["dsn"]) as saver:
        agent: Any = create_agent(model, [tools.read, tools.grep, tools.edit, tools.bash], checkpointer=saver)
        config: RunnableConfig = {"configurable": {"thread_id": job["thread"]}, "recursion_limit": 10_000}
        await agent.ainvoke({"messages": [{"role": "user", "content": job["words"]}]}, config)
    return {"tools": tools.times, "cpu_s": tools.cpu[-1] - tools.cpu[0], "peak_mib": peak_mib()}


if __name__ == "__main__":
    given = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    print(json.dumps(asyncio.run(run(given))))
