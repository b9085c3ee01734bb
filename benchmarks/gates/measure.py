"""All figures of the gates in one run; see `run.py`."""

import argparse
import asyncio
import json
import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from backend_developer.contract import load_settings
from benchmarks.gates.database import fresh_database, new_server
from benchmarks.gates.rules import FILES, LOGGING
from benchmarks.gates.service import changed_sample, one_round
from benchmarks.table import Figure
from tests.support.postgres import state_folder

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "benchmarks" / "results_gates.md"
LANGUAGES = {"Python": ".py", "TypeScript": ".ts", "Go": ".go", "Rust": ".rs", "C#": ".cs"}
WHOLE_S, OWN_S, DATABASE_S, RULES_S = 12, 0.3, 0.5, 2
LIMIT_S = 900


async def beside_hands(folder: Path, rounds: int) -> list[Figure]:
    """The gates and their database, the first round not counted."""
    settings = load_settings(state_dir=folder)
    async with changed_sample(folder, settings) as (context, state):
        ran = [await one_round(context, state) for _ in range(rounds + 1)][1:]
        fresh = [await fresh_database(settings) for _ in range(rounds + 1)][1:]
    servers = [await new_server() for _ in range(rounds)]
    wholes, owns, hands = zip(*((one.whole_s, one.own_s, one.by_hand_s) for one in ran), strict=True)
    return [
        Figure("all six gates, warm", "s", list(wholes), list(hands), WHOLE_S),
        Figure("our own share of it", "s", list(owns), [], OWN_S),
        Figure("a fresh database for a gate", "s", fresh, servers, DATABASE_S),
    ]


def rules(suffix: str, rounds: int) -> dict[str, Any]:
    """House rules on the changed files of one language, in a process of its own."""
    command = (sys.executable, "-m", "benchmarks.gates.rules", suffix, str(rounds))
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=LIMIT_S, check=False)
    if ran.returncode:
        raise SystemExit(f"{suffix} could not be measured:\n{ran.stderr[-2000:]}")
    figures: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return figures


def rules_row(language: str, figures: dict[str, Any]) -> str:
    """The least times by the clock, the processor's in brackets."""
    cells = [_cell(figures[key]) for key in ("ahead", "meanwhile", "warm", "reading", "parse")]
    reached = "yes" if _least(figures["ahead"], 0) <= RULES_S else "no"
    return f"| {language} | {' | '.join(cells)} | {RULES_S} s | {reached} |"


def _cell(times: Sequence[Sequence[float]]) -> str:
    return f"{_least(times, 0):.2f} s ({_least(times, 1):.2f})"


def _least(times: Sequence[Sequence[float]], place: int) -> float:
    # What else the machine does can only add to a time.
    return min(one[place] for one in times)


def page(figures: Sequence[Figure], judged: dict[str, dict[str, Any]], rounds: int, load: tuple[float, float]) -> str:
    """The figures as a Markdown page."""
    lines = [
        "# The gates, measured",
        "",
        "| the sample FastAPI service | ours | by hand | to reach | reached |",
        "| --- | --- | --- | --- | --- |",
        *(figure.row() for figure in figures),
        "",
        f"Medians of {rounds} runs after one that is not counted, the least and the greatest in brackets. The change "
        "is a route and a migration. All six gates run as in the graph, house rules, lint, build and database side by "
        "side; by hand are the same command lines one after the other, the service until it listens: no judging, no "
        "squawk, no migration tried, no check played. Our own share is the clock's time less that in which a process "
        "of the tools or the service ran; starting them and PostgreSQL's work for the gates count as ours. By hand a "
        "fresh database is `initdb` and the start of a server.",
        "",
        f"| house rules on {FILES:,} changed files | in a run | read while the model answers | index up to date | "
        "index reads the change | parsed once, no more | to reach | reached |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
        *(rules_row(language, found) for language, found in judged.items()),
        "",
        f"Seconds by the clock, the least of {rounds}, with the processor's in brackets. In a run a turn of the model "
        "follows the change, for it has to say `finish`, and the index reads the change meanwhile: the second column "
        "is that turn, no longer than the reading, and the first the gate after it. Where the model answers sooner, "
        "the gate waits for the rest. Where it says `finish` in the answer that makes the change, the gate reads all "
        "of it: the fourth column, one run, for there is one first time. Each file has about 100 lines and six "
        "functions; one function has got a statement more, and one is new. "
        f"{LOGGING:.0%} of the functions log as the rule asks, the others are found. No peer has these rules; the last "
        "column of seconds is the parser alone, `ast` or tree-sitter.",
        "",
        f"Python {platform.python_version()} on {platform.system()} {platform.machine()}, {os.cpu_count()} cores, load "
        f"{load[0]:.1f} at the start and {load[1]:.1f} at the end.",
        "",
    ]
    return "\n".join(lines)


def main() -> None:
    """Measure, print and write."""
    options = argparse.ArgumentParser(description="The gates' figures.")
    options.add_argument("--rounds", type=int, default=5, help="runs of each kind")
    rounds = options.parse_args().rounds
    load = os.getloadavg()[0]
    with state_folder() as folder:
        figures = asyncio.run(beside_hands(folder, rounds))
    judged = {language: rules(suffix, rounds) for language, suffix in LANGUAGES.items()}
    text = page(figures, judged, rounds, (load, os.getloadavg()[0]))
    RESULTS.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
