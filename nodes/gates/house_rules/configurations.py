"""Which files say how a linter, type checker or test runner judges, and what they say."""

import configparser
import json
import re
import tomllib
from typing import Any

from backend_developer.workspace.toolchains.make.makefile import NAMES as MAKEFILES

PYTHON_TOOLS = frozenset({"ruff", "flake8", "black", "isort", "mypy", "pytest"})

NODE_TOOLS = frozenset({"eslint", "tsc", "biome", "jest", "vitest", "mocha"})

TOOLS = PYTHON_TOOLS | NODE_TOOLS | {
    "golangci", "clippy", "rustfmt", "dotnet",
}  # fmt: skip

SAME = {"tsgo": "tsc"}
"""Tools that read the settings of another one."""

_WHOLE_FILES = {
    "ruff.toml": "ruff",
    ".ruff.toml": "ruff",
    "mypy.ini": "mypy",
    ".mypy.ini": "mypy",
    "pytest.ini": "pytest",
    ".pytest.ini": "pytest",
    ".flake8": "flake8",
    ".isort.cfg": "isort",
    ".eslintignore": "eslint",
    "biome.json": "biome",
    "biome.jsonc": "biome",
    "clippy.toml": "clippy",
    ".clippy.toml": "clippy",
    "rustfmt.toml": "rustfmt",
    ".rustfmt.toml": "rustfmt",
    ".editorconfig": "dotnet",
    "Directory.Build.props": "dotnet",
    "Directory.Build.targets": "dotnet",
}
_FAMILIES = {
    "eslint": re.compile(r"eslint\.config\.\w+|\.eslintrc(?:\.\w+)?"),
    "tsc": re.compile(r"tsconfig(?:\.[\w-]+)*\.json"),
    "jest": re.compile(r"jest\.config\.\w+"),
    "vitest": re.compile(r"vite(?:st)?\.config\.\w+|vitest\.workspace\.\w+"),
    "mocha": re.compile(r"\.mocharc\.\w+"),
    "golangci": re.compile(r"\.golangci\.\w+"),
}
_INI_FILES = ("setup.cfg", "tox.ini")
_SHARED = frozenset({"pyproject.toml", "package.json", "Cargo.toml", *_INI_FILES})
"""Files that configure several tools, and say other things beside."""

_IN_PACKAGE = {"eslintConfig": "eslint", "eslintIgnore": "eslint", "jest": "jest", "mocha": "mocha"}


def is_configuration(name: str) -> bool:
    """Whether a file of this name is made to configure tools; a package.json has other uses first."""
    plain = {"pyproject.toml", ".pre-commit-config.yaml", *_INI_FILES, *MAKEFILES}
    return name in plain or name in _WHOLE_FILES or _family(name) is not None


def settings_of(name: str, data: bytes | None) -> dict[str, Any]:
    """Tool to what a file says about it; a broken file says something new about each."""
    if data is None:
        return {}
    tool = _WHOLE_FILES.get(name) or _family(name)
    if tool is None and name not in _SHARED:
        return {}
    text = data.decode("utf-8", "replace")
    if tool:
        return {tool: text}
    try:
        return _READERS[name](text)
    except (tomllib.TOMLDecodeError, configparser.Error, json.JSONDecodeError, AttributeError):
        return dict.fromkeys(TOOLS, text)


def _family(name: str) -> str | None:
    return next((tool for tool, pattern in _FAMILIES.items() if pattern.fullmatch(name)), None)


def _pyproject(text: str) -> dict[str, Any]:
    return dict(tomllib.loads(text).get("tool", {}))


def _cargo(text: str) -> dict[str, Any]:
    fields = tomllib.loads(text)
    lints = fields.get("lints") or fields.get("workspace", {}).get("lints")
    return {"clippy": lints} if lints else {}


def _package(text: str) -> dict[str, Any]:
    fields = json.loads(text)
    return {_IN_PACKAGE[key]: fields.get(key) for key in _IN_PACKAGE if key in fields}


def _sections(text: str) -> dict[str, Any]:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.read_string(text)
    found: dict[str, Any] = {}
    for section in parser.sections():
        tool = re.split("[-:]", section.removeprefix("tool:"))[0]
        found.setdefault(tool, {})[section] = dict(parser[section])
    return found


_READERS = {
    "pyproject.toml": _pyproject,
    "package.json": _package,
    "Cargo.toml": _cargo,
    **dict.fromkeys(_INI_FILES, _sections),
}
