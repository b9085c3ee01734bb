"""What git would ignore, by the .gitignore files of the tree and .git/info/exclude.

Read from the files, so that it holds without git too. A tracked file that a pattern matches counts as ignored.
"""

import logging
import os
from collections.abc import Sequence
from pathlib import Path

from pathspec import GitIgnoreSpec

logger = logging.getLogger(__name__)

_Signature = tuple[int, int, int]
_NO_FILE: _Signature = (0, 0, 0)


def ignore_spec(lines: Sequence[str]) -> GitIgnoreSpec:
    """Patterns as in .gitignore; a line that is no pattern is passed over, as git does."""
    try:
        return GitIgnoreSpec.from_lines(lines)
    except ValueError:
        return GitIgnoreSpec.from_lines([line for line in lines if _is_pattern(line)])


def _is_pattern(line: str) -> bool:
    try:
        GitIgnoreSpec.from_lines([line])
    except ValueError:
        return False
    return True


class IgnoreRules:
    """The rules of one tree; asked about a path once its parent folders have been loaded."""

    def __init__(self, root: Path) -> None:
        self._root = str(root)
        self._specs: dict[str, tuple[_Signature, GitIgnoreSpec]] = {}
        self._seen: set[str] = set()
        self._known: dict[str, bool] = {}

    def load(self, folder: str, *, refresh: bool = True) -> None:
        """Take in the rules of one folder (`""` for the root).

        Without `refresh` a folder that was seen before keeps the rules that it had, and only a new one is read.
        """
        if folder in self._seen and not refresh:
            return
        self._seen.add(folder)
        signature = self._signature(folder)
        if signature == self._specs.get(folder, (_NO_FILE,))[0]:
            return
        self._known.clear()
        if signature == _NO_FILE:
            del self._specs[folder]
            return
        lines = self._lines(folder)
        logger.debug("%d rules in %s", len(lines), folder or ".")
        self._specs[folder] = (signature, ignore_spec(lines))

    def ignored(self, path: str, *, is_folder: bool) -> bool:
        """Whether git ignores it, given that it ignores none of its parent folders."""
        key = f"{path}/" if is_folder else path
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._decide(key)
        return known

    def _decide(self, key: str) -> bool:
        folder = key.rstrip("/")
        while folder:
            folder = folder.rpartition("/")[0]
            rules = self._specs.get(folder)
            verdict = rules[1].check_file(key[len(folder) + 1 :] if folder else key).include if rules else None
            if verdict is not None:
                return verdict
        return False

    def _sources(self, folder: str) -> list[str]:
        """As strings: a `Path` for each folder of a project would be a tenth of the time of a walk."""
        if folder:
            return [f"{self._root}/{folder}/.gitignore"]
        return [f"{self._root}/.git/info/exclude", f"{self._root}/.gitignore"]

    def _signature(self, folder: str) -> _Signature:
        total = _NO_FILE
        for source in self._sources(folder):
            try:
                stat = os.stat(source)  # noqa: PTH116
            except OSError:
                continue
            total = (total[0] + stat.st_mtime_ns, total[1] + stat.st_size, total[2] + stat.st_ino)
        return total

    def _lines(self, folder: str) -> list[str]:
        lines: list[str] = []
        for source in self._sources(folder):
            try:
                lines += Path(source).read_text(encoding="utf-8", errors="surrogateescape").splitlines()
            except OSError:
                continue
        return lines
