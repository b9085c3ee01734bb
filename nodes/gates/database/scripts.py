"""Touched SQL outside migration folders, each with what it builds on, as it was before the task and as it is now."""

import logging
from collections.abc import Mapping, Sequence

from backend_developer.nodes.gates.database.migrators import SqlMigrator
from backend_developer.nodes.gates.house_rules.change import Change
from backend_developer.workspace.migrations.manners import Tools
from backend_developer.workspace.migrations.scripts import (
    Unit,
    builds_on,
    changes_schema,
    is_script,
    read_script,
    units_of,
    why_not,
    why_unfollowed,
)
from backend_developer.workspace.migrations.sql import read_folders, text_of

logger = logging.getLogger(__name__)

Files = Mapping[str, str]


def find_scripts(
    changes: Sequence[Change], now: Files, old: Files, tools: Tools, *, is_ours: bool
) -> tuple[list[SqlMigrator], list[str]]:
    """The scripts that the change made or edited, and why some cannot be applied.

    `now` and `old` are all SQL files of the project, by path; `is_ours` says that it has drivers of PostgreSQL alone.
    """
    touched = {
        one.path: text_of(one.after)
        for one in changes
        if one.after is not None and is_script(one.path) and changes_schema(text_of(one.after))
    }
    unfit = {path: why for path, text in touched.items() if (why := _why_unfit(path, text, old, is_ours=is_ours))}
    reasons = [f"{path} {why}" for path, why in unfit.items()]
    judged = [path for path in touched if path not in unfit]
    if not judged:
        return [], reasons
    units_now, units_old = units_of(now, read_folders(now, tools)), units_of(old, read_folders(old, tools))
    logger.info("scripts=%s reasons=%s", judged, reasons)
    return [_migrator(path, now, old, units_now, units_old) for path in judged], reasons


def _why_unfit(path: str, text: str, old: Files, *, is_ours: bool) -> str | None:
    """What was there before tells: a change that makes a script unfit for PostgreSQL is at fault, and not excused."""
    if path not in old:
        return why_not(text, is_ours=is_ours)
    return why_not(old[path]) or why_unfollowed(read_script(path, old[path], old))


def _migrator(
    path: str, now: Files, old: Files, units_now: Mapping[str, Unit], units_old: Mapping[str, Unit]
) -> SqlMigrator:
    script = read_script(path, now[path], now)
    before = [read_script(path, old[path], old)] if path in units_old else []
    # A new script meets the schema that it builds on as the task found it.
    base = Unit(tuple(before) or (script,))
    return SqlMigrator(
        name=path,
        files=(path,),
        old=[*builds_on(base, _others(units_old, path), path), *before],
        now=[*builds_on(Unit((script,)), _others(units_now, path), path), script],
        editable=True,
    )


def _others(units: Mapping[str, Unit], path: str) -> dict[str, Unit]:
    return {name: unit for name, unit in units.items() if name != path}
