"""Which files of a Node project are entry points: started by hand, by a framework, or offered by the package."""

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from backend_developer.workspace.toolchains.node.manager import above
from backend_developer.workspace.toolchains.node.packages import MANIFEST, read_manifest, texts

ENTRIES = tuple(f"{folder}{name}" for name in ("server", "index", "main", "app") for folder in ("", "src/"))
"""Where a project begins, by custom: paths in its folder without their suffix."""
LISTENS = re.compile(r"\.listen\(|\bserve\(\s*[{\w]|\bcreateServer\(")

_FIELDS = ("main", "module", "browser", "types", "bin", "exports")
_ROUTED = frozenset({"pages", "routes", "functions", "lambdas", "handlers"})
"""Folders whose files a framework, or a cloud, takes for handlers by their paths."""
_BUILT = re.compile(r"^(?:\./)?(?:(?:src|dist|build|lib|out)/)?")
_PATH = re.compile(r"[\w@./-]+/[\w./-]+|\w+\.[cm]?[jt]s\b")


def is_entry_point(root: Path, path: str, text: str) -> bool:
    """Whether a file with this text is one: by its place, what it does or the package.json above it. Reads the disk."""
    folder = next((place for place in above(root, (root / path).parent) if (place / MANIFEST).is_file()), root)
    inside = PurePosixPath((root / path).relative_to(folder).as_posix())
    if str(inside.with_suffix("")) in ENTRIES or not _ROUTED.isdisjoint(inside.parts[:-1]) or LISTENS.search(text):
        return True
    return _plain(str(inside)) in {_plain(name) for name in _named(read_manifest(folder))}


def _named(manifest: dict[str, Any]) -> Iterator[str]:
    for key in _FIELDS:
        yield from _paths(manifest.get(key))
    for script in texts(manifest, "scripts").values():
        yield from _PATH.findall(script)


def _paths(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _paths(one)


def _plain(path: str) -> str:
    """A path as it is in the source and in what is built of it: without the first folder and the suffix."""
    bare = _BUILT.sub("", path)
    return re.sub(r"(?:\.d)?\.[cm]?[jt]sx?$", "", bare).removesuffix("/index")
