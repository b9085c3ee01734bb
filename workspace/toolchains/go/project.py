"""The facts about one Go module, and which folders of a workspace are modules."""

import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

from backend_developer.workspace.toolchains.base import Package
from backend_developer.workspace.toolchains.files import is_within, read_text, walk

logger = logging.getLogger(__name__)

NAME = "go"

_ASIDE = frozenset({"testdata", "vendor", "example", "examples", "fixtures", "samples"})
"""Folders whose modules are not projects of their own."""
_MODULE = re.compile(r"^module\s+\"?([^\s\"]+)", re.MULTILINE)
_USE = re.compile(r"^use\s*(?:\((?P<many>[^)]*)\)|(?P<one>\S+))", re.MULTILINE)
_COMMENT = re.compile(r"//.*")
_IMPORTS = re.compile(r"^import\s*(?:\((?P<many>[^)]*)\)|(?P<one>.*))$", re.MULTILINE)
_TEXT = re.compile(r'"([^"]+)"')
_MAIN = re.compile(r"^package main\b", re.MULTILINE)


def find_packages(root: Path) -> list[Package]:
    """The folders with a go.mod, those of a go.work among them; not the modules of examples and of test material."""
    found = (PurePosixPath(path) for path in walk(root) if PurePosixPath(path).name == "go.mod")
    folders = [str(place.parent) for place in found if not _ASIDE.intersection(place.parts[:-1])]
    logger.info("go modules in %s: %s", root, folders)
    return [Package(toolchain=NAME, root=folder) for folder in sorted(folders, key=lambda name: (name != ".", name))]


@dataclass(frozen=True)
class GoModule:
    """One module of a workspace; its files are read when they are first asked for."""

    root: Path
    """The workspace."""
    package: Package

    @property
    def folder(self) -> Path:
        """The module's folder, in which its commands run."""
        return self.root / self.package.root

    @cached_property
    def go_mod(self) -> str:
        """The text of its go.mod."""
        return read_text(self.folder / "go.mod")

    @cached_property
    def path(self) -> str:
        """What its packages' import paths begin with."""
        found = _MODULE.search(self.go_mod)
        return found[1] if found else ""

    @property
    def is_vendored(self) -> bool:
        """Whether its dependencies lie in the project."""
        return (self.folder / "vendor" / "modules.txt").is_file()

    @property
    def is_left_out(self) -> bool:
        """Whether a go.work above it does not name it, so that Go refuses it unless told to look at it alone."""
        for base in (self.folder, *self.folder.parents):
            if (base / "go.work").is_file():
                return self.folder.resolve() not in {(base / name).resolve() for name in _used(base / "go.work")}
            if base == self.root:
                break
        return False

    @cached_property
    def files(self) -> tuple[str, ...]:
        """Its Go files, relative to its folder; not those of modules below it."""
        base = PurePosixPath(self.package.root)
        inside = [PurePosixPath(path).relative_to(base) for path in walk(self.root, self.package.root)]
        others = {str(path.parent) for path in inside if path.name == "go.mod" and path.parent.parts}
        return tuple(
            str(path)
            for path in inside
            if path.suffix == ".go"
            and not {"vendor", "testdata"}.intersection(path.parts)
            and not any(is_within(str(path), other) for other in others)
        )

    @cached_property
    def texts(self) -> dict[str, str]:
        """The sources that are no tests, by path."""
        return {path: read_text(self.folder / path) for path in self.files if not path.endswith("_test.go")}

    @property
    def has_tests(self) -> bool:
        """Whether it has a test file."""
        return any(path.endswith("_test.go") for path in self.files)

    @cached_property
    def mains(self) -> list[str]:
        """The folders of its programs, relative to its own."""
        return sorted({_folder(path) for path, text in self.texts.items() if _MAIN.search(text)})

    def reached(self, folder: str) -> list[str]:
        """The texts of a package and of all of the module's that it imports."""
        seen, waiting = {folder}, [folder]
        while waiting:
            for path in self._own_imports(waiting.pop()) - seen:
                seen.add(path)
                waiting.append(path)
        return [text for path, text in self.texts.items() if _folder(path) in seen]

    def _own_imports(self, folder: str) -> set[str]:
        names = {name for path, text in self.texts.items() if _folder(path) == folder for name in imports(text)}
        inside = (name.removeprefix(self.path).strip("/") for name in names if is_within(name, self.path))
        return {name or "." for name in inside}


def imports(text: str) -> Iterable[str]:
    """The import paths of a source file."""
    for block in _IMPORTS.finditer(text):
        yield from _TEXT.findall(block["many"] or block["one"] or "")


def _folder(path: str) -> str:
    return str(PurePosixPath(path).parent)


def _used(work: Path) -> list[str]:
    text = _COMMENT.sub("", read_text(work))
    return [word.strip('"') for match in _USE.finditer(text) for word in (match["many"] or match["one"]).split()]
