"""What is not the project's own source: git's ignore rules, dependencies, build output, caches."""

import logging
from functools import cache
from pathlib import Path

from pathspec import GitIgnoreSpec

logger = logging.getLogger(__name__)

_DEPENDENCIES = """
node_modules bower_components jspm_packages __pycache__ __pypackages__ site-packages dist-packages venv
"""

LEFT_OUT = frozenset(_DEPENDENCIES.split())
"""Folders of dependencies and by-products, wherever they stand. Folders with a leading dot are left out as well."""

_OUTPUT = """
build dist target out bin obj env vendor third_party third-party _build htmlcov coverage
"""

BUILD_OUTPUT = frozenset(_OUTPUT.split())
"""Folders that hold build output or copies of others' code, unless they are a Python package."""


class Ignore:
    """The rules of one project. A file's fate is decided by the deepest `.gitignore` that has a rule for it."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._spec = cache(self._read)

    def keeps_folder(self, parent: str, name: str) -> bool:
        """Whether to descend into a folder."""
        if name.startswith(".") or name in LEFT_OUT or name.endswith(".egg-info"):
            return False
        path = f"{parent}/{name}" if parent else name
        if name in BUILD_OUTPUT and not (self._root / path / "__init__.py").exists():
            return False
        return not self._ignored(parent, f"{path}/")

    def keeps_file(self, parent: str, name: str) -> bool:
        """Whether a file is the project's own."""
        return not self._ignored(parent, f"{parent}/{name}" if parent else name)

    def _ignored(self, folder: str, path: str) -> bool:
        while True:
            spec = self._spec(folder)
            if spec is not None:
                verdict = spec.check_file(path[len(folder) + 1 :] if folder else path).include
                if verdict is not None:
                    return verdict
            if not folder:
                return False
            folder = folder.rpartition("/")[0]

    def _read(self, folder: str) -> GitIgnoreSpec | None:
        lines: list[str] = []
        files = [self._root / folder / ".gitignore"]
        if not folder:
            files.insert(0, self._root / ".git" / "info" / "exclude")
        for file in files:
            try:
                lines += file.read_text(encoding="utf-8", errors="replace").splitlines()
            except OSError:
                continue
        try:
            return GitIgnoreSpec.from_lines(lines) if lines else None
        except ValueError as error:
            logger.warning("ignore rules of %s are passed over: %s", folder or ".", error)
            return None
