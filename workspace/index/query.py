"""The tool `code_index`: definitions and lines for a pattern, as readable text.

It answers calls of the form `code-index "create\\|update\\|delete" --type py`.
"""

import logging
from dataclasses import replace

from backend_developer.workspace.index.index import CodeIndex
from backend_developer.workspace.index.lookup import Finds, Limits, look_up, understand
from backend_developer.workspace.index.records import Hit

logger = logging.getLogger(__name__)

DEFINITIONS = 30
LINES = 40
LINES_OF_A_FILE = 6
DOC_CHARS = 80

_LIMITS = Limits(DEFINITIONS, LINES, LINES_OF_A_FILE)


async def code_index(index: CodeIndex, query: str, type: str | None = None) -> str:  # noqa: A002 - the tool's own parameter
    """Definitions whose name matches, those that serve the words, and matching lines; each with path and line.

    Alternatives are parted by `|` or `\\|`; what is no regular expression is taken literally. Case is ignored.
    """
    pattern = understand(query, type)
    if not pattern.text:
        return "The query is empty: give words or a pattern, such as `create|update|delete`."
    finds = await index.ask(lambda store: look_up(store, index.root, pattern, _LIMITS))
    answer = _answer(finds) or f"Nothing matches {pattern.text!r}."
    logger.info("%r of type %s: %d characters", pattern.text, type, len(answer))
    return answer


def shown(hit: Hit) -> str:
    """A definition in words: what it is, what it is in, and what it says about itself."""
    if hit.kind == "route":
        return f"route {hit.name} -> {hit.scope or hit.signature}{_said(hit)}"
    label = "" if hit.kind in {"function", "method", "class"} else f"{hit.kind} "
    return f"{label}{hit.signature}{f' in {hit.scope}' if hit.scope else ''}{_said(hit)}"


def _said(hit: Hit) -> str:
    return f" - {hit.doc[:DOC_CHARS]}" if hit.doc else ""


def _answer(finds: Finds) -> str:
    matches = finds.matches
    lines = [f"{line.path}:{line.line}: {line.text}" for line in matches.shown]
    sections = [
        _section("Definitions", [f"{hit.path}:{hit.line} {shown(hit)}" for hit in finds.definitions], finds.defined),
        _section("Serving these words", [_serving(hit) for hit in finds.serving], len(finds.serving)),
        _section(f"Lines in {matches.files} files", lines, matches.lines),
    ]
    return "\n\n".join(filter(None, sections))


def _serving(hit: Hit) -> str:
    """With the reason in place of the documentation."""
    return f"{hit.path}:{hit.line} {shown(replace(hit, doc=''))} ({hit.why})"


def _section(title: str, lines: list[str], total: int) -> str:
    if not lines:
        return ""
    count = f"{len(lines)} of {total}" if total > len(lines) else str(total)
    return "\n".join([f"{title} ({count})", *lines])
