"""From which variables a Node project reads its PostgreSQL address, and what prepares its database."""

import logging
import re
from collections.abc import Iterator

from backend_developer.workspace.toolchains.node.project import NodeProject

logger = logging.getLogger(__name__)

DRIVERS = frozenset({"pg", "pg-native", "pg-promise", "postgres", "slonik"})

_READ = re.compile(
    r"""(?:process\.env(?:\.|\[["'])|\benv\(["']|\.get(?:OrThrow)?(?:<\w+>)?\(["'])(?P<name>[A-Z][A-Z0-9_]*)(?:["'][\])])?"""
    r"""(?:\s*(?:\?\?|\|\|)\s*["'`](?P<default>[^"'`]*)["'`])?"""
)
_ADDRESS = re.compile(r"(?:^|_)(?:DATABASE|DB|POSTGRES(?:QL)?|PG|PSQL)_(?:URL|URI|DSN)$")
_PART = re.compile(
    r"^(?:\w+_)?(?:POSTGRES(?:QL)?_?|PG_?|DB_|DATABASE_|TYPEORM_)"
    r"(?P<part>HOST|PORT|USER|USERNAME|PASSWORD|PASS|DB|DATABASE|NAME)$"
)
_PLACEHOLDERS = {
    "HOST": "{database_host}",
    "PORT": "{database_port}",
    **dict.fromkeys(("USER", "USERNAME"), "{database_user}"),
    **dict.fromkeys(("PASSWORD", "PASS"), "{database_password}"),
    **dict.fromkeys(("DB", "DATABASE", "NAME"), "{database_name}"),
}
_OF_DRIVER = {f"PG{part}": _PLACEHOLDERS[part] for part in ("HOST", "PORT", "USER", "PASSWORD", "DATABASE")}
"""What `pg` reads by itself where it is given no address."""
_BARE = re.compile(r"new\s+(?:\w+\.)?(?:Pool|Client)\(\s*\)")
_MIGRATIONS = ("migrate:deploy", "db:migrate", "migrate", "migrations:run", "migration:run", "migrate:up")
_ASKS = re.compile(r"migrate dev|\bcreate\b|\bgenerate\b")
_PRISMA = "prisma/schema.prisma"


def service_environment(project: NodeProject) -> dict[str, str]:
    """The variables that lead the project to a database, as placeholders; empty where it wants no PostgreSQL."""
    read = dict(_variables(project))
    if not _knows_postgres(project, read):
        return {}
    env = {name: "{database_url}" for name in read if _ADDRESS.search(name)}
    parts = {name: _PLACEHOLDERS[match["part"]] for name in read if (match := _PART.match(name))}
    if not env:
        env = parts or (_OF_DRIVER if any(_BARE.search(project.text(path)) for path in project.sources) else {})
    logger.info("%s reads its database from %s", project.folder, sorted(env))
    return dict(env)


def environment_of_tests(project: NodeProject) -> dict[str, str]:
    """The same for the tests, but where the address leads elsewhere by default: tests then run as they are meant to."""
    read = dict(_variables(project))
    env = service_environment(project)
    elsewhere = [name for name in env if (default := read.get(name)) and not default.startswith("postgres")]
    return {} if any(_ADDRESS.search(name) for name in elsewhere) else env


def migrations(project: NodeProject) -> tuple[tuple[str, ...], ...]:
    """The commands that bring a fresh database up to date; none where that is left to the plain SQL itself."""
    if project.has(_PRISMA) and (project.folder / "prisma/migrations").is_dir() and project.offers("prisma"):
        return ((*project.program("prisma"), "migrate", "deploy"),)
    for name in _MIGRATIONS:
        if name in project.scripts and not _ASKS.search(project.scripts[name]):
            return (project.script_command(name),)
    return ()


def _knows_postgres(project: NodeProject, read: dict[str, str | None]) -> bool:
    if not project.declared.isdisjoint(DRIVERS):
        return True
    if project.has(_PRISMA) and re.search(r'provider\s*=\s*"postgresql"', project.text(_PRISMA)):
        return True
    return any((default or "").startswith("postgres") for name, default in read.items() if _ADDRESS.search(name))


def _variables(project: NodeProject) -> Iterator[tuple[str, str | None]]:
    """Names that the code reads, with the plain text that it takes where one is not set."""
    schema = [_PRISMA] if project.has(_PRISMA) else []
    for path in (*project.sources, *schema):
        for match in _READ.finditer(project.text(path)):
            yield match["name"], match["default"]
