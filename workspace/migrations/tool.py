"""Migrations that a tool of the project applies: Alembic and Django, as commands of the project's own interpreter."""

import ast
import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from backend_developer.contract.ports import Outcome
from backend_developer.workspace.migrations.failure import Failure
from backend_developer.workspace.toolchains.files import read_text
from backend_developer.workspace.toolchains.python.database import service_environment
from backend_developer.workspace.toolchains.python.run import Runner

logger = logging.getLogger(__name__)

Command = tuple[str, ...]

_REVISION = re.compile(r"""^(?P<name>revision|down_revision)\b[^=\n]*=\s*(?P<value>[^#\n]+)""", re.MULTILINE)
_FRAME = re.compile(r'^\s*File "(?P<file>[^"]+)", line (?P<line>\d+)', re.MULTILINE)
_APPLYING = re.compile(r"(?:Applying|Unapplying) (?P<app>\w+)\.(?P<name>\w+)\.\.\.")
_ERROR = re.compile(
    r"^(?:[\w.]+\.)?(?P<kind>\w+(?:Error|Violation|Exception|\w*Table|\w*Column|\w*Object)): .*$", re.MULTILINE
)
_URL = "DATABASE_URL"


@dataclass(frozen=True, slots=True)
class ToolMigrations:
    """What is typed, with the state before the task and the state now as the tool names them."""

    name: str
    runner: Runner
    files: tuple[str, ...]
    """The migrations that the task touched, relative to the workspace."""
    before: tuple[Command, ...]
    now: tuple[Command, ...]
    back: tuple[Command, ...]
    env: Mapping[str, str]
    """Values hold the placeholders of `workspace.toolchains.placeholders`."""


def alembic(runner: Runner, touched: Sequence[str], new: Sequence[str]) -> ToolMigrations | None:
    """Alembic's, where the task touched a revision; None where it did not. Reads the disk."""
    revisions = {path: _revision(read_text(runner.project.root / path)) for path in touched}
    files = tuple(path for path, (name, _) in revisions.items() if name)
    if not files or not runner.project.has("alembic.ini"):
        return None
    made = {revisions[path][0] for path in files if path in new}
    parents = [parent for path in files if path in new for parent in revisions[path][1] if parent not in made]
    if not parents and not made:
        parents = ["heads"]
    is_base = any(path in new and not revisions[path][1] for path in files)
    steps = tuple(runner.module("alembic", "upgrade", parent) for parent in dict.fromkeys(parents))
    target = "base" if is_base or len(set(parents)) != 1 else parents[0]
    return ToolMigrations(
        name="alembic",
        runner=runner,
        files=files,
        before=() if is_base else steps,
        now=(runner.module("alembic", "upgrade", "heads"),),
        back=(runner.module("alembic", "downgrade", target),) if made else (),
        env=_environment(runner, files),
    )


def django(runner: Runner, touched: Sequence[str], new: Sequence[str]) -> ToolMigrations | None:
    """Django's, where the task touched a migration; None where it did not. Reads the disk."""
    files = tuple(path for path in touched if _is_django_migration(runner, path))
    if not files:
        return None
    manage = (str(runner.project.interpreter.python), "manage.py", "migrate", "--noinput", "--no-color", "--traceback")
    targets = _django_targets(runner, [path for path in files if path in new])
    back = tuple((*manage, app, name) for app, name in targets.items())
    all_now = ((*manage,),)
    return ToolMigrations(
        name="django",
        runner=runner,
        files=files,
        before=(*back, *all_now) if not targets else back,
        now=all_now,
        back=back,
        env={**runner.django(), **_environment(runner, files)},
    )


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


def _revision(text: str) -> tuple[str | None, tuple[str, ...]]:
    """An Alembic file's own revision and its parents."""
    fields: dict[str, tuple[str, ...]] = {}
    for match in _REVISION.finditer(text):
        try:
            value = ast.literal_eval(match["value"].strip())
        except (ValueError, SyntaxError):
            continue
        fields[match["name"]] = (value,) if isinstance(value, str) else tuple(value or ())
    if "down_revision" not in fields or not fields.get("revision"):
        return None, ()
    return fields["revision"][0], fields["down_revision"]


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
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return None
    lists = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.List) and _assigns(node, "operations")
    ]
    operations = lists[0].elts if lists else []
    named = re.findall(r'"(\w+)"', message)
    told = (one for name in named for one in operations if name in (ast.get_source_segment(source, one) or ""))
    chosen = next(told, operations[0] if operations else None)
    return chosen.lineno if chosen else None


def _assigns(node: ast.Assign, name: str) -> bool:
    return any(isinstance(target, ast.Name) and target.id == name for target in node.targets)
