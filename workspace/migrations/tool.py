"""Migrations that a tool of the project applies: Alembic and Django, as commands of the project's own interpreter."""

import ast
import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from backend_developer.contract.ports import Outcome
from backend_developer.workspace.migrations.failure import Failure
from backend_developer.workspace.migrations.rendered import django_operations, words_of
from backend_developer.workspace.toolchains.files import read_text
from backend_developer.workspace.toolchains.python.database import service_environment
from backend_developer.workspace.toolchains.python.run import Runner

logger = logging.getLogger(__name__)

Command = tuple[str, ...]
Texts = Mapping[str, str]
"""Changed files with their text; those that were not there, or are not any more, are left out."""

_REVISION = re.compile(r"""^(?P<name>revision|down_revision)\b[^=\n]*=\s*(?P<value>[^#\n]+)""", re.MULTILINE)
_FRAME = re.compile(r'^\s*File "(?P<file>[^"]+)", line (?P<line>\d+)', re.MULTILINE)
_APPLYING = re.compile(r"(?:Applying|Unapplying) (?P<app>\w+)\.(?P<name>\w+)\.\.\.")
_ERROR = re.compile(
    r"^(?:[\w.]+\.)?(?P<kind>\w+(?:Error|Violation|Exception|\w*Table|\w*Column|\w*Object)): .*$", re.MULTILINE
)
_URL = "DATABASE_URL"
DJANGO_EXTENSIONS = {
    "bloom": "BloomExtension",
    "btree_gin": "BtreeGinExtension",
    "btree_gist": "BtreeGistExtension",
    "hstore": "HStoreExtension",
    "pg_trgm": "TrigramExtension",
    "unaccent": "UnaccentExtension",
}
"""The operations of Django that name their extension by their class alone, but for those that are stood in for."""


@dataclass(frozen=True, slots=True)
class ToolMigrations:
    """What is typed, with the state before the task and the state now as the tool names them."""

    name: str
    runner: Runner
    files: tuple[str, ...]
    """The migrations that the task wrote, relative to the workspace."""
    rewritten: tuple[str, ...]
    """Those of them that were there before."""
    deleted: tuple[str, ...]
    before: tuple[Command, ...] | None
    """None where the state before cannot be had: the task added nothing, and wrote over the old files."""
    now: tuple[Command, ...]
    back: tuple[Command, ...]
    env: Mapping[str, str]
    """Values hold the placeholders of `workspace.toolchains.placeholders`."""
    sql: Mapping[str, Command]
    """What prints the SQL of each of `files`, where that can be told of it alone."""
    revisions: Mapping[str, str] = field(default_factory=dict)
    """Alembic's name of each of `files`."""


def alembic(runner: Runner, before: Texts, now: Texts) -> ToolMigrations | None:
    """Alembic's, where a revision is among the changed files; None where there is none. Reads the disk."""
    old, revisions = _revisions(before), _revisions(now)
    known = {one.name: path for path, one in old.items()}
    # A revision is known by its name; its file may move.
    files = tuple(path for path, one in revisions.items() if now[path] != before.get(known.get(one.name, "")))
    names = {one.name for one in revisions.values()}
    deleted = tuple(path for path, one in old.items() if one.name not in names)
    if not (files or deleted) or not runner.project.has("alembic.ini"):
        return None
    made = {one.name: one for path in files if (one := revisions[path]).name not in known}
    parents = dict.fromkeys(name for one in made.values() for name in one.parents if name not in made)
    is_base = any(not one.parents for one in made.values())
    steps = tuple(runner.module("alembic", "upgrade", name) for name in parents)
    # Below a merge stay the heads that it joined: the way back of what was there before is not on trial.
    targets = ("base",) if is_base else tuple(parents)
    return ToolMigrations(
        name="alembic",
        runner=runner,
        files=files,
        rewritten=tuple(path for path in files if revisions[path].name in known),
        deleted=deleted,
        before=(() if is_base else steps) if made else None,
        now=(runner.module("alembic", "upgrade", "heads"),),
        back=tuple(runner.module("alembic", "downgrade", name) for name in targets) if made else (),
        env=_environment(runner, files),
        sql={
            path: runner.module("alembic", "upgrade", f"{(*one.parents, 'base')[0]}:{one.name}", "--sql")
            for path in files
            for one in (revisions[path],)
        },
        revisions={path: one.name for path, one in revisions.items()},
    )


