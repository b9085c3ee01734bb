"""The words in braces that stand in commands and environments until a port and a database are known.

- `{port}`: the port the service is given
- `{database_url}`: `postgresql://user:password@host:port/name`
- `{database_address}`: the same without `postgresql://`, to go behind another driver's scheme
- `{database_host}`, `{database_port}`, `{database_user}`, `{database_password}`, `{database_name}`: its parts
"""

import re
from collections.abc import Mapping
from urllib.parse import parse_qs, unquote, urlsplit

_PLACEHOLDER = re.compile(r"\{(port|database_(?:url|address|host|port|user|password|name))\}")
_DATABASE = "{database_"


def fill(text: str, *, port: int | None = None, database_url: str | None = None) -> str:
    """Put the values in; a placeholder without a value stays as it is."""
    values = _values(port, database_url)
    return _PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), text)


def fill_all(env: Mapping[str, str], *, port: int | None = None, database_url: str | None = None) -> dict[str, str]:
    """`fill` for each value of an environment."""
    return {name: fill(value, port=port, database_url=database_url) for name, value in env.items()}


def wants_database(env: Mapping[str, str]) -> bool:
    """Whether a value waits for a database."""
    return any(_DATABASE in value for value in env.values())


def _values(port: int | None, database_url: str | None) -> dict[str, str]:
    values = {} if port is None else {"port": str(port)}
    return values if database_url is None else values | _database_values(database_url)


def _database_values(url: str) -> dict[str, str]:
    parts = urlsplit(url)
    query = {name: found[0] for name, found in parse_qs(parts.query).items()}
    return {
        "database_url": url,
        "database_address": url.partition("://")[2],
        "database_host": parts.hostname or query.get("host", "localhost"),
        "database_port": str(parts.port or query.get("port", "5432")),
        "database_user": unquote(parts.username or "") or query.get("user", "postgres"),
        "database_password": unquote(parts.password or ""),
        "database_name": unquote(parts.path.lstrip("/")),
    }
