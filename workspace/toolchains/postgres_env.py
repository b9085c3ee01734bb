"""The variables that lead a service in a compiled language to PostgreSQL, as placeholders.

A driver among the dependencies says that it wants one. The names are those that its sources hold as texts; where there
are none, `DATABASE_URL`. libpq's variables are set as well: the drivers fall back to them.
"""

import re
from collections.abc import Iterable

_NAME = re.compile(r'"([A-Z][A-Z0-9_]*)"')
_ADDRESS = re.compile(r"^(?:\w+_)?(?:DATABASE|DB|POSTGRES(?:QL)?|PG)_(?:URL|URI|DSN)$")
_PART = re.compile(
    r"^(?:\w+_)?(?:POSTGRES(?:QL)?|PG|DB|DATABASE)_"
    r"(?P<part>HOST|PORT|USER|USERNAME|PASSWORD|PASS|NAME|DATABASE|DB)$"
)
_PARTS = {
    "HOST": "{database_host}",
    "PORT": "{database_port}",
    "USER": "{database_user}",
    "USERNAME": "{database_user}",
    "PASSWORD": "{database_password}",
    "PASS": "{database_password}",
    "NAME": "{database_name}",
    "DATABASE": "{database_name}",
    "DB": "{database_name}",
}
_LIBPQ = {
    "PGHOST": "{database_host}",
    "PGPORT": "{database_port}",
    "PGUSER": "{database_user}",
    "PGPASSWORD": "{database_password}",
    "PGDATABASE": "{database_name}",
}


def postgres_environment(sources: Iterable[str]) -> dict[str, str]:
    """For a project that has a driver of PostgreSQL, from the texts of its sources."""
    names = {name for text in sources for name in _NAME.findall(text)}
    found = {name: "{database_url}" for name in sorted(names) if _ADDRESS.match(name)}
    found |= {name: _PARTS[match["part"]] for name in sorted(names) if (match := _PART.match(name))}
    return {**(found or {"DATABASE_URL": "{database_url}"}), **_LIBPQ}
