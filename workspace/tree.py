"""Walks over the project's files: without by-products of tools and what git ignores, in a stable order."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from backend_developer.workspace.conventions import is_byproduct_file, is_byproduct_folder
from backend_developer.workspace.ignore import IgnoreRules

Entry = os.DirEntry[str]

_DOTNET = (".csproj", ".fsproj", ".vbproj")
_BUILDS = {"target": ("Cargo.toml", "pom.xml"), "bin": _DOTNET, "obj": _DOTNET}
"""Folders that a build fills, where a file with such an ending lies beside them."""
_MARKS = ("CACHEDIR.TAG", "pyvenv.cfg")
"""Files that say what their folder is: a cache (bford.info/cachedir), a virtualenv (PEP 405)."""


class Tree:
    """One project's files.

    `guarded` says which paths may not be written, `encloses` which folders hold nothing else: these are watched
    though git ignores them.
    """

    def __init__(self, root: Path, *, guarded: Callable[[str], bool], encloses: Callable[[str], bool]) -> None:
        self._root = root
        self._guarded = guarded
        self._encloses = encloses
        self._watch_rules = IgnoreRules(root)
        self._search_rules = IgnoreRules(root)

    def files(self, start: str = ".") -> list[str]:
        """The files that belong to the project, sorted; links and git's own files are none.

        A `start` that git ignores is taken at its word: all below it is listed.
        """
        rules: IgnoreRules | None = self._search_rules
        parts = [] if start == "." else start.split("/")
        for depth in range(len(parts) + 1):
            folder = "/".join(parts[:depth])
            self._search_rules.load(folder.rpartition("/")[0])
            if folder and self._search_rules.ignored(folder, is_folder=True):
                rules = None
        found = (path for path, entry in self._project(start, rules) if entry.is_file(follow_symlinks=False))
        return sorted(found)

    def watched(self, *, refresh: bool = True) -> Iterator[tuple[str, Entry]]:
        """All that a command may not change unseen: files, links and folders, git's own included.

        Without `refresh` what git ignored at the last walk stays as it was, so that a command which writes a
        .gitignore hides nothing.
        """
        stack = [""]
        while stack:
            folder = stack.pop()
            self._watch_rules.load(folder, refresh=refresh)
            for path, entry in self._entries(folder):
                if entry.name == ".git":
                    yield path, entry
                    yield from self._inside(path, entry)
                elif entry.is_dir(follow_symlinks=False):
                    if self._enters(path, self._watch_rules):
                        yield path, entry
                        stack.append(path)
                elif self._watches(path):
                    yield path, entry

    def _watches(self, path: str) -> bool:
        if is_byproduct_file(path.rpartition("/")[2]):
            return False
        return not self._watch_rules.ignored(path, is_folder=False) or self._guarded(path)

    def _enters(self, path: str, rules: IgnoreRules) -> bool:
        if self._encloses(path):
            return True
        return not rules.ignored(path, is_folder=True) and not self._is_marked(path)

    def _is_marked(self, path: str) -> bool:
        return any(os.path.lexists(f"{self._root}/{path}/{mark}") for mark in _MARKS)

    def _inside(self, path: str, entry: Entry) -> Iterator[tuple[str, Entry]]:
        stack = [path] if entry.is_dir(follow_symlinks=False) else []
        while stack:
            for inner, child in self._scan(stack.pop()):
                yield inner, child
                if child.is_dir(follow_symlinks=False):
                    stack.append(inner)

    def _project(self, start: str, rules: IgnoreRules | None) -> Iterator[tuple[str, Entry]]:
        stack = ["" if start == "." else start]
        while stack:
            folder = stack.pop()
            if rules is not None:
                rules.load(folder)
            for path, entry in self._entries(folder):
                is_folder = entry.is_dir(follow_symlinks=False)
                if entry.name == ".git" or (rules is not None and rules.ignored(path, is_folder=is_folder)):
                    continue
                if not is_folder:
                    if not is_byproduct_file(entry.name):
                        yield path, entry
                elif not self._is_marked(path):
                    stack.append(path)

    def _entries(self, folder: str) -> Iterator[tuple[str, Entry]]:
        entries = list(self._scan(folder))
        names = tuple(entry.name for _, entry in entries)
        for path, entry in entries:
            if not (entry.is_dir(follow_symlinks=False) and _is_byproduct(entry.name, names)):
                yield path, entry

    def _scan(self, folder: str) -> Iterator[tuple[str, Entry]]:
        try:
            with os.scandir(self._root / folder) as entries:
                for entry in entries:
                    yield (f"{folder}/{entry.name}" if folder else entry.name), entry
        except OSError:
            # A folder that is gone or closed to us holds nothing that we could keep or put back.
            return


def _is_byproduct(name: str, siblings: tuple[str, ...]) -> bool:
    if is_byproduct_folder(name):
        return True
    marks = _BUILDS.get(name)
    return marks is not None and any(sibling.endswith(marks) for sibling in siblings)
