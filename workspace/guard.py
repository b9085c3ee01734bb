"""The one door for every write by a tool: which paths may be written and read, and what to do where not."""

import itertools
import logging
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pathspec import GitIgnoreSpec

from backend_developer.contract import InvalidSettings, PathRefused
from backend_developer.workspace.conventions import is_byproduct_folder, looks_like_secret, looks_like_test
from backend_developer.workspace.text import printable

logger = logging.getLogger(__name__)

Rule = Literal["outside", "git", "generated", "made", "tests", "secrets", "settings", "protected"]

PROJECT_SETTINGS = "backend-developer.toml"
MAX_NAME_BYTES = 255
MAX_PATH_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a path may not be written, and what to do instead."""

    rule: Rule
    why: str
    instead: str


_OUTSIDE = Refusal("outside", "is outside the workspace", "use a path inside it, relative to its root")
_GIT = Refusal("git", "belongs to git, whose state is the user's", "change the project's files; commits are not yours")
_GENERATED = Refusal("generated", "is in .ai/generated-code/", "write the code to its place in the project")
_MADE = Refusal("made", "is in a folder that tools fill", "install what is missing with the project's package manager")
_TESTS = Refusal("tests", "is a test", "another agent writes tests: name what to cover in `finish`")
_SECRETS = Refusal("secrets", "may hold secrets", "use an example file such as .env.example, and name what is needed")
_SETTINGS = Refusal("settings", "holds the user's settings for this agent", "say in `finish` what you would change")
_PROTECTED = Refusal("protected", "is protected by the project's settings", "find another way, or say it in `finish`")


class Guard:
    """Judges paths of one workspace.

    `is_test` adds the toolchains' conventions to our own; `protected` are globs as in .gitignore.
    Raises `InvalidSettings` where one of the globs is none.
    """

    def __init__(
        self,
        root: Path,
        *,
        is_test: Callable[[str], bool] | None = None,
        protected: Sequence[str] = (),
    ) -> None:
        self.root = Path(os.path.realpath(root))
        self._is_test = is_test
        self._protected = _globs(protected)

    def refusal(self, path: str) -> Refusal | None:
        """Why this path, relative to the workspace and already resolved, may not be written; None where it may.

        By its name alone: the file need not be there.
        """
        parts = [_plain(part) for part in path.split("/")]
        place = _by_place(parts)
        if place is not None:
            return place
        if looks_like_secret(path):
            return _SECRETS
        if looks_like_test(path) or (self._is_test is not None and self._is_test(path)):
            return _TESTS
        if parts == [PROJECT_SETTINGS]:
            return _SETTINGS
        return _PROTECTED if self._protected.match_file(path) else None

    def encloses(self, folder: str) -> bool:
        """Whether nothing in this folder may be written, or a folder of such a kind may lie in it."""
        return _plain(folder.rpartition("/")[2]) == ".ai" or self.refusal(f"{folder}/any") is not None

    def check_write(self, path: str) -> str:
        """The path that a write to `path` would really change, relative to the workspace.

        Raises `PathRefused` where it may not be changed, also by way of a link.
        """
        named, real = self._locate(path)
        # A link is judged by its own name as well: tests/x -> ../app/x is still the test's place.
        refusal = self.refusal(named) or self.refusal(real)
        if refusal is not None:
            raise self._refused("write", path, refusal)
        return real

    def check_delete(self, path: str) -> str:
        """As `check_write`, for what the path itself names: a link, not what it leads to."""
        self._check_form(path)
        named = Path(os.path.normpath(self.root / path))
        real = self._inside(os.path.realpath(named.parent) + os.sep + named.name)
        if real is None or named == self.root:
            raise self._refused("delete", path, _OUTSIDE)
        refusal = self.refusal(self._inside(str(named)) or real) or self.refusal(real)
        if refusal is not None:
            raise self._refused("delete", path, refusal)
        return real

    def check_read(self, path: str) -> str:
        """The path that is really read, relative to the workspace; `.` for the workspace itself.

        Raises `PathRefused` outside the workspace and for secrets.
        """
        named, real = self._locate(path)
        if looks_like_secret(named) or looks_like_secret(real):
            raise self._refused("read", path, _SECRETS)
        return real

    def leads_out(self, path: str) -> bool:
        """Whether this path of the workspace, its links resolved, is outside of it."""
        return self._inside(os.path.realpath(self.root / path)) is None

    def _locate(self, path: str) -> tuple[str, str]:
        self._check_form(path)
        joined = self.root / path
        real = self._inside(os.path.realpath(joined))
        if real is None:
            raise self._refused("reach", path, _OUTSIDE)
        if (self.root / real).is_symlink():
            raise PathRefused(f"{printable(path)} is a link in a circle; nothing was done. Use the file's own path.")
        return self._inside(os.path.normpath(joined)) or real, real

    def _check_form(self, path: str) -> None:
        try:
            raw = os.fsencode(path)
        except UnicodeEncodeError:
            raise PathRefused("the path holds half a surrogate pair, which no file name can; write it anew") from None
        if not raw.strip():
            raise PathRefused("the path is empty; name a file inside the workspace")
        if b"\0" in raw:
            raise PathRefused("the path holds a NUL, which no file name can; write it anew")
        if len(raw) > MAX_PATH_BYTES or any(len(part) > MAX_NAME_BYTES for part in raw.split(b"/")):
            raise PathRefused(
                f"the path is too long ({len(raw)} bytes; a name may have {MAX_NAME_BYTES}, a path {MAX_PATH_BYTES}); "
                "use a shorter one"
            )

    def _inside(self, absolute: str) -> str | None:
        root = str(self.root)
        if absolute == root:
            return "."
        prefix = root if root.endswith(os.sep) else root + os.sep
        if not absolute.startswith(prefix):
            return None
        return absolute[len(prefix) :].replace(os.sep, "/")

    def _refused(self, deed: str, path: str, refusal: Refusal) -> PathRefused:
        logger.info("refused to %s %s: %s", deed, printable(path), refusal.rule)
        return PathRefused(f"{printable(path)} {refusal.why}, so it was left alone. Instead: {refusal.instead}.")


def _by_place(parts: list[str]) -> Refusal | None:
    """What none but a tool of its own writes to, wherever it stands."""
    if ".git" in parts:
        return _GIT
    if _is_generated(parts):
        return _GENERATED
    # A gate would run what is written there: a program of the virtualenv, a cached module.
    return _MADE if any(map(is_byproduct_folder, parts[:-1])) else None


def _globs(protected: Sequence[str]) -> GitIgnoreSpec:
    try:
        return GitIgnoreSpec.from_lines(protected)
    except ValueError as error:
        raise InvalidSettings([f"guard.protected: {error}"]) from None


def _plain(part: str) -> str:
    """A name as a case-blind file system, or one that drops trailing dots, sees it."""
    return part.rstrip(". ").casefold() or part


def _is_generated(parts: list[str]) -> bool:
    return any(pair == (".ai", "generated-code") for pair in itertools.pairwise(parts))
