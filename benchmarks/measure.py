"""All figures in one run; see `run.py`."""

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks.bench import COMMAND, ROOT, Bench, Run, open_bench
from benchmarks.jobs import loop, nine_calls, start
from benchmarks.storage import database, on_disk, uncompressed
from benchmarks.table import Figure, page
from tests.support.postgres import state_folder

RESULTS = Path(__file__).with_name("results.md")
LAST = 20
"""Calls at the end of the loop over which the 400th is judged."""
MB = 1_000_000


class Samples:
    """Runs of one agent, by job; and what they left in their database."""

    def __init__(self) -> None:
        self.nine: list[Run] = []
        self.long: list[Run] = []
        self.grown: list[int] = []
        self.sent: list[int] = []

    def beside_tools(self) -> list[float]:
        """Medians of ms a call of the nine-call task, one for each run."""
        return [statistics.median(whole - tool for _, whole, tool in run.between()) for run in self.nine]

    def at_the_end(self, pick: Callable[[float, float], float]) -> list[float]:
        """The same for the last reads and searches of the loop, before its edit."""
        ends = [run.between()[-LAST - 1 : -1] for run in self.long]
        return [statistics.median(pick(whole, tool) for _, whole, tool in end) for end in ends]

    def whole(self, tool: str) -> list[float]:
        """Medians of ms from one request to the next around this tool, nothing taken off."""
        return [statistics.median(whole for name, whole, _ in run.between() if name == tool) for run in self.nine]

    def cpu(self) -> list[float]:
        """Processor ms of the main process for each call of the loop."""
        return [1000 * run.said["cpu_s"] / (len(run.arrivals) - 2) for run in self.long]


async def take(bench: Bench, rounds: int, tool_calls: int) -> tuple[Samples, Samples]:
    """Both agents in turn, so that a busy machine is busy for both."""
    ours, peer = Samples(), Samples()
    async with database(bench.server_dsn, "bench_nine") as dsn:
        for _ in range(rounds):
            ours.nine.append(await bench.ours(nine_calls(), dsn))
            peer.nine.append(await bench.peer(nine_calls(), dsn))
    for number in range(max(rounds // 2, 1)):
        for samples, run in ((ours, bench.ours), (peer, bench.peer)):
            name = f"bench_{'ours' if samples is ours else 'peer'}_{number}"
            async with database(bench.server_dsn, name) as dsn:
                before = await on_disk(dsn), await uncompressed(dsn)
                samples.long.append(await run(loop(tool_calls), dsn))
                samples.grown.append(await on_disk(dsn) - before[0])
                samples.sent.append(await uncompressed(dsn) - before[1])
    return ours, peer


async def starts(bench: Bench, rounds: int) -> tuple[list[float], list[float]]:
    """Seconds from the start of the process to its first request to the model, the first start not counted."""
    ours, peer = [], []
    async with database(bench.server_dsn, "bench_start") as dsn:
        for _ in range(rounds + 1):
            run = await bench.command_line(start())
            ours.append(run.first_arrival - run.started)
            run = await bench.peer(replace(start(), ends="success"), dsn)
            peer.append(run.first_arrival - run.started)
    return ours[1:], peer[1:]


def imports(bench: Bench, statement: str, rounds: int) -> list[float]:
    """Seconds that an import takes, the interpreter's own start not counted; the first one not counted either."""
    code = f"import time; began = time.perf_counter(); {statement}; print(time.perf_counter() - began)"
    return [float(_output(bench, [sys.executable, "-c", code])) for _ in range(rounds + 1)][1:]


def timed(bench: Bench, argv: Sequence[str], rounds: int) -> list[float]:
    """Seconds that a command takes, the first time not counted."""
    took = []
    for _ in range(rounds + 1):
        began = time.perf_counter()
        _output(bench, argv)
        took.append(time.perf_counter() - began)
    return took[1:]


def _output(bench: Bench, argv: Sequence[str]) -> str:
    done = subprocess.run(argv, cwd=ROOT, env=bench.environment, capture_output=True, text=True, check=True)
    return done.stdout


def _tokens(runs: list[Run], first: bool) -> list[float]:
    """Four bytes of the request's JSON a token: no tokenizer is at hand offline, and one measure serves both."""
    return [(run.sizes[0] if first else sum(run.sizes) + run.analysis_bytes) / 4 for run in runs]


async def figures(folder: Path, rounds: int, tool_calls: int) -> list[Figure]:
    """All rows of the table."""
    async with open_bench(folder) as bench:
        began, peer_began = await starts(bench, rounds)
        ours, peer = await take(bench, rounds, tool_calls)
        graph = imports(bench, "from backend_developer.graph import build_graph; build_graph", rounds)
        helped = timed(bench, [COMMAND, "--help"], rounds)
    outside: Callable[[float, float], float] = lambda whole, tool: whole - tool  # noqa: E731 - shorter than two functions
    end = f"at call {tool_calls}"
    return [
        Figure("a call outside the tools, nine-call task", "ms", ours.beside_tools(), peer.beside_tools(), 6),
        Figure(f"a call outside the tools, {end}", "ms", ours.at_the_end(outside), peer.at_the_end(outside), 14),
        Figure(f"a call with its tool, {end}", "ms", ours.at_the_end(max), peer.at_the_end(max)),
        Figure("a `read`, nothing taken off", "ms", ours.whole("read"), peer.whole("read")),
        Figure("an `edit`, guard and journal included", "ms", ours.whole("edit"), peer.whole("edit")),
        Figure(f"processor time of the process a call, {tool_calls} calls", "ms", ours.cpu(), peer.cpu()),
        Figure(f"tables' growth, {tool_calls} tool calls", "MB", _in_mb(ours.grown), _in_mb(peer.grown), 1.5),
        Figure("the same, uncompressed values", "MB", _in_mb(ours.sent), _in_mb(peer.sent), 6),
        Figure("process start to the first model request", "s", began, peer_began, 1.0),
        Figure("import of `backend_developer.graph`'s `build_graph`", "s", graph, [], 0.6),
        Figure("`backend-developer --help`", "s", helped, []),
        Figure(f"peak memory, {tool_calls} calls", "MiB", _peaks(ours.long), _peaks(peer.long), 130),
        Figure("first write request", "tokens", _tokens(ours.nine, True), _tokens(peer.nine, True), 6000),
        Figure(
            "nine-call task, analysis included", "tokens", _tokens(ours.nine, False), _tokens(peer.nine, False), 55_000
        ),
    ]


def _peaks(runs: list[Run]) -> list[float]:
    return [run.said["peak_mib"] for run in runs]


def _in_mb(sizes: list[int]) -> list[float]:
    return [size / MB for size in sizes]


def main() -> None:
    parser = argparse.ArgumentParser(description="Ours beside create_agent.")
    parser.add_argument("--rounds", type=int, default=6, help="runs of each kind; half as many of the long ones")
    parser.add_argument("--calls", type=int, default=400, help="tool calls of the long loop")
    given = parser.parse_args()
    load = os.getloadavg()[0]
    with state_folder() as folder:
        rows = asyncio.run(figures(folder, given.rounds, given.calls))
    text = page(rows, given.rounds, (load, os.getloadavg()[0]))
    RESULTS.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
