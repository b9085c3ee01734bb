import asyncio
import json
import sys
from asyncio.subprocess import PIPE
from pathlib import Path


async def test_kill_9_at_any_line_loses_no_edit_and_makes_none_twice(dsn: str, tmp_path: Path) -> None:
    script = Path(__file__).with_name("kill_everywhere.py")
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(script), dsn, str(tmp_path), "7", "167", stdout=PIPE, stderr=PIPE
    )
    out, err = await process.communicate()
    told = json.loads(out or b"{}")
    assert told.get("wrong") == [], err.decode()
    assert told["places"] > 10
