"""Which files are tests, by the conventions of jest, vitest, mocha and Node's own runner."""

import re
from pathlib import PurePosixPath

_FOLDERS = frozenset({"__tests__", "__mocks__", "__snapshots__", "test", "tests"})
_FILE = re.compile(r".*[.\-_](?:test|spec)\.[cm]?[jt]sx?|(?:test|test-.*)\.[cm]?js")


def is_test(path: str) -> bool:
    """Whether a workspace-relative path is a test or a test's material."""
    place = PurePosixPath(path)
    return bool(_FOLDERS.intersection(place.parts[:-1])) or _FILE.fullmatch(place.name) is not None
