"""The process under test: ours, through the same session as the command line. `python -m benchmarks.ours JOB.json`."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from benchmarks.process import cpu_s, peak_mib


async def run(job: dict[str, Any]) -> dict[str, Any]:
    from backend_developer.contract import load_settings, parse_task  # noqa: PLC0415 - as the command line loads it
    from backend_developer.interfaces.session import open_session  # noqa: PLC0415 - likewise

    settings = load_settings(**job["settings"])
    tools: list[list[Any]] = []
    cpu: list[float] = []
    report: dict[str, Any] = {}
    async with open_session(settings) as session:
        async for update in session.run(parse_task(job["task"])):
            if update["event"] == "tool":
                tools.append([update["name"], update["duration_s"]])
                cpu.append(cpu_s())
            if update["event"] == "report":
                report = update["report"]
    return {"tools": tools, "cpu_s": cpu[-1] - cpu[0], "peak_mib": peak_mib(), "report": report}


if __name__ == "__main__":
    given = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    print(json.dumps(asyncio.run(run(given))))
