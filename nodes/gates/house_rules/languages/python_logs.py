"""What counts as a log call in Python, and what as its prefix."""

import ast
import re
from collections.abc import Iterable

from backend_developer.nodes.gates.house_rules.languages.function import LogState

_LEVELS = {"debug", "info", "warning", "error", "exception", "critical", "fatal", "trace", "success", "log"}
_METHODS = _LEVELS | {f"a{level}" for level in _LEVELS}
"""Those of logging and loguru, and structlog's asynchronous ones."""
_FACTORIES = {"getLogger", "get_logger", "getChild"}
_LOGGER_NAME = re.compile(r"(?i)_*(?:\w+_)?log(?:ger|ging)?")
_PREFIX = re.compile(r"\[[^\]:]+:([^\]]+)\]")
_HOLE = "{}"
"""Stands for what an f-string fills in."""


def log_state(nodes: Iterable[ast.AST], names: set[str]) -> LogState:
    """Judge the log calls among some nodes; the prefix must name one of `names`."""
    state: LogState = "none"
    for node in nodes:
        if not isinstance(node, ast.Call) or not _is_log_call(node):
            continue
        prefix = _PREFIX.match(_message(node))
        if prefix and prefix[1] in names:
            return "prefixed"
        state = "plain"
    return state


def _is_log_call(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr in _METHODS and _is_logger(call.func.value)


def _is_logger(node: ast.expr) -> bool:
    """Whether it is a logger by its name, comes from a logger's method, or is made on the spot."""
    if isinstance(node, ast.Name):
        return _LOGGER_NAME.fullmatch(node.id) is not None
    if isinstance(node, ast.Attribute):
        return _LOGGER_NAME.fullmatch(node.attr) is not None
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Attribute):
        return node.func.attr in _FACTORIES or _is_logger(node.func.value)
    return isinstance(node.func, ast.Name) and node.func.id in _FACTORIES


def _message(call: ast.Call) -> str:
    assert isinstance(call.func, ast.Attribute)
    position = 1 if call.func.attr in {"log", "alog"} else 0
    return _text(call.args[position]) if len(call.args) > position else ""


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(value) if isinstance(value, ast.Constant) else _HOLE for value in node.values)
    if isinstance(node, ast.BinOp):
        return _text(node.left) + (_text(node.right) if isinstance(node.op, ast.Add) else "")
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
        return _text(node.func.value)
    return _HOLE
