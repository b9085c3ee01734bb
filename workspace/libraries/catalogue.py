"""The libraries of one project: found by any of their names, and asked for their documentation. Everything blocks."""

import difflib
import logging
import re
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from backend_developer.contract import CallFailed
from backend_developer.workspace.libraries.asked import asked_for
from backend_developer.workspace.libraries.library import Library, Section
from backend_developer.workspace.libraries.node import ECOSYSTEM as NODE
from backend_developer.workspace.libraries.node import node_libraries
from backend_developer.workspace.libraries.python import ECOSYSTEM as PYTHON
from backend_developer.workspace.libraries.python import python_libraries
from backend_developer.workspace.libraries.ranking import best, words_of
from backend_developer.workspace.text import clip, harmless

logger = logging.getLogger(__name__)

ANSWER_CHARS = 8_000
SECTION_CHARS = 1_500
MOST_FOUND = 8
MOST_NEAR = 5

_VERSION = re.compile(r"v?\d[\w.+-]*")


class Libraries:
    """What is installed is looked up at each question: a run may install what it was told is missing."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def resolve(self, name: str) -> str:
        """The installed libraries of this name, with id and version; else what is near and what manifests ask for."""
        began = time.monotonic()
        installed = self._installed()
        found = list(_matching(installed, name))
        others = [one for one in installed if one not in found and _compact(name) in _compact(one.name)]
        shown = [*found, *sorted(others, key=lambda one: len(one.name))] if _compact(name) else []
        logger.info("name=%r found=%d of %d in %.3f s", name, len(found), len(installed), time.monotonic() - began)
        if not shown:
            return self._missing(name, installed)
        lines = [f"- {one.id} {one.version}: {one.summary}".rstrip(": ") for one in shown[:MOST_FOUND]]
        title = f"Installed in this project for {name!r}, the best match first:"
        note = "" if found else f"\n{self._missing(name, installed)}"
        return harmless("\n".join([title, *lines]) + note)

    def context(self, library: str, query: str) -> str:
        """Documentation of an installed library, bounded. Raises `CallFailed` where it is not installed."""
        began = time.monotonic()
        installed = self._installed()
        found = next(_matching(installed, library), None)
        if found is None:
            raise CallFailed(self._missing(library, installed))
        words = words_of(query)
        overview = found.overview()
        answer = best([*overview, *found.definitions(words)], words) if words else []
        logger.info("library=%s query=%r sections=%d in %.3f s", found.id, query, len(answer), time.monotonic() - began)
        note = f"Nothing in it is about {query!r}; this is its overview.\n" if words and not answer else ""
        head = f"{found.name} {found.version}, installed in this project ({found.ecosystem}). {found.summary}\n{note}"
        return harmless(head + "\n" + _shown(answer or overview, ANSWER_CHARS - len(head)))

    def _installed(self) -> list[Library]:
        return [*python_libraries(self._root), *node_libraries(self._root)]

    def _missing(self, name: str, installed: Sequence[Library]) -> str:
        wanted = {_compact(one) for one in _names(name)}
        asked = [
            f"{path} asks for {wording}" for one, wording, path in asked_for(self._root) if _compact(one) in wanted
        ]
        known = sorted({one.name for one in installed})
        near = [one for part in _names(name) for one in _near(part, known)]
        sentences = [f"{name!r} is not installed in this project."]
        if asked:
            sentences.append(f"{'; '.join(dict.fromkeys(asked))}: install it to read its documentation.")
        if near:
            sentences.append(f"Near names that are installed: {', '.join(dict.fromkeys(near))}.")
        elif not known:
            sentences.append("No library is: the project has neither a filled virtualenv nor node_modules.")
        return " ".join(sentences)


def _near(name: str, known: Sequence[str]) -> list[str]:
    inside = [one for one in known if len(one) > 2 and _compact(one) in _compact(name)]
    return [*sorted(inside, key=len, reverse=True)[:2], *difflib.get_close_matches(name, known, MOST_NEAR, 0.6)]


def _matching(installed: Sequence[Library], name: str) -> Iterator[Library]:
    """By distribution or import name, exact spelling before a loose one."""
    ecosystem = next((one for one in (PYTHON, NODE) if name.startswith(f"/{one}/")), None)
    candidates = [one for one in installed if ecosystem in (None, one.ecosystem)]
    seen: set[str] = set()
    for part in _names(name):
        for fits in (_is_named, _is_alias, _is_loosely):
            for one in candidates:
                if one.id not in seen and fits(one, part):
                    seen.add(one.id)
                    yield one


def _names(library: str) -> list[str]:
    """The names that an id may mean: `/org/project/v5` is org/project, or project."""
    parts = [part for part in library.strip().strip("/").split("/") if part]
    if library.startswith((f"/{PYTHON}/", f"/{NODE}/")):
        parts = parts[1:]
    if len(parts) > 1 and _VERSION.fullmatch(parts[-1]):
        parts = parts[:-1]
    return list(dict.fromkeys(["/".join(parts), *reversed(parts)])) if parts else []


def _is_named(library: Library, name: str) -> bool:
    return library.name.casefold() == name.casefold()


def _is_alias(library: Library, name: str) -> bool:
    return name in library.aliases


def _is_loosely(library: Library, name: str) -> bool:
    mine = {_compact(one) for one in (library.name, *library.aliases)}
    return not mine.isdisjoint({_compact(name), _compact(re.sub(r"[.-]?js$", "", name))})


def _compact(name: str) -> str:
    return re.sub(r"[^a-z0-9@]", "", name.casefold())


def _shown(sections: Iterable[Section], room: int) -> str:
    shown: list[str] = []
    for section in sections:
        text = f"## {section.title}\n(from {section.source})\n{clip(section.text, SECTION_CHARS)}".strip()
        if len(text) + 2 > room:
            break
        shown.append(text)
        room -= len(text) + 2
    return "\n\n".join(shown)
