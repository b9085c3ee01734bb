"""`backend-developer scan`.

The exit code is `grep`'s: 0 where something was found, 1 where nothing was.
"""

import logging
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from backend_developer.contract import InvalidInput, Settings
from backend_developer.interfaces.cli.common import Look, here, prepare
from backend_developer.interfaces.cli.console import put_json, result_console
from backend_developer.interfaces.cli.process import drive
from backend_developer.interfaces.display.text import clean, counted
from backend_developer.workspace.index import CodeIndex, Hit, Pair
from backend_developer.workspace.index.lookup import Finds, Limits, Matches, Pattern, concerned, look_up, understand
from backend_developer.workspace.index.query import shown

logger = logging.getLogger(__name__)

LIMITS = Limits(definitions=100, lines=500, lines_of_a_file=50)
NOTHING_FOUND = 1

_PATH, _LINE, _MATCH, _ASIDE = "magenta", "green", "bold red", "dim"


@dataclass(frozen=True, slots=True)
class Question:
    """What the user asks."""

    query: str | None
    kind: str | None = None
    duplicates: bool = False
    ask: bool = False
    """Whether the model is to name what it may be called, and to choose what serves."""

    @property
    def pattern(self) -> Pattern:
        """The query, understood; it matches everything where there is none."""
        return understand(self.query or "", self.kind)


def scan_project(question: Question, workspace: Path | None, as_json: bool, look: Look) -> int:
    """Answer from the index of a project, without a database, and without a model but for `ask`; gives the exit code.

    Raises `InvalidInput` where nothing is asked or too much, `WorkspaceUnusable` where there is no folder to look at,
    and for `ask` what the model raises.
    """
    settings = prepare(look)
    if not question.duplicates and not question.pattern.text:
        raise InvalidInput(["QUERY is missing: give words or a pattern such as 'create|update', or --duplicates"])
    if question.ask and (question.duplicates or question.kind):
        raise InvalidInput(["--ask takes a need in words alone; leave out --duplicates and --type"])
    root = here(workspace)
    index = CodeIndex(root, settings.state_dir / "index")
    try:
        if question.ask:
            count = _asked(index, question, settings, as_json)
        elif question.duplicates:
            count = _near_copies(index, question, as_json)
        else:
            count = _finds(index, question, as_json)
    finally:
        index.close()
    logger.info("root=%s query=%r type=%s found=%d", root, question.query, question.kind, count)
    return 0 if count else NOTHING_FOUND


def _finds(index: CodeIndex, question: Question, as_json: bool) -> int:
    pattern = question.pattern
    finds = drive(index.ask(lambda store: look_up(store, index.root, pattern, LIMITS)))
    if as_json:
        put_json({"query": pattern.text, **_plain(finds)})
    else:
        _print_finds(finds, pattern.expression, result_console())
    return finds.defined + len(finds.serving) + finds.matches.lines


def _asked(index: CodeIndex, question: Question, settings: Settings, as_json: bool) -> int:
    # What asks a model takes as long to load as all else of this command takes to answer.
    from backend_developer.interfaces.cli.scan_ask import ask  # noqa: PLC0415 - only when asked for

    need = question.pattern.text
    hits = drive(ask(index, need, settings))
    if as_json:
        put_json({"query": need, "serving": [asdict(hit) for hit in hits]})
    else:
        _section(result_console(), "Serving this need", [_row(hit, shown(hit)) for hit in hits], len(hits))
    return len(hits)


def _near_copies(index: CodeIndex, question: Question, as_json: bool) -> int:
    pairs = concerned(drive(index.duplicates()), question.pattern)
    if as_json:
        put_json({"duplicates": [asdict(pair) for pair in pairs]})
    else:
        _print_pairs(pairs, result_console())
    return len(pairs)


def _plain(finds: Finds) -> dict[str, Any]:
    plain = asdict(finds)
    matches = plain.pop("matches")
    return {**plain, "lines": matches["shown"], "lines_matching": matches["lines"], "files": matches["files"]}


def _print_finds(finds: Finds, expression: re.Pattern[str], console: Console) -> None:
    definitions = [_row(hit, shown(hit), expression) for hit in finds.definitions]
    serving = [_row(hit, shown(hit)).append(f"  ({hit.why})", _ASIDE) for hit in finds.serving]
    _section(console, "Definitions", definitions, finds.defined)
    _section(console, "Serving these words", serving, len(serving))
    _section(console, _of_files(finds.matches), _lines(finds.matches, expression), finds.matches.lines)


def _of_files(matches: Matches) -> str:
    return f"Lines in {counted(matches.files, 'file')}"


def _lines(matches: Matches, expression: re.Pattern[str]) -> list[Text]:
    return [_placed(line.path, line.line, line.text, expression) for line in matches.shown]


def _print_pairs(pairs: list[Pair], console: Console) -> None:
    rows = [
        Text.assemble(_row(pair.first, pair.first.name), "  =  ", _row(pair.second, pair.second.name))
        .append(f"  ({pair.similarity:.0%} of the shape)", _ASIDE)
        for pair in pairs
    ]  # fmt: skip
    _section(console, "Near-copies", rows, len(rows))


def _row(hit: Hit, words: str, expression: re.Pattern[str] | None = None) -> Text:
    return _placed(hit.path, hit.line, words, expression)


def _placed(path: str, line: int, words: str, expression: re.Pattern[str] | None) -> Text:
    told = Text(clean(words))
    if expression:
        told.highlight_regex(expression, _MATCH)
    return Text.assemble((clean(path), _PATH), ":", (str(line), _LINE), ": ", told)


def _section(console: Console, title: str, rows: list[Text], total: int) -> None:
    if not rows:
        return
    count = f"{len(rows):,} of {total:,}" if total > len(rows) else f"{total:,}"
    console.print(Text(f"{title} ({count})", "bold"))
    for row in rows:
        console.print(row, soft_wrap=True)
    console.print()
