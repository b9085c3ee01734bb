"""Whether a file that was just written can be parsed."""

import ast
import json
import tomllib
import warnings
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import NamedTuple

import yaml

from backend_developer.workspace.text import decode

_MAX_BYTES = 2_000_000
_WITH_COMMENTS = ("tsconfig", "jsconfig", "devcontainer", ".eslintrc", "settings", "launch", "api-extractor")
"""JSON files whose readers allow comments, by how their names begin."""


class SyntaxFault(NamedTuple):
    """Where parsing stopped."""

    line: int
    message: str


def syntax_fault(path: str, data: bytes) -> SyntaxFault | None:
    """The first syntax error of a Python, JSON, TOML or YAML file; None where there is none, or nothing to parse.

    Python is judged by the grammar of the version that runs us.
    """
    parse = _PARSERS.get(PurePosixPath(path).suffix.lower())
    if parse is None or len(data) > _MAX_BYTES or _is_lenient(path):
        return None
    if parse is _python:
        return _python(data)
    decoded = decode(data)
    return parse(decoded.text.encode("utf-8", "replace")) if decoded else SyntaxFault(1, "the file is not text")


def _is_lenient(path: str) -> bool:
    name = PurePosixPath(path).name
    return name.endswith(".json") and name.startswith(_WITH_COMMENTS)


def _python(data: bytes) -> SyntaxFault | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(data)
    except SyntaxError as error:
        return SyntaxFault(error.lineno or 1, error.msg)
    except (ValueError, RecursionError, MemoryError) as error:
        return SyntaxFault(1, str(error) or "nested too deeply")
    return None


def _json(data: bytes) -> SyntaxFault | None:
    try:
        json.loads(data)
    except json.JSONDecodeError as error:
        return SyntaxFault(error.lineno, error.msg)
    except (ValueError, RecursionError) as error:
        return SyntaxFault(1, str(error))
    return None


def _toml(data: bytes) -> SyntaxFault | None:
    text = data.decode()
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return SyntaxFault(_toml_line(str(error), text), str(error))
    except RecursionError:
        return SyntaxFault(1, "nested too deeply")
    return None


def _toml_line(message: str, text: str) -> int:
    """Python before 3.14 tells the line in the message alone: `... (at line 3, column 5)`."""
    number = message.rpartition("at line ")[2].partition(",")[0]
    return int(number) if number.isdecimal() else text.count("\n") + 1


def _yaml(data: bytes) -> SyntaxFault | None:
    if b"{{" in data or b"{%" in data:
        # A template, which becomes YAML only once it is filled.
        return None
    try:
        for _ in yaml.parse(data, Loader=yaml.CSafeLoader):
            pass
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        return SyntaxFault(line, error.problem or "not YAML")
    except yaml.YAMLError as error:
        return SyntaxFault(1, str(error))
    return None


_PARSERS: dict[str, Callable[[bytes], SyntaxFault | None]] = {
    ".py": _python,
    ".pyi": _python,
    ".json": _json,
    ".toml": _toml,
    ".yaml": _yaml,
    ".yml": _yaml,
}
