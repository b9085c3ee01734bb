"""Node libraries: the packages in `node_modules` of the project."""

import json
import logging
import re
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from backend_developer.workspace.libraries.library import Library, Section, sections_of
from backend_developer.workspace.toolchains.files import read_text, walk

logger = logging.getLogger(__name__)

ECOSYSTEM = "node"
MOST_SCANNED = 400
MOST_SHOWN = 12
MAX_FILE_BYTES = 400_000
DECLARATION_CHARS = 1_200

_DECLARED = re.compile(
    r"^(?P<doc>[ \t]*/\*\*(?:[^*]|\*(?!/)){0,4000}\*/\s*)?"
    r"(?P<head>[ \t]*(?:export\s+)?(?:declare\s+)?(?:default\s+)?(?:abstract\s+)?"
    r"(?P<kind>function|class|interface|type|const|enum|namespace)\s+(?P<name>[\w$]+))",
    re.MULTILINE,
)


def node_libraries(root: Path) -> list[Library]:
    """The packages installed for the Node projects of a workspace, each once; the outermost wins."""
    found: dict[str, Library] = {}
    folders = sorted({PurePosixPath(path).parent for path in walk(root) if PurePosixPath(path).name == "package.json"})
    for folder in folders:
        for place in _installed(root / folder / "node_modules"):
            manifest = read_manifest(place)
            # A link may lead out of the workspace, to what is not the project's to show.
            if isinstance(manifest.get("name"), str) and place.resolve().is_relative_to(root.resolve()):
                found.setdefault(manifest["name"], _library(place.resolve(), manifest))
    return list(found.values())


def read_manifest(folder: Path) -> dict[str, Any]:
    """The folder's package.json; empty where it is missing or broken."""
    try:
        fields = json.loads(read_text(folder / "package.json") or "{}")
    except (ValueError, RecursionError) as error:
        logger.debug("package.json of %s is not valid: %s", folder, error)
        return {}
    return fields if isinstance(fields, dict) else {}


def _installed(modules: Path) -> Iterator[Path]:
    for pattern in ("[!.@]*", "@*/*"):
        yield from sorted(place for place in modules.glob(pattern) if (place / "package.json").is_file())


def _library(place: Path, manifest: dict[str, Any]) -> Library:
    return Library(
        name=manifest["name"],
        version=str(manifest.get("version", "")),
        ecosystem=ECOSYSTEM,
        summary=str(manifest.get("description") or ""),
        overview=partial(_overview, place),
        definitions=partial(_definitions, place),
    )


def _overview(place: Path) -> list[Section]:
    readmes = sorted(path for path in place.glob("[Rr][Ee][Aa][Dd][Mm][Ee]*") if path.is_file())
    sections = [section for path in readmes[:1] for section in sections_of(_text(place, path), path.name)]
    fields = read_manifest(place)
    types = fields.get("types") or fields.get("typings")
    if isinstance(types, str):
        sections += _of_file(place, place / types)
    return sections


def _definitions(place: Path, words: Sequence[str]) -> Iterator[Section]:
    ranked = []
    for path in _declaration_files(place):
        text = _text(place, path).lower()
        score = sum((word in text) + 3 * (word in path.name.lower()) for word in words)
        if score:
            ranked.append((-score, len(path.parts), path))
    for _, _, path in sorted(ranked)[:MOST_SHOWN]:
        yield from _of_file(place, path)


def _declaration_files(place: Path) -> list[Path]:
    """Each once: a package often ships the same declarations for both kinds of modules."""
    found: dict[str, Path] = {}
    for suffix in (".d.ts", ".d.mts", ".d.cts"):
        for path in place.rglob(f"*{suffix}"):
            if "node_modules" not in path.relative_to(place).parts:
                found.setdefault(str(path).removesuffix(suffix), path)
    return list(found.values())[:MOST_SCANNED]


def _text(place: Path, path: Path) -> str:
    """Of a file inside the package only: its manifest and its links may name any other."""
    try:
        inside = path.resolve().is_relative_to(place)
        return read_text(path) if inside and path.stat().st_size <= MAX_FILE_BYTES else ""
    except OSError as error:
        logger.debug("%s cannot be read: %s", path, error)
        return ""


def _of_file(place: Path, path: Path) -> list[Section]:
    text = _text(place, path)
    marks = list(_DECLARED.finditer(text))
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    return [
        Section(
            f"{mark['kind']} {mark['name']}", text[mark.start() : end].strip()[:DECLARATION_CHARS], _shown(place, path)
        )
        for mark, end in zip(marks, ends, strict=False)
    ]


def _shown(place: Path, path: Path) -> str:
    return path.resolve().relative_to(place).as_posix()
