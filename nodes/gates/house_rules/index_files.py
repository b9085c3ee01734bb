"""The rule on index files of JavaScript and TypeScript: `index.ts` is a folder's list of exports, and a complete one.

In a folder of several modules the index file re-exports what they define; types, constants and imports may stand in it
as well. A function or class that a task adds to one is told. Where an index re-exports all modules beside it, a module
that a task adds, with exports of its own, is told if it is left out.

An index file that is an entry point is free: the one of a package or its `src`, what package.json names, what listens,
and handlers that a framework finds by their path. So is one that stands alone in its folder, for it is the module.
"""

import logging
import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Literal

from tree_sitter import Node

from backend_developer.contract import Finding
from backend_developer.nodes.gates.house_rules.change import Change, read_bytes
from backend_developer.workspace.conventions import looks_like_test
from backend_developer.workspace.index.languages import language_of
from backend_developer.workspace.index.languages.tree import TreeLanguage, field
from backend_developer.workspace.toolchains.node.entries import is_entry_point

logger = logging.getLogger(__name__)

Level = Literal["warning", "error"]

_SUFFIXES = (".ts", ".mts", ".cts", ".js", ".mjs", ".cjs")
_FUNCTIONS = frozenset({"arrow_function", "function_expression", "generator_function", "class"})
_DECLARED = frozenset(
    {"function_declaration", "generator_function_declaration", "class_declaration", "abstract_class_declaration"}
)
_EXPORT = re.compile(rb"^(?:export\b(?!\s*\{\s*\})|(?:module\.)?exports\b)", re.MULTILINE)
_ENDING = re.compile(r"(?:/index)?(?:\.[cm]?[jt]s)?$")


def check_index_files(changes: Sequence[Change], root: Path, level: Level) -> list[Finding]:
    """Judge the changed index files, and the new modules beside old ones. Reads the disk."""
    new = {change.path for change in changes if change.before is None}
    listed = cache(lambda folder: _complete(root, folder, new))
    findings: list[Finding] = []
    for change in changes:
        place = PurePosixPath(change.path)
        if change.after is None or not _is_module(place):
            continue
        if place.stem == "index":
            findings += _definitions(change, root, level)
        elif change.before is None and (index := listed(str(place.parent))):
            findings += _left_out(change, index, level)
    logger.info("files=%d findings=%d", len(changes), len(findings))
    return findings


def _is_module(place: PurePosixPath) -> bool:
    return place.suffix in _SUFFIXES and not place.stem.endswith(".d") and not looks_like_test(str(place))


def _definitions(change: Change, root: Path, level: Level) -> Iterator[Finding]:
    """The functions and classes that an index file has and had not."""
    text = (change.after or b"").decode("utf-8", "replace")
    if not _modules(root, change.path) or is_entry_point(root, change.path, text):
        return
    now = list(_defined(change.path, change.after))
    old = dict(_defined(change.path, change.before)) if now else {}
    for name, line in now:
        if name not in old:
            message = f"{name} is defined in {change.path}, which is its folder's list of exports: "
            message += "put it into a module beside it, and re-export it from here"
            yield _finding("index-defines", message, change.path, line, level)


class _Index:
    """An index file that re-exports every module that was beside it before the task."""

    def __init__(self, path: str, sources: list[str]) -> None:
        self.path = path
        self.names = {_ENDING.sub("", source) for source in sources}
        self.ending = ".js" if any(source.endswith(".js") for source in sources) else ""


def _complete(root: Path, folder: str, new: set[str]) -> _Index | None:
    names = (str(PurePosixPath(folder, f"index{suffix}")) for suffix in _SUFFIXES)
    path = next((name for name in names if name not in new and (root / name).is_file()), None)
    if path is None:
        return None
    index = _Index(path, _sources(path, read_bytes(root / path)))
    others = [module for module in _modules(root, path) if str(PurePosixPath(folder, module)) not in new]
    silent = [module for module in others if PurePosixPath(module).stem not in index.names]
    if len(others) == len(silent) or any(_first_export(read_bytes(root / folder / module)) for module in silent):
        return None
    return index


def _left_out(change: Change, index: _Index, level: Level) -> Iterator[Finding]:
    stem = PurePosixPath(change.path).stem
    line = _first_export(change.after)
    if line and stem not in index.names:
        message = f"{change.path} is the one module here that {index.path} does not re-export: "
        message += f'add `export * from "./{stem}{index.ending}"` to it, or what is meant to be used from outside'
        yield _finding("index-incomplete", message, change.path, line, level)


def _modules(root: Path, index: str) -> list[str]:
    """The names of the modules beside an index file."""
    folder = (root / index).parent
    places = (PurePosixPath(path.relative_to(root).as_posix()) for path in folder.iterdir() if path.is_file())
    return sorted(place.name for place in places if _is_module(place) and place.stem != "index")


def _first_export(data: bytes | None) -> int | None:
    found = _EXPORT.search(data or b"")
    return (data or b"")[: found.start()].count(b"\n") + 1 if found else None


def _statements(path: str, data: bytes | None) -> list[Node]:
    """The statements of a file; none where it does not parse, which the gates lint and build name."""
    language = language_of(PurePosixPath(path).suffix)
    assert isinstance(language, TreeLanguage)
    root = language.parse(data or b"").root
    return [] if root.has_error else root.named_children


def _sources(path: str, data: bytes | None) -> list[str]:
    """The modules beside it that a file imports or re-exports: `./users.js` as `users.js`."""
    quoted = (field(node, "source").strip("\"'") for node in _statements(path, data))
    return [source.removeprefix("./") for source in quoted if source.startswith("./")]


def _defined(path: str, data: bytes | None) -> Iterator[tuple[str, int]]:
    """The functions and classes at the top of a file, with their lines."""
    for statement in _statements(path, data):
        node = statement
        if statement.type == "export_statement":
            node = statement.child_by_field_name("declaration") or statement.child_by_field_name("value") or statement
        line = node.start_point.row + 1
        if node.type in _DECLARED or node.type in _FUNCTIONS:
            yield field(node, "name") or "default", line
        elif node.type in {"lexical_declaration", "variable_declaration"}:
            for one in node.named_children:
                value = one.child_by_field_name("value")
                if value is not None and value.type in _FUNCTIONS:
                    yield field(one, "name"), one.start_point.row + 1


def _finding(code: str, message: str, path: str, line: int, level: Level) -> Finding:
    return Finding(source="house_rules", code=code, message=message, file=path, line=line, level=level)
