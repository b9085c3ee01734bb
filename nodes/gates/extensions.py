"""A change that is the first to want an extension which nothing at hand has: it is not proven, and not passed over.

What a project wanted before is its own affair: the gate is skipped, and the report says so.
"""

import asyncio
import logging
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath

from backend_developer.contract import NoExtension
from backend_developer.nodes.context import Context
from backend_developer.nodes.gates.house_rules.change import Change, collect_changes
from backend_developer.workspace.migrations.sql import text_of
from backend_developer.workspace.migrations.tool import DJANGO_EXTENSIONS
from backend_developer.workspace.postgres.connect import SCRATCH_SETTING
from backend_developer.workspace.postgres.extensions import Refusal
from backend_developer.workspace.toolchains.files import read_text, walk

logger = logging.getLogger(__name__)

_SOURCES = frozenset(
    {
        ".sql",
        ".py",
        ".go",
        ".rs",
        ".cs",
        ".js",
        ".mjs",
        ".cjs",
        ".ts",
        ".mts",
        ".cts",
        ".prisma",
        ".yml",
        ".yaml",
        ".sh",
    }
)


async def refuse_new_needs(context: Context, refused: Sequence[Refusal], source: str) -> None:
    """Raise `NoExtension` where the project as it was before the change wants none of what was refused."""
    changes = await collect_changes(context.workspace.journal, context.workspace.root) if refused else []
    if not changes:
        return
    new = await asyncio.to_thread(_new, refused, context.workspace.root, changes)
    if new:
        raise no_extension(new, source)


def no_extension(refused: Sequence[Refusal], source: str, place: str = "") -> NoExtension:
    """The error for what a change is the first to want."""
    told = "; ".join(dict.fromkeys(one.told for one in refused))
    names = " and ".join(dict.fromkeys(one.name for one in refused))
    logger.warning("the change is the first to want %s", names)
    where = f" ({place})" if place else ""
    return NoExtension(
        f"The PostgreSQL for projects under test cannot prove what the change is the first to want{where}: {told}.",
        f"Set {SCRATCH_SETTING} to the URL of a PostgreSQL server that has {names} and on which databases may be made "
        "and dropped, or install one on this machine that has it, and resume; or give the task anew so that it does "
        "without.",
        source=source,
    )


def _new(refused: Sequence[Refusal], root: Path, changes: Iterable[Change]) -> list[Refusal]:
    """Those that no source of before the change names. Reads the disk."""
    left = {one: _need(one) for one in refused}
    for text in _old_sources(root, {one.path: one for one in changes}):
        left = {one: need for one, need in left.items() if not need.search(text)}
    return list(left)


def _old_sources(root: Path, touched: dict[str, Change]) -> Iterator[str]:
    yield from (text_of(one.before) for one in touched.values() if _is_source(one.path))
    yield from (read_text(root / path) for path in walk(root) if path not in touched and _is_source(path))


def _is_source(path: str) -> bool:
    return PurePosixPath(path).suffix in _SOURCES


def _need(one: Refusal) -> re.Pattern[str]:
    """How a source wants it: in a statement or an option about extensions, as a name in quotes, as Django's."""
    name = re.escape(one.name)
    if one.function:
        return re.compile(rf"\b{re.escape(one.function)}\s*\(", re.IGNORECASE)
    ways = [rf"extension[^;]{{0,120}}\b{name}\b", rf"""["'`]{name}["'`]"""]
    ways += [rf"\b{DJANGO_EXTENSIONS[one.name]}\b"] if one.name in DJANGO_EXTENSIONS else []
    return re.compile("|".join(ways), re.IGNORECASE)
