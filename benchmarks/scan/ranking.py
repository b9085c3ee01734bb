"""How well a described need finds what serves it: `python benchmarks/scan/run.py [--show]`.

`python -m benchmarks.scan.ranking` asks the development set instead: about other projects, and all of it
may be looked at.

Each question is in the half that is tuned on or in the half that is held out. `--show` tells the questions of the first
half one by one; of the other only totals are ever told. Each is asked in the `WAYS`; what a run asks of the model in
the first two is recorded (`recorded.py`).
"""

import asyncio
import tempfile
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from backend_developer.nodes.scan_choice import CANDIDATES
from backend_developer.workspace.index import CodeIndex, Hit, Wanted
from benchmarks.scan.projects import DEVELOPMENT, PROJECTS, Project
from benchmarks.scan.recorded import Chosen, choices, key, names

QUESTIONS = Path(__file__).with_name("questions")
DEVELOPMENT_QUESTIONS = Path(__file__).with_name("questions_development")
WAYS = {
    "choice": "as a run asks: a sentence and names, and the model chooses",
    "names": "a sentence and names, the ranking alone",
    "sentence": "a sentence alone",
}
HALVES = ("tuning", "held_out")
FIRST = 5
"""Among so many hits the right one has to be."""


@dataclass(frozen=True, slots=True)
class Question:
    """A need, and what serves it: `path:name`, each as good as the other; nothing where there is no counterpart."""

    need: str
    half: str
    serves: tuple[str, ...]
    names: tuple[str, ...] = ()
    """What a model would call it."""
    chosen: Chosen | None = None
    """What a model chose among what came near."""

    def answered(self, hits: Sequence[Hit]) -> bool:
        """Whether the right one is among the first hits, or there is none where none is right."""
        if not self.serves:
            return not hits
        return self.among(hits[:FIRST])

    def among(self, hits: Sequence[Hit]) -> bool:
        """Whether one of these serves."""
        return any(self._serves(hit) for hit in hits)

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
    way: str
    hits: list[Hit]
    outdated: bool = False
    """Whether the choice was made among other candidates than there are now."""
    shown: bool = False
    """Whether what serves was among the candidates."""

    @property
    def right(self) -> bool:
        """Whether it is the answer that was looked for."""
        return self.question.answered(self.hits)


def questions(project: str, folder: Path = QUESTIONS) -> list[Question]:
    """The questions about a project."""
    raw = tomllib.loads((folder / f"{project}.toml").read_text(encoding="utf-8"))
    named, chosen = names(project), choices(project)
    return [
        Question(one["need"], one["half"], tuple(one["serves"]), named[one["need"]], chosen.get(one["need"]))
        for one in raw["question"]
    ]


async def ask_all(projects: Sequence[Project] = PROJECTS, folder: Path = QUESTIONS) -> list[Outcome]:
    """All answers, in each way for which the model's part is recorded."""
    outcomes: list[Outcome] = []
    with tempfile.TemporaryDirectory() as store:
        for project in projects:
            index = CodeIndex(project.sources(), Path(store))
            outcomes += await _ask(index, project, questions(project.name, folder))
            index.close()
    return outcomes


async def _ask(index: CodeIndex, project: Project, asked: list[Question]) -> list[Outcome]:
    named = [Wanted(one.need, one.names) for one in asked]
    near = await index.similar_to_each(named, limit=CANDIDATES, least=0.0)
    ranked = await index.similar_to_each(named)
    alone = await index.similar_to_each([Wanted(one.need) for one in asked])
    return [
        *(
            Outcome(project, one, "choice", one.chosen.among(hits), one.chosen.of != key(hits), one.among(hits))
            for one, hits in zip(asked, near, strict=True)
            if one.chosen
        ),
        *(Outcome(project, one, "names", hits) for one, hits in zip(asked, ranked, strict=True)),
        *(Outcome(project, one, "sentence", hits) for one, hits in zip(asked, alone, strict=True)),
    ]


def table(outcomes: list[Outcome], projects: Sequence[Project] = PROJECTS) -> list[str]:
    """Totals as Markdown tables, one a way, by project and half."""
    lines: list[str] = []
    for way, title in WAYS.items():
        mine = [one for one in outcomes if one.way == way]
        if mine:
            lines += [
                f"| {title} | tuning: served | held out: served | tuning: no counterpart | held out: no counterpart |",
                "| --- | --- | --- | --- | --- |",
                *(_row(project.title, [one for one in mine if one.project is project]) for project in projects),
                _row("all", mine),
                "",
            ]
    served = [one for one in outcomes if one.way == "choice" and one.question.serves]
    lines += [
        f"What serves is among the {CANDIDATES} candidates of {sum(one.shown for one in served)} of {len(served)}."
    ]
    if outdated := sum(one.outdated for one in outcomes):
        lines.append(f"{outdated} choices were recorded for other candidates than there are now.")
    return lines


def misses(outcomes: list[Outcome]) -> list[str]:
    """The wrong answers of the half that is tuned on."""
    wrong = [one for one in outcomes if one.question.half == "tuning" and not one.right]
    lines: list[str] = []
    for one in wrong:
        lines.append(
            f"{one.project.name}: {one.question.need} ({one.way}) -> {', '.join(one.question.serves) or 'nothing'}"
        )
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
