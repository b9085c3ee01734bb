"""Which file of the project an import of Python means. Only paths are looked at.

A module is told by the path of its file; a Python package by its `__init__.py`, be there one or not.
"""

import posixpath
from collections.abc import Iterable

_INIT = "/__init__.py"


class Modules:
    """The modules of one project."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._paths = frozenset(paths)
        self._folders: set[str] = set()
        for path in self._paths:
            while (path := posixpath.dirname(path)) and path not in self._folders:
                self._folders.add(path)
        self._by_name: dict[str, list[str]] = {}
        for stem in sorted({posixpath.splitext(path)[0] for path in self._paths} | self._folders):
            self._by_name.setdefault(posixpath.basename(stem), []).append(stem)

    def find(self, module: str, at: str) -> str | None:
        """The module that a file means by this name; None where it is none of the project's."""
        return self._python(module, at) if at.endswith(".py") else None

    def inner(self, name: str, at: str) -> str | None:
        """The module of this name within another one."""
        return self._python_file(posixpath.join(posixpath.dirname(at), name)) if f"/{at}".endswith(_INIT) else None

    def _python(self, module: str, at: str) -> str | None:
        name = module.lstrip(".")
        up, tail = len(module) - len(name), name.replace(".", "/")
        if not up:
            return next((found for stem in self._nearest(tail, at) if (found := self._python_file(stem))), None)
        folder = posixpath.dirname(at)
        for _ in range(up - 1):
            folder = posixpath.dirname(folder)
        return self._python_file(posixpath.join(folder, tail).rstrip("/"))

    def _python_file(self, stem: str) -> str | None:
        package = f"{stem}{_INIT}".lstrip("/")
        if package in self._paths:
            return package
        if f"{stem}.py" in self._paths:
            return f"{stem}.py"
        return package if not stem or stem in self._folders else None

    def _nearest(self, tail: str, at: str) -> list[str]:
        """The paths, without their suffix, that end so; those nearest to a file first."""
        found = [stem for stem in self._by_name.get(posixpath.basename(tail), ()) if f"/{stem}".endswith(f"/{tail}")]
        return sorted(
            found, key=lambda stem: (-len(posixpath.commonprefix([stem.split("/"), at.split("/")])), len(stem))
        )
