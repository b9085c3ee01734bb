"""Which servers a run may ask: files of the form of `.mcp.json`, checked as a whole.

`{"mcpServers": {name: {"command", "args", "env"} or {"type": "http", "url", "headers"}}}`; `${VAR}` and
`${VAR:-default}` stand for variables of the agent's environment. A server called like a role takes that role.
"""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from backend_developer.contract import InvalidSettings, Settings

PROJECT_FILE = ".mcp.json"

_VARIABLE = re.compile(r"\$\{(\w+)(?::-([^}]*))?\}")
_NAME = re.compile(r"[A-Za-z0-9_-]{1,40}")


@dataclass(frozen=True, slots=True)
class ServerSpec:
    """One server: a program to talk with, or an address."""

    name: str
    argv: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    url: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """Who answers, without what may be secret: arguments and the address' query are left out."""
        if self.url:
            return f"{self.name} at {self.url.partition('?')[0].rpartition('@')[2]}"
        return f"{self.name} by {Path(self.argv[0]).name}"


def load_servers(root: Path, settings: Settings, environ: Mapping[str, str] | None = None) -> dict[str, ServerSpec]:
    """The host's servers, and the project's own where these are trusted; the host's win by name.

    Raises `InvalidSettings` with every fault of every file. Reads the disk.
    """
    environ = os.environ if environ is None else environ
    faults: list[str] = []
    found: dict[str, ServerSpec] = {}
    own = root / PROJECT_FILE
    if settings.trust_project_mcp and own.is_file():
        found |= _read(own, environ, faults)
    if settings.mcp_config is not None:
        found |= _read(settings.mcp_config, environ, faults)
    if faults:
        raise InvalidSettings(faults)
    return found


def _read(path: Path, environ: Mapping[str, str], faults: list[str]) -> dict[str, ServerSpec]:
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        faults.append(f"{path}: cannot be read as JSON: {error}")
        return {}
    servers = raw.get("mcpServers") if isinstance(raw, dict) else None
    if not isinstance(servers, dict):
        faults.append(f"{path}: has no object `mcpServers`")
        return {}
    read = {}
    for name, entry in servers.items():
        own: list[str] = []
        spec = _spec(name, entry, environ, own)
        faults += [f"{path}: {name}: {fault}" for fault in own]
        if spec is not None and not own:
            read[name] = spec
    return read


def _spec(name: str, entry: Any, environ: Mapping[str, str], faults: list[str]) -> ServerSpec | None:
    if not _NAME.fullmatch(name) or "__" in name:
        faults.append("a name is 1 to 40 letters, digits, `-` and single `_`")
    if not isinstance(entry, dict):
        faults.append("is not an object")
        return None
    entry = _expanded(entry, environ, faults)
    kind = entry.get("type", "http" if "url" in entry else "stdio")
    if kind in ("http", "streamable-http"):
        if not str(entry.get("url", "")).startswith(("http://", "https://")):
            faults.append("`url` must be an address that begins with http:// or https://")
        return ServerSpec(name, url=str(entry.get("url", "")), headers=_words(entry, "headers", faults))
    if kind != "stdio":
        faults.append(f"`type` {kind!r} is not known; there are stdio and http")
        return None
    command, args = entry.get("command"), entry.get("args", [])
    if not isinstance(command, str) or not command:
        faults.append("`command` must name a program")
    if not isinstance(args, list) or not all(isinstance(arg, str) for arg in args):
        faults.append("`args` must be a list of strings")
        return None
    return ServerSpec(name, argv=(str(command), *args), env=_words(entry, "env", faults))


def _words(entry: Mapping[str, Any], key: str, faults: list[str]) -> dict[str, str]:
    words = entry.get(key, {})
    if isinstance(words, dict) and all(isinstance(value, str) for value in words.values()):
        return words
    faults.append(f"`{key}` must be an object of strings")
    return {}


def _expanded(value: Any, environ: Mapping[str, str], faults: list[str]) -> Any:
    if isinstance(value, dict):
        return {key: _expanded(part, environ, faults) for key, part in value.items()}
    if isinstance(value, list):
        return [_expanded(part, environ, faults) for part in value]
    return _VARIABLE.sub(lambda found: _variable(found, environ, faults), value) if isinstance(value, str) else value


def _variable(found: re.Match[str], environ: Mapping[str, str], faults: list[str]) -> str:
    name, default = found[1], found[2]
    value = environ.get(name) or default
    if value is None:
        faults.append(f"the variable {name} is not set; set it, or write ${{{name}:-default}}")
        return ""
    return value
