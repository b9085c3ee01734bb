"""The environment that a command gets: an allow-list, so that no key of the agent's reaches the project's code."""

import os
import re
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

MARKER = "BACKEND_DEVELOPER_COMMAND"
"""Holds the command's id, so that its processes can be found where they cannot be followed."""

_PERSON = ("HOME", "USER", "LOGNAME", "SHELL", "TZ", "LANG", "LANGUAGE", "XDG_CONFIG_HOME", "XDG_DATA_HOME")
_CERTIFICATES = (
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "PIP_CERT",
    "NODE_EXTRA_CA_CERTS",
    "GIT_SSL_CAINFO",
    "CARGO_HTTP_CAINFO",
    "NIX_SSL_CERT_FILE",
)
_NETWORK = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
_REGISTRIES = ("PIP_INDEX_URL", "PIP_FIND_LINKS", "UV_INDEX_URL", "NPM_CONFIG_REGISTRY", "GOPROXY", "GOSUMDB")
_TOOLCHAINS = (
    "LD_LIBRARY_PATH",
    "PYENV_ROOT",
    "PYENV_VERSION",
    "NVM_DIR",
    "FNM_DIR",
    "VOLTA_HOME",
    "ASDF_DIR",
    "ASDF_DATA_DIR",
    "MISE_DATA_DIR",
    "CARGO_HOME",
    "RUSTUP_HOME",
    "RUSTUP_TOOLCHAIN",
    "GOPATH",
    "GOROOT",
    "GOMODCACHE",
    "GOTOOLCHAIN",
    "JAVA_HOME",
    "DOTNET_ROOT",
    "NUGET_PACKAGES",
    "SDKROOT",
    "DEVELOPER_DIR",
)
_ALLOWED = frozenset(
    (*_PERSON, *_CERTIFICATES, *_NETWORK, *(name.lower() for name in _NETWORK), *_REGISTRIES, *_TOOLCHAINS)
)

_FIXED = {
    "CI": "1",
    "TERM": "dumb",
    "NO_COLOR": "1",
    "PAGER": "cat",
    "GIT_PAGER": "cat",
    "GIT_EDITOR": "true",
    "EDITOR": "true",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "PYTHONUNBUFFERED": "1",
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "PIP_NO_INPUT": "1",
    "DEBIAN_FRONTEND": "noninteractive",
    "NPM_CONFIG_FUND": "false",
    "NPM_CONFIG_AUDIT": "false",
    "NPM_CONFIG_UPDATE_NOTIFIER": "false",
    "DOTNET_CLI_TELEMETRY_OPTOUT": "1",
    "DOTNET_NOLOGO": "1",
}
_FALLBACK_PATH = "/usr/local/bin:/usr/bin:/bin"
_CREDENTIALS = re.compile(r"://[^/\s@]*:[^/\s@]+@")


def command_environment(
    source: Mapping[str, str], *, root: Path, cwd: Path, scratch: Path, cache: Path | None, extra: Mapping[str, str]
) -> dict[str, str]:
    """What of `source` a command in `cwd` may know, with our own settings; `extra` wins over all of it.

    `scratch` becomes its TMPDIR. Tools keep their caches in `cache`, else in `scratch`: the user's own are not
    written to. A value that holds a password in a URL is left out.
    """
    passed = {name: value for name, value in source.items() if _may_pass(name, value)}
    if not passed.keys() & {"LANG", "LC_ALL", "LC_CTYPE"}:
        passed["LANG"] = "C.UTF-8"
    caches = cache or scratch
    return {
        **passed,
        **_FIXED,
        "PATH": command_path(source.get("PATH") or _FALLBACK_PATH, root),
        "PWD": str(cwd),
        "TMPDIR": str(scratch),
        "XDG_CACHE_HOME": str(caches),
        "NPM_CONFIG_CACHE": str(caches / "npm"),
        **extra,
    }


def command_path(path: str, root: Path, *, ours: Path | None = None) -> str:
    """The search path without the virtualenv that the agent itself runs in (`ours`).

    Its tools must not stand in for the project's. It stays where it is the project's own, inside `root`; and where
    the path has no Python left, the one that the virtualenv was made from comes last.
    """
    ours = ours or Path(sys.prefix)
    if ours == Path(sys.base_prefix) or ours.is_relative_to(root.resolve()):
        return path
    kept = [entry for entry in path.split(os.pathsep) if entry and not Path(entry).is_relative_to(ours)]
    if shutil.which("python3", path=os.pathsep.join(kept)) is None:
        kept.append(str(Path(sys.base_prefix) / "bin"))
    return os.pathsep.join(kept)


def _may_pass(name: str, value: str) -> bool:
    return (name in _ALLOWED or name.startswith("LC_")) and not _CREDENTIALS.search(value)
