"""What a Python project declares about itself: its tables, sections and dependencies."""

import ast
import configparser
import logging
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Set
from pathlib import Path
from typing import Any

import yaml
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from backend_developer.workspace.toolchains.files import read_text

logger = logging.getLogger(__name__)

Table = Mapping[str, Any]


def read_toml(path: Path) -> Table:
    """The file as a mapping; empty where it is missing or broken, which is the build gate's to find."""
    return parse_toml(read_text(path))


def parse_toml(text: str) -> Table:
    """The text as a mapping; empty where it is broken."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        logger.warning("a manifest is not valid TOML: %s", error)
        return {}


def read_ini(path: Path) -> dict[str, dict[str, str]]:
    """The file's sections; empty where it is missing or broken."""
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(read_text(path))
    except configparser.Error as error:
        logger.warning("%s is not a valid INI file: %s", path, error)
        return {}
    return {name: dict(parser[name]) for name in parser.sections()}


def table(fields: Table, *keys: str) -> Table:
    """The table at these keys; empty where there is none."""
    for key in keys:
        inner = fields.get(key)
        if not isinstance(inner, Mapping):
            return {}
        fields = inner
    return fields


def words(value: object) -> list[str]:
    """A list of strings, or a string of words, as tools allow both."""
    if isinstance(value, str):
        return value.replace(",", " ").split()
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def needed(folder: Path, pyproject: Table) -> frozenset[str]:
    """The normalised names of the distributions that the folder's manifests need at run time."""
    sections = read_ini(folder / "setup.cfg")
    return names(
        [
            *words(table(pyproject, "project").get("dependencies")),
            *table(pyproject, "tool", "poetry", "dependencies"),
            *requirement_lines([folder / "requirements.txt"]),
            *sections.get("options", {}).get("install_requires", "").splitlines(),
            *_setup_py(folder, {"install_requires"}),
            *table(read_toml(folder / "Pipfile"), "packages"),
        ]
    )


def declared(folder: Path, pyproject: Table) -> frozenset[str]:
    """The normalised names of all distributions that the folder's manifests ask for, development ones included."""
    files = sorted([*folder.glob("*requirements*.txt"), *folder.glob("requirements/*.txt")])
    extras = read_ini(folder / "setup.cfg").get("options.extras_require", {})
    return needed(folder, pyproject) | names(
        [
            *_groups(pyproject),
            *requirement_lines(files),
            *(line for extra in extras.values() for line in extra.splitlines()),
            *_setup_py(folder, {"extras_require", "tests_require"}),
            *table(read_toml(folder / "Pipfile"), "dev-packages"),
        ]
    )


def hooks(folder: Path) -> frozenset[str]:
    """The ids of the hooks in the folder's pre-commit configuration."""
    try:
        config = yaml.safe_load(read_text(folder / ".pre-commit-config.yaml"))
    except yaml.YAMLError as error:
        logger.warning("the pre-commit configuration in %s is not valid YAML: %s", folder, error)
        return frozenset()
    repos = config.get("repos") if isinstance(config, dict) else None
    found = (hook for repo in repos or [] if isinstance(repo, dict) for hook in repo.get("hooks") or [])
    return frozenset(str(hook["id"]) for hook in found if isinstance(hook, dict) and "id" in hook)


def _groups(pyproject: Table) -> Iterator[str]:
    lists = (
        *table(pyproject, "project", "optional-dependencies").values(),
        *table(pyproject, "dependency-groups").values(),
        *table(pyproject, "tool", "pdm", "dev-dependencies").values(),
        table(pyproject, "tool", "uv").get("dev-dependencies"),
    )
    for group in lists:
        yield from words(group)
    poetry = table(pyproject, "tool", "poetry")
    yield from table(poetry, "dev-dependencies")
    for name in table(poetry, "group"):
        yield from table(poetry, "group", name, "dependencies")


def requirement_lines(files: Iterable[Path]) -> Iterator[str]:
    """The lines of requirements files that name a distribution."""
    for path in files:
        for line in read_text(path).splitlines():
            if not line.lstrip().startswith(("#", "-")):
                yield line


def _setup_py(folder: Path, arguments: Set[str]) -> Iterator[str]:
    for call in _calls(read_text(folder / "setup.py")):
        for keyword in call.keywords:
            if keyword.arg in arguments:
                yield from _strings(keyword.value)


def _calls(source: str) -> Iterable[ast.Call]:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError) as error:
        logger.debug("setup.py cannot be parsed: %s", error)
        return []
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call)]


def _strings(node: ast.expr) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            yield inner.value


def names(lines: Iterable[str]) -> frozenset[str]:
    """The normalised names of the distributions that requirements ask for on this machine."""
    return frozenset(name for line in lines if (name := _name(line)) and name != "python")


def _name(line: str) -> str | None:
    text = re.split(r"\s#|\s--", line.strip(), maxsplit=1)[0].rstrip("\\ ")
    try:
        requirement = Requirement(text)
    except InvalidRequirement:
        return None
    applies = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
    return canonicalize_name(requirement.name) if applies else None
