"""How well a described need finds what serves it: `python benchmarks/scan/run.py [--show]`.

`python -m benchmarks.scan.ranking` asks the development set instead: about other projects, and all of it
may be looked at.

Each question is in the half that is tuned on or in the half that is held out. `--show` tells the questions of the first
half one by one; of the other only totals are ever told.
"""

import asyncio
import tempfile
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from backend_developer.workspace.index import CodeIndex, Hit
from benchmarks.scan.projects import DEVELOPMENT, PROJECTS, Project

QUESTIONS = Path(__file__).with_name("questions")
DEVELOPMENT_QUESTIONS = Path(__file__).with_name("questions_development")
HALVES = ("tuning", "held_out")
FIRST = 5
"""Among so many hits the right one has to be."""


@dataclass(frozen=True, slots=True)
class Question:
    """A need, and what serves it: `path:name`, each as good as the other; nothing where there is no counterpart."""

    need: str
    half: str
    serves: tuple[str, ...]

    def answered(self, hits: Sequence[Hit]) -> bool:
        """Whether the right one is among the first hits, or there is none where none is right."""
        if not self.serves:
            return not hits
        return any(self._serves(hit) for hit in hits[:FIRST])

    def _serves(self, hit: Hit) -> bool:
        for one in self.serves:
            path, _, name = one.partition(":")
            if hit.path == path and (hit.name == name or hit.name.endswith(f".{name}")):
                return True
        return False


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer to one question."""

    project: Project
    question: Question
    hits: list[Hit]

    @property
    def right(self) -> bool:
        """Whether it is the answer that was looked for."""
        return self.question.answered(self.hits)


def questions(project: str, folder: Path = QUESTIONS) -> list[Question]:
    """The questions about a project."""
    raw = tomllib.loads((folder / f"{project}.toml").read_text(encoding="utf-8"))
    return [Question(one["need"], one["half"], tuple(one["serves"])) for one in raw["question"]]


async def ask_all(projects: Sequence[Project] = PROJECTS, folder: Path = QUESTIONS) -> list[Outcome]:
    """All answers."""
    outcomes: list[Outcome] = []
    with tempfile.TemporaryDirectory() as store:
        for project in projects:
            asked = questions(project.name, folder)
            index = CodeIndex(project.sources(), Path(store))
            found = await index.similar_to_each([one.need for one in asked])
            outcomes += [Outcome(project, one, hits) for one, hits in zip(asked, found, strict=True)]
            index.close()
    return outcomes


def table(outcomes: list[Outcome], projects: Sequence[Project] = PROJECTS) -> list[str]:
    """Totals as a Markdown table, by project and half."""
    lines = [
        "| needs that are answered right | tuning: served | held out: served | tuning: no counterpart "
        "| held out: no counterpart |",
        "| --- | --- | --- | --- | --- |",
    ]
    lines += [_row(project.title, [one for one in outcomes if one.project is project]) for project in projects]
    return [*lines, _row("all", outcomes)]


def misses(outcomes: list[Outcome]) -> list[str]:
    """The wrong answers of the half that is tuned on."""
    wrong = [one for one in outcomes if one.question.half == "tuning" and not one.right]
    lines: list[str] = []
    for one in wrong:
        lines.append(f"{one.project.name}: {one.question.need} -> {', '.join(one.question.serves) or 'nothing'}")
        lines += [f"    {hit.score:.2f} {hit.path}:{hit.name} ({hit.why})" for hit in one.hits[:FIRST]]
    return lines


def _row(title: str, outcomes: list[Outcome]) -> str:
    cells = [title]
    for served in (True, False):
        for half in HALVES:
            mine = [one for one in outcomes if one.question.half == half and bool(one.question.serves) == served]
            right = sum(one.right for one in mine)
            cells.append(f"{right} of {len(mine)} ({right / len(mine):.0%})" if mine else "")
    return f"| {' | '.join(cells)} |"


def rank() -> list[Outcome]:
    """All answers, from code that is not asynchronous."""
    return asyncio.run(ask_all())


if __name__ == "__main__":
    answers = asyncio.run(ask_all(DEVELOPMENT, DEVELOPMENT_QUESTIONS))
    print("\n".join([*misses(answers), "", *table(answers, DEVELOPMENT)]))
