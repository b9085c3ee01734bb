"""The figures as a Markdown page."""

import os
import platform
import statistics
from dataclasses import dataclass
from importlib.metadata import version

PACKAGES = ("langgraph", "langchain", "langchain-openai", "langgraph-checkpoint-postgres", "openai", "psycopg")


@dataclass(frozen=True, slots=True)
class Figure:
    """One row: samples of ours and of the peer, and what ours has to stay under."""

    name: str
    unit: str
    ours: list[float]
    peer: list[float]
    target: float | None = None

    def row(self) -> str:
        """Medians, with the least and the greatest beside them."""
        target = "" if self.target is None else f"{self.target:,} {self.unit}"
        kept = "" if self.target is None else "yes" if statistics.median(self.ours) <= self.target else "no"
        cells = (self.name, _cell(self.ours, self.unit), _cell(self.peer, self.unit), target, kept)
        return f"| {' | '.join(cells)} |"


def page(figures: list[Figure], rounds: int, load: tuple[float, float]) -> str:
    """The whole page."""
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    lines = [
        "# Measured beside create_agent",
        "",
        "| | ours | create_agent | to reach | reached |",
        "| --- | --- | --- | --- | --- |",
        *(figure.row() for figure in figures),
        "",
        f"Medians of {rounds} runs (half as many of the long loops), the least and the greatest in brackets.",
        "",
        "Both agents run in turn on one embedded PostgreSQL and one scripted server in a process of its own; the "
        "server's answering time (under 1 ms) is included. A call outside the tools is the time from one request to "
        "the next without that which the tool took by its own clock. With ours that holds checkpoint and lock; the "
        "clock of `edit` holds guard and journal, hence the rows with nothing taken off. Tokens are bytes of the "
        "request's JSON by four, for both. The nine-call task has ten requests with ours: the analysis comes first.",
        "",
        f"Python {platform.python_version()} on {platform.system()} {platform.machine()}, {os.cpu_count()} cores, "
        f"load {load[0]:.1f} at the start and {load[1]:.1f} at the end; {versions}.",
        "",
    ]
    return "\n".join(lines)


def _cell(samples: list[float], unit: str) -> str:
    if not samples:
        return ""
    middle, least, greatest = (_number(value) for value in (statistics.median(samples), min(samples), max(samples)))
    return f"{middle} {unit} ({least}-{greatest})"


def _number(value: float) -> str:
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"