def django(runner: Runner, before: Texts, now: Texts) -> ToolMigrations | None:
    """Django's, where a migration is among the changed files; None where there is none. Reads the disk."""
    files = tuple(path for path in now if _is_django_migration(runner, path))
    deleted = tuple(path for path in before if path not in now and _is_django_migration(runner, path))
    if not (files or deleted):
        return None
    python = str(runner.project.interpreter.python)
    manage = (python, "manage.py", "migrate", "--noinput", "--no-color", "--traceback")
    targets = _django_targets(runner, [path for path in files if path not in before])
    back = tuple((*manage, app, name) for app, name in targets.items())
    return ToolMigrations(
        name="django",
        runner=runner,
        files=files,
        rewritten=tuple(path for path in files if path in before),
        deleted=deleted,
        before=back or None,
        now=((*manage,),),
        back=back,
        env={**runner.django(), **_environment(runner, files)},
        sql={path: (python, "manage.py", "sqlmigrate", "--no-color", *_django_name(path)) for path in files},
    )


def _django_name(path: str) -> tuple[str, str]:
    place = PurePosixPath(path)
    return place.parent.parent.name, place.stem


def _is_django_migration(runner: Runner, path: str) -> bool:
    place = PurePosixPath(path)
    inside = place.suffix == ".py" and place.parent.name == "migrations" and place.name != "__init__.py"
    return inside and runner.project.is_django and place.is_relative_to(runner.project.package.root)


def _django_targets(runner: Runner, new: Sequence[str]) -> dict[str, str]:
    """Each app that has a new migration, and the last old one before it; `zero` where there is none."""
    targets: dict[str, str] = {}
    for folder in dict.fromkeys(PurePosixPath(path).parent for path in new):
        names = sorted(path.stem for path in (runner.project.root / folder).glob("[0-9]*.py"))
        made = {PurePosixPath(path).stem for path in new if PurePosixPath(path).parent == folder}
        targets[folder.parent.name] = next((name for name in reversed(names) if name not in made), "zero")
    return targets


def _environment(runner: Runner, files: Sequence[str]) -> dict[str, str]:
    """Where the scratch database is; empty where the project reads no address from its environment."""
    found = service_environment(runner.project)
    if not found and any(_URL in runner.project.text(path) for path in runner.project.sources):
        found = {_URL: "{database_url}"}
    logger.info("touched=%s env=%s", list(files), sorted(found))
    return found


class Revision(NamedTuple):
    """An Alembic file's own name and those of its parents."""

    name: str
    parents: tuple[str, ...]


def _revisions(texts: Texts) -> dict[str, Revision]:
    return {path: one for path, text in texts.items() if (one := _revision(text))}


def _revision(text: str) -> Revision | None:
    fields: dict[str, tuple[str, ...]] = {}
    for match in _REVISION.finditer(text):
        try:
            value = ast.literal_eval(match["value"].strip())
        except (ValueError, SyntaxError):
            continue
        fields[match["name"]] = (value,) if isinstance(value, str) else tuple(value or ())
    if "down_revision" not in fields or not fields.get("revision"):
        return None
    return Revision(fields["revision"][0], fields["down_revision"])


def failure_of(tool: ToolMigrations, outcome: Outcome, text: str) -> Failure | None:
    """What the tool's output says of a migration that failed; None where all went well. Reads the disk."""
    if outcome.ok:
        return None
    if outcome.timed_out:
        return Failure(f"`{outcome.command}` did not end within its time")
    root = tool.runner.project.root
    message = _message(text) or f"`{outcome.command}` ended with {outcome.exit_code}: {text.strip()[-500:]}"
    for frame in reversed(list(_FRAME.finditer(text))):
        path = Path(frame["file"])
        relative = path.relative_to(root).as_posix() if path.is_relative_to(root) else None
        if relative in tool.files or (relative and PurePosixPath(relative).parent.name in ("versions", "migrations")):
            return Failure(message, relative, int(frame["line"]))
    applied = list(_APPLYING.finditer(text))
    if applied:
        name = f"{applied[-1]['app']}/migrations/{applied[-1]['name']}.py"
        file = next((path for path in tool.files if path.endswith(name)), None)
        return Failure(message, file, _operation(read_text(root / file), message) if file else None)
    return Failure(message)


def _message(text: str) -> str:
    """The first error, which is the driver's own, with the lines that belong to it."""
    found = _ERROR.search(text)
    if not found:
        return ""
    following = [
        line for line in text[found.end() :].splitlines()[1:6] if re.match(r"(?:DETAIL|HINT|LINE|CONTEXT):", line)
    ]
    return "\n".join((found[0], *following))


def _operation(source: str, message: str) -> int | None:
    """The line of the operation that names what PostgreSQL names; else of the first."""
    for extension, operation in DJANGO_EXTENSIONS.items():
        if f'extension "{extension}"' in message and (found := re.search(rf"\b{operation}\(", source)):
            return 1 + source.count("\n", 0, found.start())
    operations, first = django_operations(source)
    named = (words_of(name) for name in re.findall(r'"(\w+)"', message))
    told = (one for name in named for one in operations if one.likeness(name)[1])
    chosen = next(told, operations[0] if operations else None)
    return chosen.lines.start if chosen else first
