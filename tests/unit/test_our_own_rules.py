"""The rules that we hold others to, held against ourselves."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("contract", "graph", "nodes", "prompts", "workspace", "mcp_servers", "interfaces", "benchmarks", "tests")
PRODUCT = [folder for folder in FOLDERS if folder not in ("benchmarks", "tests")]
BANNED = re.compile(r"\b(TODO|FIXME|XXX|HACK|NotImplementedError)\b")
MAX_LINES = 300


def sources(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


def named(paths: list[Path]) -> list[str]:
    return [path.relative_to(ROOT).as_posix() for path in paths]


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def calls(path: Path) -> list[ast.Call]:
    return [node for node in ast.walk(parsed(path)) if isinstance(node, ast.Call)]


def test_no_file_is_longer_than_we_allow_others() -> None:
    long = [path for path in sources(*FOLDERS) if len(path.read_text(encoding="utf-8").splitlines()) > MAX_LINES]
    assert named(long) == []


def test_nothing_is_left_to_be_done() -> None:
    left = [path for path in sources(*PRODUCT, "benchmarks") if BANNED.search(path.read_text(encoding="utf-8"))]
    assert named(left) == []


def test_only_the_doors_print() -> None:
    product = [folder for folder in PRODUCT if folder != "interfaces"]
    probes = ROOT / "workspace/toolchains/python/probes"
    found = [
        path
        for path in sources(*product)
        if not path.is_relative_to(probes)
        and any(isinstance(call.func, ast.Name) and call.func.id == "print" for call in calls(path))
    ]
    assert named(found) == []


def test_logging_goes_through_the_loggers_of_the_modules() -> None:
    levels = {"debug", "info", "warning", "error", "exception", "critical", "log"}
    found = [
        path
        for path in sources(*PRODUCT)
        for call in calls(path)
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in levels
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id == "logging"
    ]
    assert named(found) == []


def test_loggers_are_named_after_their_module() -> None:
    found = [
        path
        for path in sources(*PRODUCT)
        for call in calls(path)
        if isinstance(call.func, ast.Attribute)
        and ast.unparse(call.func) == "logging.getLogger"
        and [ast.unparse(arg) for arg in call.args] != ["__name__"]
    ]
    assert set(named(found)) <= {"interfaces/logs.py"}


@pytest.mark.parametrize("folder", PRODUCT)
def test_every_module_says_what_it_is(folder: str) -> None:
    silent = [path for path in sources(folder) if not ast.get_docstring(parsed(path))]
    assert named([path for path in silent if "skills" not in path.parts]) == []


def test_no_relative_imports_and_no_addresses_of_registries() -> None:
    text = {path: path.read_text(encoding="utf-8") for path in sources(*PRODUCT)}
    relative = [p for p, code in text.items() if re.search(r"^\s*from \.", code, re.MULTILINE)]
    registry = [p for p, code in text.items() if re.search(r"https?://(pypi\.org|registry\.npmjs\.org)", code)]
    assert named(relative) == []
    assert named(registry) == []
