"""Which files are tests, by the conventions of pytest, unittest and Django, and by the project's settings."""

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import PurePosixPath

FILES = ("test_*.py", "*_test.py", "conftest.py")
DJANGO_FILES = ("tests.py",)
FOLDERS = frozenset({"tests"})
_TELLING = ("test", "spec")


@dataclass(frozen=True, slots=True)
class TestConvention:
    """Patterns of names and folders."""

    __test__ = False

    patterns: tuple[str, ...] = FILES
    paths: tuple[str, ...] = ()
    """Folders, relative to the project's, that hold nothing but tests."""

    @classmethod
    def of(cls, testpaths: Sequence[str], python_files: Sequence[str], *, django: bool = False) -> "TestConvention":
        """With the project's own settings of pytest, and Django's custom of a `tests.py` in each app.

        A setting that does not say "test" in its name (`testpaths = src`, `python_files = *.py`) names code as well
        as tests, and is not heeded: it would put the project's code out of reach.
        """
        patterns = (pattern for pattern in python_files if _tells(pattern))
        paths = (path.strip("/") for path in testpaths if _tells(PurePosixPath(path).name))
        known = (*FILES, *DJANGO_FILES) if django else FILES
        return cls(tuple(dict.fromkeys((*known, *patterns))), tuple(paths))

    def holds(self, path: str) -> bool:
        """Whether a path, relative to the project's folder, is a test or a test's material."""
        place = PurePosixPath(path)
        folders = place.parts[:-1]
        if FOLDERS.intersection(folders) or folders[:1] == ("test",):
            return True
        return any(fnmatch(place.name, pattern) for pattern in self.patterns) or self._configured(place)

    def _configured(self, place: PurePosixPath) -> bool:
        above = [str(parent) for parent in place.parents]
        return any(fnmatch(folder, path) for folder in above for path in self.paths)


def _tells(name: str) -> bool:
    return any(word in name.casefold() for word in _TELLING)
