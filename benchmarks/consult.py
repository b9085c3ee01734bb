"""How long the node `consult` takes on a FastAPI and PostgreSQL task, answered by the servers at hand.

    python benchmarks/consult.py

The project is the demo's sample with this environment's packages as its virtualenv. The first run reads the project and
its packages; the others are warm.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from backend_developer.contract.analysis import Analysis  # noqa: E402 - the path comes first
from backend_developer.nodes.consult import consult  # noqa: E402
from tests.support.fakes import Bench, make_bench  # noqa: E402

SAMPLE = ROOT / "examples" / "users_service"
ANALYSIS = Analysis(summary="Users", keywords=["user", "create_user"], database=True, api=True)
WARM = 20
TO_REACH_S = 0.4


async def once(bench: Bench) -> float:
    """Seconds of one run; every call of it must be answered at hand."""
    state = bench.state(analysis=ANALYSIS.dump())
    began = time.perf_counter()
    records = (await consult(state, bench.runtime))["consult"].values()
    took = time.perf_counter() - began
    assert {record["server"] for record in records} == {"pg-aiguide", "context7", "code-index"}
    assert {record["answered_by"] for record in records} == {"built in"}
    return took


async def main() -> None:
    """Print the table's row."""
    files = {
        path.relative_to(SAMPLE).as_posix(): path.read_text(encoding="utf-8")
        for path in SAMPLE.rglob("*")
        if path.suffix in {".py", ".toml", ".sql", ".md"}
    }
    with tempfile.TemporaryDirectory() as folder:
        bench = await make_bench(Path(folder), files=files)
        (bench.root / ".venv").symlink_to(sys.prefix)
        first = await once(bench)
        warm = [await once(bench) for _ in range(WARM)]
    median, most = statistics.median(warm), max(warm)
    warmed = f"warm, {WARM} times: median {median:.3f} s, most {most:.3f} s"
    print(f"first {first:.3f} s; {warmed}; to reach {TO_REACH_S} s")


if __name__ == "__main__":
    asyncio.run(main())
