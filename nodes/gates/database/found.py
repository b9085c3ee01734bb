"""Which migrations a change touches, as they were before it and as they are now."""

import asyncio
import logging
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from backend_developer.nodes.context import Context
from backend_developer.nodes.gates.database.migrators import Migrator, SqlMigrator, ToolMigrator
from backend_developer.nodes.gates.database.scripts import find_scripts
from backend_developer.nodes.gates.house_rules.change import Change
from backend_developer.workspace.ignore import ignore_spec
from backend_developer.workspace.migrations.sql import folder_of, is_of_another_server, read_folder, text_of
from backend_developer.workspace.migrations.tool import alembic, django
from backend_developer.workspace.toolchains.files import is_within, read_text
from backend_developer.workspace.toolchains.python.toolchain import PythonToolchain

logger = logging.getLogger(__name__)


async def find_migrators(context: Context, changes: Sequence[Change]) -> tuple[list[Migrator], list[str]]:
    """All that the change touches, and why some of it cannot be applied."""
    excluded = ignore_spec(context.project_settings.database.exclude)
    judged = [change for change in changes if not excluded.match_file(change.path)]
    return await asyncio.to_thread(_find, context, judged)


def _find(context: Context, changes: Sequence[Change]) -> tuple[list[Migrator], list[str]]:
    found: list[Migrator] = []
    reasons: list[str] = []
    for folder in sorted({name for change in changes if (name := folder_of(change.path))}):
        migrator, texts = _plain(context.workspace.root, folder, changes)
        if is_of_another_server(texts):
            reasons.append(f"{folder} is written for another server than PostgreSQL")
        else:
            found.append(migrator)
    scripts, unfit = find_scripts(context.workspace.root, changes)
    found += scripts
    reasons += unfit
    for tool in _tools(context, changes):
        if not tool.tool.env or not any("{database_" in value for value in tool.tool.env.values()):
            reasons.append(f"{tool.name} reads no database address from the environment, so it cannot be led to ours")
        else:
            found.append(tool)
    logger.info("migrators=%s reasons=%s", [one.name for one in found], reasons)
    return found, reasons


def _plain(root: Path, folder: str, changes: Sequence[Change]) -> tuple[SqlMigrator, list[str]]:
    touched = {change.path: change for change in changes if folder_of(change.path) == folder}
    inside = (path for pattern in ("*.sql", "*/*.sql") for path in (root / folder).glob(pattern))
    on_disk = (path.relative_to(root).as_posix() for path in sorted(inside))
    kept = {path: read_text(root / path) for path in on_disk if folder_of(path) == folder}
    now = {path: text for path, text in kept.items() if path not in touched or touched[path].after is not None}
    old = {path: text for path, text in kept.items() if path not in touched}
    old |= {path: text_of(change.before) for path, change in touched.items() if change.before is not None}
    return SqlMigrator(folder, tuple(touched), read_folder(old), read_folder(now)), [*old.values(), *now.values()]


def _tools(context: Context, changes: Sequence[Change]) -> list[ToolMigrator]:
    root = context.workspace.root
    python = [change for change in changes if PurePosixPath(change.path).suffix == ".py"]
    found = []
    for toolchain in context.toolchains:
        if not python or not isinstance(toolchain, PythonToolchain):
            continue
        for package in toolchain.packages(root):
            inside = [change for change in python if is_within(change.path, package.root)]
            touched = [change.path for change in inside if change.after is not None]
            new = [change.path for change in inside if change.before is None]
            runner = toolchain.runner(root, package)
            for tool in (alembic(runner, touched, new), django(runner, touched, new)):
                if tool:
                    rewritten = tuple(path for path in tool.files if path not in new)
                    found.append(ToolMigrator(context, tool, rewritten))
    return found
