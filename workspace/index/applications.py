"""What an application puts before all its routes, whichever files these are in: NestJS's global prefix and versions."""

import posixpath
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from backend_developer.workspace.index.records import Link

NEUTRAL = "-"
"""The version of a route that has none."""

_PATTERN = re.compile(r"[(*{].*")


class _Before(NamedTuple):
    """A prefix, with the addresses that do without it; or that of versions, with those of a route that names none."""

    prefix: str = ""
    words: tuple[str, ...] = ()


class Applications:
    """The applications of one project: an application's files are those in and below the folder where it is made."""

    def __init__(self, links: Sequence[tuple[str, Link]]) -> None:
        """What the files say; prefixes that cannot be told are left out."""
        made = {posixpath.dirname(path) for path, link in links if link.kind == "application"}
        self._folders = sorted(made, key=len, reverse=True)
        told = [(path, link.kind, _Before(link.prefix, tuple(link.target.split()))) for path, link in links]
        self._prefixes = [(path, before) for path, kind, before in told if kind == "global"]
        self._versionings = [(path, before) for path, kind, before in told if kind == "versioned"]
        self._versions: Mapping[tuple[str, str], list[str]] = {
            (path, link.name): link.target.split() for path, link in links if link.kind == "version"
        }

    def whole(self, path: str, handler: str, address: str) -> list[str]:
        """The addresses of a route in a file; as it is where it is not known which application it is in."""
        folder = next((one for one in self._folders if _below(path, one)), None)
        if folder is None and len(self._folders) > 1:
            return [address]
        prefix, versioning = (_only(said, folder or "") for said in (self._prefixes, self._versionings))
        if any(_means(pattern, address) for pattern in prefix.words):
            prefix = _Before()
        versions = [NEUTRAL]
        if versioning.prefix:
            controller = handler.rpartition(".")[0]
            named = self._versions.get((path, handler)) or self._versions.get((path, controller))
            versions = named or list(versioning.words) or versions
        parts = [("" if one == NEUTRAL else f"/{versioning.prefix.strip('/')}{one}") for one in versions]
        before = f"/{prefix.prefix.strip('/')}" if prefix.prefix.strip("/") else ""
        return [f"{before}{part}{address}".rstrip("/") or "/" for part in parts]


def _only(said: Sequence[tuple[str, _Before]], folder: str) -> _Before:
    """What is said in a folder; nothing where it is said in several ways."""
    found = {before for path, before in said if _below(path, folder)}
    return found.pop() if len(found) == 1 else _Before()


def _below(path: str, folder: str) -> bool:
    return not folder or path.startswith(f"{folder}/")


def _means(pattern: str, address: str) -> bool:
    """Whether an address is the one that a pattern names, or begins as it does up to what may be anything."""
    pattern, address = pattern.lstrip("/"), address.lstrip("/")
    fixed = _PATTERN.sub("", pattern)
    return address.startswith(fixed) if fixed != pattern else address == fixed.rstrip("/")
