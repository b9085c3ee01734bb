"""From which variables a project reads its PostgreSQL address, and what to put in them."""

import ast
import logging
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from backend_developer.workspace.toolchains.python.project import PythonProject

logger = logging.getLogger(__name__)

DRIVERS = frozenset({"asyncpg", "pg8000", "psycopg", "psycopg-binary", "psycopg2", "psycopg2-binary"})

_READ = re.compile(
    r"""(?:environ(?:\.get|\.setdefault)?|getenv|\benv(?:\.\w+)?|\bconfig)\s*[\[(]\s*["'](?P<name>[A-Z][A-Z0-9_]*)["']"""
    r"""(?:\s*,\s*(?:default\s*=\s*)?["'](?P<default>[^"']*)["'])?"""
)
_READERS = ("env", "config")
"""One of them stands in each of these; to look for the expression takes a hundred times as long."""
_ADDRESS = re.compile(r"(?:^|_)(?:DATABASE|DB|POSTGRES(?:QL)?|PG|PSQL|SQLALCHEMY)_(?:URL|URI|DSN)$")
_PART = re.compile(
    r"^(?:\w+_)?(?:POSTGRES(?:QL)?_?|PG_?|DB_|DATABASE_)"
    r"(?P<part>HOST|HOSTNAME|SERVER|PORT|USER|USERNAME|PASSWORD|PASS|DB|DATABASE|NAME|DBNAME)$"
)
_PLACEHOLDERS = {
    **dict.fromkeys(("HOST", "HOSTNAME", "SERVER"), "{database_host}"),
    "PORT": "{database_port}",
    **dict.fromkeys(("USER", "USERNAME"), "{database_user}"),
    **dict.fromkeys(("PASSWORD", "PASS"), "{database_password}"),
    **dict.fromkeys(("DB", "DATABASE", "NAME", "DBNAME"), "{database_name}"),
}


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable that the code reads."""

    name: str
    default: str | None
    """What the code takes where it is not set, if that is a plain text."""

    @property
    def is_postgres(self) -> bool:
        """Whether its default leads to PostgreSQL, or it has none."""
        return self.default is None or self.default.startswith("postgres")


def service_environment(project: PythonProject) -> dict[str, str]:
    """The variables that lead the project to a database, as placeholders; empty where it wants no PostgreSQL."""
    return _environment(project, list(_variables(project)))


def _environment(project: PythonProject, variables: Sequence[Variable]) -> dict[str, str]:
    if not _knows_postgres(project, variables):
        return {}
    env = {variable.name: _address(project, variable) for variable in variables if _ADDRESS.search(variable.name)}
    parts = {variable.name: _PLACEHOLDERS[part] for variable in variables if (part := _part(variable.name))}
    if not env and _has_host(parts):
        env = parts
    logger.info("%s reads its database from %s", project.folder, sorted(env))
    return env


def environment_of_tests(project: PythonProject) -> dict[str, str]:
    """The same for the tests, but for variables that lead elsewhere by default: tests then run as they are meant to."""
    variables = list(_variables(project))
    elsewhere = {variable.name for variable in variables if not variable.is_postgres}
    env = _environment(project, variables)
    addresses = {name: value for name, value in env.items() if _ADDRESS.search(name)}
    return {} if addresses and elsewhere.issuperset(addresses) else env


def _knows_postgres(project: PythonProject, variables: Iterable[Variable]) -> bool:
    if not project.declared.isdisjoint(DRIVERS):
        return True
    return any(
        (variable.is_postgres and variable.default) or variable.name.startswith(("POSTGRES", "PG"))
        for variable in variables
        if _ADDRESS.search(variable.name) or _part(variable.name)
    )


def _variables(project: PythonProject) -> Iterator[Variable]:
    for path in project.sources:
        text = project.text(path)
        for match in _READ.finditer(text) if any(word in text for word in _READERS) else ():
            yield Variable(match["name"], match["default"])
        if "dj_database_url.config" in text:
            yield Variable("DATABASE_URL", None)
        if "BaseSettings" in text:
            yield from _fields(text)


def _fields(source: str) -> Iterator[Variable]:
    """The fields of pydantic's settings classes, under the names that they have in the environment."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError) as error:
        logger.debug("a settings file cannot be parsed: %s", error)
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and any(_last_name(base) == "BaseSettings" for base in node.bases):
            prefix = _prefix(node.body)
            for field in node.body:
                if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
                    yield Variable(f"{prefix}{field.target.id}".upper(), _text(field.value))


def _prefix(body: Iterable[ast.stmt]) -> str:
    for statement in body:
        for node in ast.walk(statement):
            if isinstance(node, ast.keyword) and node.arg == "env_prefix":
                return _text(node.value) or ""
            if isinstance(node, ast.Assign) and any(_last_name(target) == "env_prefix" for target in node.targets):
                return _text(node.value) or ""
    return ""


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _text(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _part(name: str) -> str | None:
    found = _PART.match(name)
    return found["part"] if found else None


def _has_host(parts: Mapping[str, str]) -> bool:
    return "{database_host}" in parts.values() or "{database_name}" in parts.values()


def _address(project: PythonProject, variable: Variable) -> str:
    scheme = _scheme(project, variable)
    return "{database_url}" if scheme == "postgresql" else f"{scheme}://{{database_address}}"


def _scheme(project: PythonProject, variable: Variable) -> str:
    """The scheme of the default; else the one that SQLAlchemy needs for the only driver that the project declares."""
    if variable.default and variable.default.startswith("postgres"):
        return variable.default.partition("://")[0]
    drivers = {name.removesuffix("-binary") for name in project.declared & DRIVERS}
    if "sqlalchemy" in project.declared and len(drivers) == 1:
        return "postgresql" if drivers == {"psycopg2"} else f"postgresql+{drivers.pop()}"
    return "postgresql"
