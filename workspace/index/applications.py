"""The prefix that an application gives all its routes, whichever files these are in: NestJS's global prefix."""

import posixpath
import re
from collections.abc import Iterable
from typing import NamedTuple

_PATTERN = re.compile(r"[(*{].*")


class Prefix(NamedTuple):
    """A prefix that a file gives an application."""

    path: str
    prefix: str
    without: tuple[str, ...]
    """Addresses that do without."""


class Applications:
    """The applications of one project: an application's files are those in and below the folder where it is made."""

    def __init__(self, made: Iterable[str], prefixes: Iterable[Prefix]) -> None:
        """`made` are the files that make one."""
        self._folders = sorted({posixpath.dirname(path) for path in made}, key=len, reverse=True)
        self._prefixes = list(prefixes)

    def whole(self, path: str, address: str) -> str:
        """The address of a route in a file; as it is where it is not known which application it is in."""
        folder = next((one for one in self._folders if _below(path, one)), None)
        if folder is None and len(self._folders) > 1:
            return address
        mine = {one[1:] for one in self._prefixes if _below(one.path, folder or "")}
        if len(mine) != 1:
            return address
        ((prefix, without),) = mine
        if not prefix.strip("/") or any(_means(one, address) for one in without):
            return address
        return f"/{prefix.strip('/')}{address}".rstrip("/")


def _below(path: str, folder: str) -> bool:
    return not folder or path.startswith(f"{folder}/")


def _means(pattern: str, address: str) -> bool:
    """Whether an address is the one that a pattern names, or begins as it does up to what may be anything."""
    pattern, address = pattern.lstrip("/"), address.lstrip("/")
    fixed = _PATTERN.sub("", pattern)
    return address.startswith(fixed) if fixed != pattern else address == fixed.rstrip("/")
