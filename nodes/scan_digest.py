"""The scan's digest: what is of use to the task, in the order of its use, within a number of tokens."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from backend_developer.nodes.scan_needs import within
from backend_developer.prompts import render
from backend_developer.workspace.index import Conventions, Hit, LongFile, Model, Pair, Route
from backend_developer.workspace.index.words import split

CHARS_A_TOKEN = 4
"""A rough measure that needs no vocabulary; English prose and code come to 3.5 to 4.5."""
DOC_CHARS = 90
SIGNATURE_CHARS = 120
FIELDS = 8
EXAMPLES = 3

_Item = TypeVar("_Item", Route, Model)


@dataclass(frozen=True, slots=True)
class Survey:
    """All that the index said."""

    hits: list[Hit]
    resource: frozenset[str]
    """Stems of what the task is about."""
    involved: tuple[str, ...]
    """Files and folders that the task names."""
    routes: list[Route]
    models: list[Model]
    conventions: Conventions
    pairs: list[Pair]
    long_files: list[LongFile]


class Section(NamedTuple):
    """One part of the digest."""

    title: str
    share: float
    """Of the budget; what it leaves goes to the others in their order."""
    lines: list[str]


def digest(survey: Survey, tokens: int) -> str:
    """The digest, at most so many tokens by the estimate; empty where the budget is none."""
    sections = [
        Section("Reuse these", 0.4, [_hit(hit) for hit in survey.hits if hit.kind not in {"route", "model"}]),
        Section("Endpoints there are", 0.15, _of_resource(survey.routes, survey.resource, _route_words, _route)),
        Section("Models there are", 0.15, _of_resource(survey.models, survey.resource, _model_words, _model)),
        Section("Conventions seen", 0.15, _conventions(survey.conventions)),
        Section("Near-copies: change both, or make them one", 0.08, _near_copies(survey)),
        Section("Files over the limit of lines", 0.07, _long_files(survey)),
    ]
    fitting = [section for section in _fit(sections, tokens * CHARS_A_TOKEN) if section.lines]
    if not fitting and any(section.lines for section in sections):
        return ""
    text = render("scan_digest", sections=fitting)
    return text if len(text) <= tokens * CHARS_A_TOKEN else ""


def _fit(sections: Sequence[Section], budget: int) -> list[Section]:
    """Take lines up to each section's share, then fill what is left in order."""
    taken = [0] * len(sections)
    left = budget
    for by_share in (True, False):
        for number, section in enumerate(sections):
            room = min(left, round(section.share * budget)) if by_share else left
            count, spent = _take(section, taken[number], room)
            taken[number] += count
            left -= spent
    return [section._replace(lines=section.lines[:count]) for section, count in zip(sections, taken, strict=True)]


def _take(section: Section, start: int, room: int) -> tuple[int, int]:
    """How many lines from `start` on fit, and what they cost with the title that the first one brings."""
    count = spent = 0
    for line in section.lines[start:]:
        cost = len(line) + len("- \n") + (len(section.title) + len("## \n\n") if start + count == 0 else 0)
        if spent + cost > room:
            break
        count, spent = count + 1, spent + cost
    return count, spent


def _of_resource(
    items: Sequence[_Item],
    resource: frozenset[str],
    words: Callable[[_Item], str],
    show: Callable[[_Item], str],
) -> list[str]:
    """Those that share words with the task, the most first; else a few, to be written alike."""
    shared = [(len(resource.intersection(split(words(item)))), item) for item in items]
    of_it = sorted((-count, number) for number, (count, _) in enumerate(shared) if count)
    if of_it:
        return [show(items[number]) for _, number in of_it]
    return [f"{show(item)} (another resource, as an example)" for item in items[:EXAMPLES]]


def _hit(hit: Hit) -> str:
    signature = hit.signature.removeprefix("async ").removeprefix("def ") if hit.kind != "file" else hit.name
    scope = hit.name.rpartition(".")[0] if hit.kind == "method" else ""
    said = (hit.doc or hit.why)[:DOC_CHARS].rstrip()
    return f"{hit.path}:{hit.line} `{signature[:SIGNATURE_CHARS]}`{f' in {scope}' if scope else ''}: {said}"


def _route(route: Route) -> str:
    return f"{route.method} {route.url} -> {route.handler} ({route.framework}) {route.path}:{route.line}"


def _route_words(route: Route) -> str:
    return f"{route.url} {route.handler}"


def _model(model: Model) -> str:
    table = f", table {model.table}" if model.table else ""
    more = ", ..." if len(model.fields) > FIELDS else ""
    fields = ", ".join(model.fields[:FIELDS]) + more
    return f"{model.name} ({model.framework}{table}): {fields} {model.path}:{model.line}"


def _model_words(model: Model) -> str:
    return f"{model.name} {model.table}"


def _conventions(conventions: Conventions) -> list[str]:
    lines = []
    for topic, places in conventions.places.items():
        first, *others = places
        also = f"; also {', '.join(place.path for place in others)}" if others else ""
        files = f"{first.files} file{'s' if first.files > 1 else ''}"
        lines.append(f"{topic} ({files}): {first.path}:{first.line} `{first.text}`{also}")
    return lines


def _near_copies(survey: Survey) -> list[str]:
    """Those in the files that the task is about."""
    files = {hit.path for hit in survey.hits}
    lines = []
    for pair in survey.pairs:
        one, two = pair.first, pair.second
        if any(path in files or within(path, survey.involved) for path in (one.path, two.path)):
            lines.append(f"{one.path}:{one.line} {one.name} = {two.path}:{two.line} {two.name} ({pair.similarity:.0%})")
    return lines


def _long_files(survey: Survey) -> list[str]:
    """Those that the task names first."""
    files = sorted(survey.long_files, key=lambda file: not within(file.path, survey.involved))
    return [f"{file.path}: {file.lines} lines" for file in files]
