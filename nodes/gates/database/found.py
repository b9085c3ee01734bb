"""Which migrations a change touches, as they were before it and as they are now."""

import asyncio
import logging
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath

from backend_developer.nodes.context import Context
from backend_developer.nodes.gates.database.migrators import Migrator, SqlMigrator, ToolMigrator
from backend_developer.nodes.gates.database.scripts import find_scripts
from backend_developer.nodes.gates.house_rules.change import Change
from backend_developer.workspace.ignore import ignore_spec
from backend_developer.workspace.migrations.manners import Tools
from backend_developer.workspace.migrations.sql import by_folder, folder_of, is_of_another_server, read_folder, text_of
from backend_developer.workspace.migrations.tool import alembic, django
from backend_developer.workspace.toolchains.files import is_within, read_text
from backend_developer.workspace.toolchains.python.toolchain import PythonToolchain

logger = logging.getLogger(__name__)

_PROVIDER = re.compile(r'^\s*provider\s*=\s*"(?P<name>\w+)"', re.MULTILINE)
_SQL_SERVERS = ("postgresql", "mysql", "sqlite")
_OURS = ("postgresql", "postgres", "cockroachdb")


async def find_migrators(context: Context, changes: Sequence[Change]) -> tuple[list[Migrator], list[str]]:
    """All that the change touches, and why some of it cannot be applied."""
    excluded = ignore_spec(context.project_settings.database.exclude)
    judged = [change for change in changes if not excluded.match_file(change.path)]
    return await asyncio.to_thread(_find, context, judged)


def _find(context: Context, changes: Sequence[Change]) -> tuple[list[Migrator], list[str]]:
    found: list[Migrator] = []
    reasons: list[str] = []
    tools = Tools(context.workspace.root)
    now, old = _sql_files(context.workspace.root, changes, tools)
    servers = [name for name in context.profile.databases if name in _SQL_SERVERS]
    if servers and "postgresql" not in servers:
        reasons += [f"the project's database is {' and '.join(servers)}"] if now or old else []
    else:
        folders, foreign = _find_folders(tools, context.workspace.root, changes, now, old, is_ours=bool(servers))
        # What a migration includes is proven with it.
        apart = [one for one in changes if one.path not in _included(folders)]
        scripts, unfit = find_scripts(apart, now, old, tools, is_ours=servers == ["postgresql"])
        found += [*folders, *scripts]
        reasons += [*foreign, *unfit]
    for tool in _tools(context, changes):
        if not tool.tool.env or not any("{database_" in value for value in tool.tool.env.values()):
            reasons.append(f"{tool.name} reads no database address from the environment, so it cannot be led to ours")
        else:
            found.append(tool)
    logger.info("migrators=%s reasons=%s", [one.name for one in found], reasons)
    return found, reasons


def _sql_files(root: Path, changes: Sequence[Change], tools: Tools) -> tuple[dict[str, str], dict[str, str]]:
    """All SQL files with their texts, as they are now and as they were before the task."""
    touched = {one.path: one for one in changes if one.path.lower().endswith(".sql")}
    if not touched:
        return {}, {}
    kept = {
        path: read_text(root / path) for path in tools.paths if path.lower().endswith(".sql") and path not in touched
    }
    now = {path: text_of(one.after) for path, one in touched.items() if one.after is not None}
    old = {path: text_of(one.before) for path, one in touched.items() if one.before is not None}
    return kept | now, kept | old


def _find_folders(
    tools: Tools,
    root: Path,
    changes: Sequence[Change],
    now: Mapping[str, str],
    old: Mapping[str, str],
    *,
    is_ours: bool,
) -> tuple[list[SqlMigrator], list[str]]:
    """`is_ours` says that the project has a driver of PostgreSQL."""
    found, reasons = [], []
    folders_now, folders_old = by_folder(now), by_folder(old)
    for folder in sorted({name for change in changes if (name := folder_of(change.path))}):
        texts_now, texts_old = folders_now.get(folder, {}), folders_old.get(folder, {})
        # What was there before tells whose it is: SQL of another server in a new file is a fault, and no excuse.
        telling = texts_old or ({} if is_ours else texts_now)
        if _is_foreign(_lock_file(root, folder, changes), telling.values()):
            reasons.append(f"{folder} is written for another server than PostgreSQL")
        else:
            files = tuple(change.path for change in changes if folder_of(change.path) == folder)
            before, after = read_folder(texts_old, tools, old), read_folder(texts_now, tools, now)
            found.append(SqlMigrator(folder, files, before, after))
    return found, reasons


def _included(folders: Sequence[SqlMigrator]) -> set[str]:
    statements = (one for folder in folders for migration in folder.now for one in migration.up)
    return {one.file for one in statements if one.file}


def _lock_file(root: Path, folder: str, changes: Sequence[Change]) -> str:
    """Prisma's, as it was before the task where it was there: a task does not take its migrations to another server."""
    path = f"{folder}/migration_lock.toml"
    old = next((one.before for one in changes if one.path == path), None)
    return text_of(old) if old is not None else read_text(root / path)


def _is_foreign(lock_file: str, texts: Iterable[str]) -> bool:
    """By what Prisma's lock file says, else by the SQL."""
    provider = _PROVIDER.search(lock_file)
    return provider["name"] not in _OURS if provider else is_of_another_server(texts)


def _tools(context: Context, changes: Sequence[Change]) -> list[ToolMigrator]:
    root = context.workspace.root
    python = [change for change in changes if PurePosixPath(change.path).suffix == ".py"]
    found = []
    for toolchain in context.toolchains:
        if not python or not isinstance(toolchain, PythonToolchain):
            continue
        for package in toolchain.packages(root):
            inside = [change for change in python if is_within(change.path, package.root)]
            before = {one.path: text_of(one.before) for one in inside if one.before is not None}
            now = {one.path: text_of(one.after) for one in inside if one.after is not None}
            runner = toolchain.runner(root, package)
            found += [ToolMigrator(context, one) for make in (alembic, django) if (one := make(runner, before, now))]
    return found
