"""What is not the project's own source: git's ignore rules, dependencies, build output, caches."""

from pathlib import Path

from backend_developer.workspace.ignore import IgnoreRules

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
        self._rules = IgnoreRules(root)
        self._loaded: set[str] = set()
        """Folders whose rules are loaded, with those of all above."""

    def keeps_folder(self, parent: str, name: str) -> bool:
        """Whether to descend into a folder."""
        if name.startswith(".") or name in LEFT_OUT or name.endswith(".egg-info"):
            return False
        path = f"{parent}/{name}" if parent else name
        if name in BUILD_OUTPUT and not (self._root / path / "__init__.py").exists():
            return False
        return not self._ignored(parent, path, is_folder=True)

    def keeps_file(self, parent: str, name: str) -> bool:
        """Whether a file is the project's own."""
        return not self._ignored(parent, f"{parent}/{name}" if parent else name, is_folder=False)

    def _ignored(self, parent: str, path: str, *, is_folder: bool) -> bool:
        # A folder that has not changed is not listed again, so those above may not have been loaded yet.
        if parent not in self._loaded:
            parts = parent.split("/") if parent else []
            for depth in range(len(parts) + 1):
                self._rules.load("/".join(parts[:depth]), refresh=False)
            self._loaded.add(parent)
        return self._rules.ignored(path, is_folder=is_folder)
